"""The browser of these tests reaches this machine and nothing else."""

from __future__ import annotations

import http.server
import threading

import pytest
from playwright.sync_api import Error

from tests.e2e.conftest import PageMaker


def test_the_browser_reaches_nothing_but_loopbacks_own_names(new_page: PageMaker) -> None:
    """127.0.0.2, which is this machine too, stands for the world: a server there does answer."""
    with http.server.ThreadingHTTPServer(("127.0.0.2", 0), http.server.SimpleHTTPRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
                new_page().goto(f"http://127.0.0.2:{server.server_port}/")
        finally:
            server.shutdown()
            thread.join()

"""The page's server is waited for with a deadline."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tools.page.background import first_line


@contextmanager
def _running(source: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-Sc", source], stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("print('page: here', flush=True); import time; time.sleep(600)", "page: here\n"),
        ("raise SystemExit(1)", ""),
    ],
)
def test_the_first_line_is_read_or_the_end(source: str, line: str) -> None:
    with _running(source) as process:
        assert first_line(process, 60) == line


def test_a_server_that_prints_nothing_is_not_waited_for_without_end() -> None:
    with _running("import time; time.sleep(600)") as process:
        assert first_line(process, 0.1) is None

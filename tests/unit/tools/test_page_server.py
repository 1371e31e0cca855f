"""The page's server: its port, its files, and what it says where the stack does not answer."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tools.arguments import port_number
from tools.embedded.embedded_aws import ROOT
from tools.errors import ToolError
from tools.page.__main__ import open_server
from tools.page.files import SCRIPT_PARTS, STYLE_PARTS, page_file
from tools.page.messages import STACK_MOVED, not_removed
from tools.page.server import make_server
from tools.page.videos import Videos
from tools.target import embedded

_OUTPUTS = {"VideosBucket": "videos", "ResultsBucket": "results", "TracksTable": "tracks"}
_ID = "0" * 32


def videos(present_endpoint: str | None = None) -> Videos:
    """Of a stack at which nothing answers."""
    return Videos(embedded("http://127.0.0.1:9", _OUTPUTS), lambda: present_endpoint)


@pytest.fixture(autouse=True)
def _one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack never answers, however often it is asked."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens at."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@contextmanager
def asking(of: Videos, monkeypatch: pytest.MonkeyPatch) -> Iterator[http.client.HTTPConnection]:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with make_server(of) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
        try:
            yield connection
        finally:
            connection.close()
            server.shutdown()
            thread.join()


def test_make_page_ends_with_one_line_about_what_is_no_port() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tools.page", "--port=nonsense"],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'lambdas'}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    line = "error: PORT=nonsense is no port: give a number from 1 to 65535, or 0 for a free one.\n"
    assert (run.returncode, run.stdout, run.stderr) == (1, "", line)


@pytest.mark.parametrize("text", ["nonsense", "-1", "65536", "80.5", "８０", "", "1 2"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(ToolError, match="is no port: give a number"):
        port_number(text)


@pytest.mark.parametrize(("text", "port"), [("0", 0), ("8080", 8080), ("65535", 65535)])
def test_a_port_is_a_number(text: str, port: int) -> None:
    assert port_number(text) == port


def test_a_port_asked_for_that_is_taken_is_said_in_one_line(taken: int) -> None:
    with pytest.raises(ToolError) as raised:
        open_server(videos(), taken, or_another=False)
    assert str(raised.value) == (
        f"Port {taken} of 127.0.0.1 cannot be used (Address already in use): "
        "give another PORT, or none for a free one."
    )


def test_the_port_of_the_last_time_is_given_up_where_it_is_taken(taken: int) -> None:
    with open_server(videos(), taken, or_another=True) as server:
        assert server.server_port not in (0, taken)


@pytest.mark.parametrize(
    ("method", "path", "begin"),
    [
        ("GET", "/api/videos", "The stack does not answer: Could not connect"),
        ("GET", f"/report/{_ID}", "The stack does not answer: Could not connect"),
        ("POST", "/api/videos?name=a.mp4", "The upload failed: Could not connect"),
        ("POST", f"/api/videos/{_ID}/retry", "The stack does not answer: Could not connect"),
        ("DELETE", f"/api/videos/{_ID}", "The stack does not answer: Could not connect"),
    ],
)
def test_a_stack_that_does_not_answer_is_said(
    method: str, path: str, begin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with asking(videos(), monkeypatch) as connection:
        connection.request(method, path, body=b"x", headers={"X-People-Pathing": "page"})
        answer = connection.getresponse()
        assert answer.status == 502
        assert json.loads(answer.read())["error"].startswith(begin)


def test_a_stack_started_again_elsewhere_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with asking(videos("http://127.0.0.1:10"), monkeypatch) as connection:
        connection.request("GET", "/api/videos")
        assert json.loads(connection.getresponse().read()) == {"error": STACK_MOVED}


def test_what_is_no_upload_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with asking(videos(), monkeypatch) as connection:
        connection.request("POST", "/api/other", body=b"x", headers={"X-People-Pathing": "page"})
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())) == (400, {"error": "That is no upload."})


def test_what_could_not_be_removed_is_said() -> None:
    assert not_removed(["deleting x: Denied"]) == (
        "Not all of the video is removed (deleting x: Denied). Remove it again."
    )
    assert "(deleting x: Denied, and 2 more)" in not_removed(["deleting x: Denied", "b", "c"])


def test_every_part_of_the_page_is_served_once() -> None:
    for folder, parts in (("js", SCRIPT_PARTS), ("css", STYLE_PARTS)):
        own = set((ROOT / "tools" / "page" / folder).iterdir())
        assert own <= set(parts)
        served = page_file(f"/page.{folder}", "")
        assert served
        for part in parts:
            assert served.body.decode().count(part.read_text("utf-8")) == 1, part.name


def test_the_page_says_where_videos_go() -> None:
    served = page_file("/", "They stay here.")
    assert served
    assert re.search(r"6 hours each\. They stay here\.</span>", served.body.decode())
    assert page_file("/page.py", "") is None

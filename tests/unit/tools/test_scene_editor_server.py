"""The scene editor's part of the page's server: its files, faults with their places, stills in reports."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.answers.scenes.scene import parse_scene
from pipeline.errors import SceneError
from pipeline.report.page import render
from shared.still import Still
from tests.e2e.scenes import three
from tests.unit.report.test_page import video
from tools.embedded.embedded_aws import ROOT
from tools.page.editor.files import SCRIPT_PARTS, STYLE_PARTS, editor_file
from tools.page.editor.scenes import fault_with_place
from tools.page.server import make_server
from tools.page.stills import still_in_report
from tools.page.videos import Videos
from tools.target import embedded

_OUTPUTS = {"VideosBucket": "videos", "ResultsBucket": "results", "TracksTable": "tracks"}
_PAGE = {"X-People-Pathing": "page"}


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[http.client.HTTPConnection]:
    """To the page of a stack at which nothing answers."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with make_server(Videos(embedded("http://127.0.0.1:9", _OUTPUTS))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        made = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
        yield made
        made.close()
        server.shutdown()
        thread.join()


def found(document: dict[str, Any]) -> list[tuple[str | None, int | None, str]]:
    """The faults of a scene with their places."""
    with pytest.raises(SceneError) as raised:
        parse_scene(json.dumps({"version": 1, "name": "shop", **document}))
    placed = map(fault_with_place, raised.value.faults)
    return [(fault["member"], fault["index"], fault["text"]) for fault in placed]


def test_every_part_of_the_editor_is_served_once() -> None:
    for folder, parts in (("js", SCRIPT_PARTS), ("css", STYLE_PARTS)):
        assert set((ROOT / "tools" / "page" / "editor" / folder).iterdir()) <= set(parts)
        served = editor_file(f"/scene.{folder}")
        assert served
        for part in parts:
            assert served.body.decode().count(part.read_text("utf-8")) == 1, part.name
    assert editor_file("/scene.html") is None


def test_the_editor_is_served_under_the_pages_policy(connection: http.client.HTTPConnection) -> None:
    for path in ("/scene", "/scene?id=shop", "/scene.js", "/scene.css"):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        policy = answer.getheader("Content-Security-Policy") or ""
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            {"zones": [{"name": "till", "polygon": [[0, 0], [1, 1], [1, 0], [0, 1]]}]},
            ("zones", 0, "Polygon crosses or touches itself: side 1 and side 3."),
        ),
        (
            {"lines": [{"name": "a (b)", "points": [[0, 0], [1, 1]]}]},
            ("lines", 0, "In is missing."),
        ),
        (
            {"zones": [{"name": "", "polygon": [[0, 0], [1, 1], [1, 0]]}]},
            ("zones", 0, "Name must be 1 to 100 printable characters without spaces at either end."),
        ),
        (
            {"lines": [{"name": "x", "points": [[0, 0], [1, 1]], "in": "left"}] * 2},
            ("lines", None, '2 have the name "x"; each needs its own.'),
        ),
        (
            {"rules": [{"name": "r", "zone": "gone", "forbidden": True}]},
            ("rules", 0, 'Zone must be the name of a zone, not "gone".'),
        ),
        (
            {"start": {"from": "upload", "time_zone": "Berlin"}},
            ("start", None, "Time zone must be an IANA time zone such as Europe/Berlin, not 'Berlin'."),
        ),
        ({"prefix": 1}, ("prefix", None, "Must be a valid string, not 1.")),
        ({"version": 2}, ("version", None, "2 is not known; this release reads version 1.")),
        ({"zonez": []}, (None, None, "zonez is not a member of a scene of version 1.")),
        ({"floor": []}, ("floor", None, "")),
    ],
)
def test_a_fault_is_told_with_its_place(
    document: dict[str, Any], expected: tuple[str | None, int | None, str]
) -> None:
    (member, index, text), *_ = found(document)
    assert (member, index) == expected[:2]
    assert text.startswith(expected[2])


def test_what_is_no_fault_of_a_member_has_no_place() -> None:
    text = "The scene is not JSON: Expecting value in line 1, column 1."
    assert fault_with_place(text) == {"member": None, "index": None, "text": text}


def test_the_still_is_found_in_a_report_in_whatever_pieces_it_comes() -> None:
    jpeg = bytes(range(256)) * 400
    report = b"".join(render(video(), three(), Still(jpeg, 640, 480, 5000)))
    for size in (1000, 1 << 16):
        assert still_in_report(report[at : at + size] for at in range(0, len(report), size)) == jpeg
    assert still_in_report(render(video(), three(), None)) is None
    assert still_in_report([b'<img id="still" alt="" src="data:image/jpeg;base64,no base64">']) is None
    assert still_in_report(b"x" * (1 << 16) for _ in range(100)) is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/scenes"),
        ("GET", "/api/scenes/shop"),
        ("GET", "/api/stills"),
        ("GET", "/still/" + "0" * 32),
        ("POST", "/api/scenes"),
        ("PUT", "/api/scenes/shop?revision=0"),
        ("DELETE", "/api/scenes/shop"),
    ],
)
def test_a_stack_that_does_not_answer_is_said(
    connection: http.client.HTTPConnection, method: str, path: str
) -> None:
    connection.request(method, path, b'{"version": 1, "name": "shop"}', _PAGE)
    answer = connection.getresponse()
    assert answer.status == 502
    assert json.loads(answer.read())["error"].startswith("The stack does not answer: Could not connect")


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/api/scenes"), ("PUT", "/api/videos"), ("DELETE", "/api/scenes/UP"), ("DELETE", "/scene")],
)
def test_what_is_no_scene_is_not_changed(
    connection: http.client.HTTPConnection, method: str, path: str
) -> None:
    connection.request(method, path, b"", _PAGE)
    assert connection.getresponse().status == 404


def test_what_is_longer_than_any_scene_is_not_even_read(connection: http.client.HTTPConnection) -> None:
    connection.putrequest("POST", "/api/scenes")
    for name, value in {**_PAGE, "Content-Length": "2000001"}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["error"]) == (
        413,
        "The scene is longer than a scene may be.",
    )


def test_faults_are_told_without_a_stack(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/api/scene-faults", b'{"version": 1}', _PAGE)
    answer = json.loads(connection.getresponse().read())
    assert answer == {"faults": [{"member": "name", "index": None, "text": "Is missing."}]}

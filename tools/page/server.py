"""HTTP on loopback for the page.

Other pages open in the same browser must not reach it: requests for any other host than loopback's own names
are refused (a name that resolves to loopback would otherwise lend its page this server: DNS rebinding), and
changes are taken from this page alone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from tools.errors import ToolError
from tools.page.answer import Answer, json_answer
from tools.page.days.routes import Days
from tools.page.editor.files import editor_file
from tools.page.editor.messages import SCENE_TOO_LONG
from tools.page.editor.routes import MOST_BYTES, Editor
from tools.page.files import page_file
from tools.page.messages import (
    NO_REPORT,
    NO_UPLOAD,
    NO_VIDEO,
    NOTHING_HERE,
    OTHER_HOST,
    OTHER_PAGE,
    STACK_MOVED,
    stack_silent,
    upload_failed,
)
from tools.page.refusals import RefusedError
from tools.page.videos import Videos

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def make_server(videos: Videos, port: int = 0, *, or_another: bool = False) -> ThreadingHTTPServer:
    """The page's server on 127.0.0.1, not serving yet; on a free port where `port` is 0.

    Args:
        or_another: take a free port where `port` cannot be used.

    Raises:
        OSError: `port` cannot be used.
    """
    parts = {"videos": videos, "editor": Editor(videos.target), "days": Days(videos.target)}
    handler = type("Handler", (_Handler,), parts)
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        if not or_another:
            raise
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    return server


class _Body(io.RawIOBase):
    """A request's body of known length; one cut short is an error, not an end."""

    def __init__(self, source: io.BufferedIOBase, length: int) -> None:
        self._source, self._left = source, length

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        data = self._source.read(wanted)
        if len(data) < wanted:
            raise ConnectionError("the upload was cut short")
        self._left -= len(data)
        return data


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    videos: Videos
    days: Days
    editor: Editor

    def do_GET(self) -> None:
        if self._is_of_another_host():
            return
        address = urlsplit(self.path)
        try:
            if answer := self._answer():
                self._send_answer(answer)
            elif address.path == "/api/videos":
                words = parse_qs(address.query).get("q", [""])[0]
                self._send_json({"videos": self.videos.listed(words)})
            elif match := re.fullmatch(r"/report/([0-9a-f]{32})", address.path):
                self._send_pieces(self.videos.report(match[1]))
            elif match := re.fullmatch(r"/video/([0-9a-f]{32})", address.path):
                self._send_video(match[1])
            else:
                self._refuse(HTTPStatus.NOT_FOUND, NOTHING_HERE)
        except (ClientError, BotoCoreError) as error:
            self._refuse_for(error)

    def _answer(self) -> Answer | None:
        """Of the page's own files, the editor and the scenes over days."""
        address = urlsplit(self.path)
        return (
            page_file(address.path, self.videos.where)
            or editor_file(address.path)
            or self.editor.get(self.path)
            or self.days.answer(address.path, parse_qs(address.query))
        )

    def do_POST(self) -> None:
        if self._is_refused_to_others():
            return
        address = urlsplit(self.path)
        if self.editor.takes("POST", self.path):
            self._change_scene()
        elif match := re.fullmatch(r"/api/videos/([0-9a-f]{32})/retry", address.path):
            self._change(self.videos.retry, match[1])
        elif address.path == "/api/videos":
            self._upload(parse_qs(address.query).get("name", [""])[0])
        else:
            self._refuse(HTTPStatus.BAD_REQUEST, NO_UPLOAD)

    def do_DELETE(self) -> None:
        if self._is_refused_to_others():
            return
        if match := re.fullmatch(r"/api/videos/([0-9a-f]{32})", self.path):
            self._change(self.videos.remove, match[1])
        else:
            self._change_scene()

    def do_PUT(self) -> None:
        if not self._is_refused_to_others():
            self._change_scene()

    def _change_scene(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not self.editor.takes(self.command, self.path):
            self._refuse(HTTPStatus.NOT_FOUND, NOTHING_HERE)
        elif not length.isdigit() or int(length) > MOST_BYTES:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, SCENE_TOO_LONG)
        else:
            body = self.rfile.read(int(length))
            try:
                self._send_answer(self.editor.change(self.command, self.path, body))
            except (ClientError, BotoCoreError) as error:
                self._refuse_for(error)

    def _upload(self, name: str) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            self._refuse(HTTPStatus.BAD_REQUEST, NO_UPLOAD)
            return
        try:
            video_id = self.videos.add(name, _Body(self.rfile, int(length)), int(length))
        except RefusedError as error:
            self._drain(int(length))
            self._refuse(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        except (ClientError, BotoCoreError) as error:
            self._refuse(HTTPStatus.BAD_GATEWAY, upload_failed(error))
        else:
            self._send_json({"id": video_id})

    def _change(self, change: Callable[[str], None], video_id: str) -> None:
        try:
            change(video_id)
        except RefusedError as error:
            self._refuse(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        except (ClientError, BotoCoreError, ToolError) as error:
            self._refuse_for(error)
        else:
            self._send_json({"id": video_id})

    def _refuse_for(self, error: Exception) -> None:
        moved = self.videos.has_moved()
        self._refuse(HTTPStatus.BAD_GATEWAY, STACK_MOVED if moved else stack_silent(error))

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged."""

    def _is_refused_to_others(self) -> bool:
        """Whether a request that changes something is refused: it must come from this page."""
        # Whatever is refused has a body that is not read: the connection cannot go on after it.
        self.close_connection = True
        return self._is_of_another_host() or self._is_from_another_page()

    def _is_of_another_host(self) -> bool:
        assert isinstance(self.server, ThreadingHTTPServer)
        port = self.server.server_port
        if self.headers.get("Host") in (f"127.0.0.1:{port}", f"localhost:{port}"):
            return False
        self._refuse(HTTPStatus.FORBIDDEN, OTHER_HOST)
        return True

    def _is_from_another_page(self) -> bool:
        origin = self.headers.get("Origin")
        site = self.headers.get("Sec-Fetch-Site", "same-origin")
        # The page's own header makes a browser ask first, and only this page's server answers it.
        ours = self.headers.get("X-People-Pathing") == "page"
        if ours and origin in (None, f"http://{self.headers['Host']}") and site == "same-origin":
            return False
        self._refuse(HTTPStatus.FORBIDDEN, OTHER_PAGE)
        return True

    def _drain(self, length: int) -> None:
        """Reads a short body to its end, so that the browser gets the answer instead of a broken pipe."""
        if length <= 1 << 20:
            self.rfile.read(length)

    def _send_json(self, value: Any) -> None:
        self._send_answer(json_answer(value))

    def _send_answer(self, answer: Answer) -> None:
        headers = {"Content-Security-Policy": _POLICY, **answer.headers}
        self._send(answer.body, answer.kind, headers, answer.status)

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        self._send_answer(json_answer({"error": reason}, status))

    def _send(
        self, body: bytes, kind: str, headers: dict[str, str], status: HTTPStatus = HTTPStatus.OK
    ) -> None:
        self._begin(status, {"Content-Type": kind, "Content-Length": str(len(body)), **headers})
        self.wfile.write(body)

    def _send_pieces(self, pieces: Iterable[bytes] | None) -> None:
        """A report; its own policy stands in it."""
        if pieces is None:
            self._refuse(HTTPStatus.NOT_FOUND, NO_REPORT)
            return
        self.close_connection = True
        self._begin(HTTPStatus.OK, {"Content-Type": "text/html; charset=utf-8", "Connection": "close"})
        for piece in pieces:
            self.wfile.write(piece)

    def _send_video(self, video_id: str) -> None:
        wanted = self.headers.get("Range")
        found = self.videos.video(video_id, wanted)
        if found is None:
            self._refuse(HTTPStatus.NOT_FOUND, NO_VIDEO)
            return
        headers = {"Content-Length": str(found["ContentLength"]), "Accept-Ranges": "bytes"}
        if "ContentRange" in found:
            headers["Content-Range"] = found["ContentRange"]
        headers["Content-Type"] = found["ContentType"]
        self._begin(HTTPStatus.PARTIAL_CONTENT if "ContentRange" in found else HTTPStatus.OK, headers)
        try:
            left = found["ContentLength"]
            while left and (piece := found["Body"].read(min(left, 1 << 18))):
                self.wfile.write(piece)
                left -= len(piece)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the player has seen enough

    def _begin(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**_SAFE, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

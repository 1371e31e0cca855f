"""HTTP on loopback for the page.

Other pages open in the same browser must not reach it: requests for any other host than loopback's own names
are refused (a name that resolves to loopback would otherwise lend its page this server: DNS rebinding), and
uploads are taken from this page alone.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from tools.page.videos import RefusedError, Videos

_HERE = Path(__file__).parent
_FILES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}
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


def make_server(videos: Videos, port: int = 0) -> ThreadingHTTPServer:
    """The page's server on 127.0.0.1, not serving yet; on a free port where `port` is 0 or taken."""
    handler = type("Handler", (_Handler,), {"videos": videos})
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
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

    def do_GET(self) -> None:
        if self._is_of_another_host():
            return
        address = urlsplit(self.path)
        try:
            if address.path in _FILES:
                name, kind = _FILES[address.path]
                body = (_HERE / name).read_bytes().replace(b"{{where}}", self.videos.where.encode())
                self._send(body, kind, {"Content-Security-Policy": _POLICY})
            elif address.path == "/api/videos":
                words = parse_qs(address.query).get("q", [""])[0]
                self._send_json({"videos": self.videos.listed(words)})
            elif match := re.fullmatch(r"/report/([0-9a-f]{32})", address.path):
                self._send_pieces(self.videos.report(match[1]))
            elif match := re.fullmatch(r"/video/([0-9a-f]{32})", address.path):
                self._send_video(match[1])
            else:
                self._refuse(HTTPStatus.NOT_FOUND, "There is nothing here.")
        except (ClientError, BotoCoreError) as error:
            self._refuse(HTTPStatus.BAD_GATEWAY, f"The stack does not answer: {error}")

    def do_POST(self) -> None:
        # Whatever is refused has a body that nobody reads: the connection cannot go on after it.
        self.close_connection = True
        if self._is_of_another_host() or self._is_from_another_page():
            return
        address = urlsplit(self.path)
        length = self.headers.get("Content-Length", "")
        if address.path != "/api/videos" or not length.isdigit():
            self._refuse(HTTPStatus.BAD_REQUEST, "That is no upload.")
            return
        name = parse_qs(address.query).get("name", [""])[0]
        try:
            video_id = self.videos.add(name, _Body(self.rfile, int(length)), int(length))
        except RefusedError as error:
            self._drain(int(length))
            self._refuse(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        except (ClientError, BotoCoreError) as error:
            self._refuse(HTTPStatus.BAD_GATEWAY, f"The upload failed: {error}")
        else:
            self._send_json({"id": video_id})

    def log_message(self, format: str, *args: object) -> None:
        """Requests are nobody's news."""

    def _is_of_another_host(self) -> bool:
        assert isinstance(self.server, ThreadingHTTPServer)
        port = self.server.server_port
        if self.headers.get("Host") in (f"127.0.0.1:{port}", f"localhost:{port}"):
            return False
        self._refuse(HTTPStatus.FORBIDDEN, "This page answers at 127.0.0.1 and localhost only.")
        return True

    def _is_from_another_page(self) -> bool:
        origin = self.headers.get("Origin")
        site = self.headers.get("Sec-Fetch-Site", "same-origin")
        # The header of ours makes a browser ask first, and nobody answers it but for this page.
        ours = self.headers.get("X-People-Pathing") == "page"
        if ours and origin in (None, f"http://{self.headers['Host']}") and site == "same-origin":
            return False
        self._refuse(HTTPStatus.FORBIDDEN, "Uploads are taken from this page only.")
        return True

    def _drain(self, length: int) -> None:
        """Reads a short body to its end, so that the browser hears the answer instead of a broken pipe."""
        if length <= 1 << 20:
            self.rfile.read(length)

    def _send_json(self, value: Any) -> None:
        self._send(json.dumps(value).encode(), "application/json", {"Cache-Control": "no-store"})

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        self._send(json.dumps({"error": reason}).encode(), "application/json", {}, status)

    def _send(
        self, body: bytes, kind: str, headers: dict[str, str], status: HTTPStatus = HTTPStatus.OK
    ) -> None:
        self._begin(status, {"Content-Type": kind, "Content-Length": str(len(body)), **headers})
        self.wfile.write(body)

    def _send_pieces(self, pieces: Iterable[bytes] | None) -> None:
        """A report; its own policy stands in it."""
        if pieces is None:
            self._refuse(HTTPStatus.NOT_FOUND, "There is no report of this video.")
            return
        self.close_connection = True
        self._begin(HTTPStatus.OK, {"Content-Type": "text/html; charset=utf-8", "Connection": "close"})
        for piece in pieces:
            self.wfile.write(piece)

    def _send_video(self, video_id: str) -> None:
        wanted = self.headers.get("Range")
        found = self.videos.video(video_id, wanted)
        if found is None:
            self._refuse(HTTPStatus.NOT_FOUND, "There is no such video.")
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

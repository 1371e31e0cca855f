"""HTTP/1.1 on loopback. h11 reads and writes the protocol; here are the socket, its deadlines and its limits.

No client can occupy the server: connections and their threads are counted, and idling, sending a request and
taking an answer each have a deadline that no trickle of bytes moves.
"""

import contextlib
import socket
import socketserver
import sys
import threading
import time
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import Any

import h11

from pipeline.rekognition.engine_call import Answer
from tools.endpoint import request as requests
from tools.endpoint.engine_api import Api
from tools.endpoint.refusals import MALFORMED, TIMED_OUT, RequestError
from tools.errors import ToolError
from tools.messages import endpoint as messages

_CONTENT_TYPE = "application/x-amz-json-1.1"

_MAX_HEAD_BYTES = 1 << 16
"""Of the request line and all headers: what AWS's load balancers take."""

_READ_BYTES = 1 << 14

_MOST_SKIPPED_BYTES = 64 << 20
"""How much of a refused request is read on, so that the client gets the answer instead of a reset."""

_BACKLOG = 1024
"""Connections that wait to be accepted; the system may allow fewer. Beyond it they are reset."""


@dataclass(frozen=True)
class Limits:
    """Bounds of connections and time.

    Args:
        connections: open at a time, a thread each; further ones wait to be accepted.
        idle_seconds: until a connection without a request is closed.
        request_seconds: from a request's first byte to its last.
        answer_seconds: for a client to take its answer.
    """

    connections: int = 512
    idle_seconds: float = 20.0
    request_seconds: float = 20.0
    answer_seconds: float = 20.0


class EndpointServer(socketserver.ThreadingTCPServer):
    """The endpoint, bound to loopback."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = _BACKLOG

    def __init__(self, api: Api, port: int, limits: Limits) -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.api = api
        self.limits = limits
        self._connections = threading.BoundedSemaphore(limits.connections)

    @property
    def server_port(self) -> int:
        return int(self.server_address[1])

    @property
    def own_names(self) -> set[str]:
        """The values of Host by which programs on this machine name the endpoint."""
        names = {"127.0.0.1", "localhost"}
        return {f"{name}:{self.server_port}" for name in names} | (names if self.server_port == 80 else set())

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.acquire()
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._connections.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._connections.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        del request, client_address
        print(f"error: a request could not be answered: {sys.exception()!r}", file=sys.stderr)


def serve(api: Api, port: int, limits: Limits | None = None) -> EndpointServer:
    """A server bound to 127.0.0.1, not yet serving.

    Args:
        api: what answers.
        port: 0 takes a free one.
        limits: of connections and time.

    Raises:
        ToolError: the port is in use.
    """
    try:
        return EndpointServer(api, port, limits or Limits())
    except OSError as error:
        raise ToolError(messages.port_taken(port, error.strerror or str(error))) from error


class _Connection(socketserver.BaseRequestHandler):
    """One client's connection: a request, its answer, and so on until one of both sides ends it."""

    request: socket.socket
    server: EndpointServer

    def setup(self) -> None:
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEAD_BYTES)
        self._head: h11.Request | None = None

    def handle(self) -> None:
        # A client that is gone or takes nothing has no use for an answer.
        with contextlib.suppress(OSError):
            while self._begins():
                self._send(self._answer())
                if self._http.states != {h11.CLIENT: h11.DONE, h11.SERVER: h11.DONE}:
                    break
                self._http.start_next_cycle()
                self._head = None
            self._skip_the_rest()

    def _begins(self) -> bool:
        """Waits for the first bytes of a request."""
        if self._http.trailing_data[0]:
            return True
        self.request.settimeout(self.server.limits.idle_seconds)
        data = self.request.recv(_READ_BYTES)
        if data:
            self._http.receive_data(data)
        return bool(data)

    def _answer(self) -> Answer:
        deadline = time.monotonic() + self.server.limits.request_seconds
        try:
            self._head = head = self._read_head(deadline)
            body = self._read_body(deadline)
            requests.check_operation(head)
            text = requests.text_of(body, requests.header(head, "Content-Encoding"))
        except RequestError as refused:
            return refused.answer
        except h11.RemoteProtocolError as error:
            return self._malformed(error).answer
        except TimeoutError:
            seconds = self.server.limits.request_seconds
            return RequestError(408, TIMED_OUT, messages.too_slow(seconds)).answer
        return self.server.api.ask(requests.engine_headers(head), text)

    def _read_head(self, deadline: float) -> h11.Request:
        head = self._event(deadline)
        assert isinstance(head, h11.Request)
        self._head = head
        requests.check_before_body(head, self.server.own_names)
        if self._http.they_are_waiting_for_100_continue:
            requests.check_operation(head)
            self.request.sendall(
                self._http.send(h11.InformationalResponse(status_code=100, headers=[])) or b""
            )
        return head

    def _read_body(self, deadline: float) -> bytes:
        body = bytearray()
        while not isinstance(event := self._event(deadline), h11.EndOfMessage):
            assert isinstance(event, h11.Data)
            body += event.data
            if len(body) > requests.MAX_BODY_BYTES:
                raise requests.too_large()
        return bytes(body)

    def _event(self, deadline: float) -> Any:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self.request.settimeout(max(deadline - time.monotonic(), 0.001))
            self._http.receive_data(self.request.recv(_READ_BYTES))
        return event

    def _malformed(self, error: h11.RemoteProtocolError) -> RequestError:
        if error.error_status_hint != 431 or self._head is not None:
            return RequestError(400, MALFORMED, messages.not_http(str(error)))
        if b"\n" not in self._http.trailing_data[0]:
            return RequestError(414, MALFORMED, messages.line_too_long(_MAX_HEAD_BYTES))
        return RequestError(400, MALFORMED, messages.headers_too_long(_MAX_HEAD_BYTES))

    def _send(self, answer: Answer) -> None:
        headers = {"Content-Type": _CONTENT_TYPE, "Date": formatdate(usegmt=True)} | answer.headers
        transfer = {"Content-Length": str(len(answer.body))}
        if self._http.their_state in (h11.IDLE, h11.SEND_BODY, h11.ERROR):
            # The rest of the request is not read.
            transfer["Connection"] = "close"
        kept = {name: value for name, value in headers.items() if name.lower() not in _TRANSFER_HEADERS}
        events: list[h11.Event] = [
            h11.Response(
                status_code=answer.status,
                headers=list((kept | transfer).items()),
                reason=HTTPStatus(answer.status).phrase,
            )
        ]
        if self._head is None or self._head.method != b"HEAD":
            events.append(h11.Data(data=answer.body))
        events.append(h11.EndOfMessage())
        self.request.settimeout(self.server.limits.answer_seconds)
        self.request.sendall(b"".join(self._http.send(event) or b"" for event in events))

    def _skip_the_rest(self) -> None:
        """Reads on, since a client that is still sending would miss the answer; but not without end."""
        self.request.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + self.server.limits.request_seconds
        left = _MOST_SKIPPED_BYTES
        while left > 0 and (seconds := deadline - time.monotonic()) > 0:
            self.request.settimeout(seconds)
            data = self.request.recv(_MAX_HEAD_BYTES)
            if not data:
                break
            left -= len(data)


_TRANSFER_HEADERS = frozenset({"content-length", "connection", "transfer-encoding"})

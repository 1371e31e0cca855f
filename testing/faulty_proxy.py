"""A proxy in front of the embedded AWS that lets a test break single calls, as AWS itself breaks them."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from testing.loopback import QuietHandler, served

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body of an HTTP response."""

Fault = Callable[["Call"], "Answer | bytes | None"]
"""Answers a call in place of AWS, or returns None, or another body, to have AWS answer it."""


@dataclass(frozen=True)
class Call:
    """One HTTP call. `operation` is the JSON protocol's target, or method and path for S3."""

    operation: str
    body: bytes

    def document(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@dataclass
class FaultyProxy:
    """Each call is put to the `faults` in turn."""

    upstream: str
    faults: list[Fault] = field(default_factory=list)
    url: str = ""

    def fail(self, operation: str, code: str, times: int, status: int = 400) -> None:
        """Answer the next `times` calls whose operation contains `operation` with an error."""
        left = [times]

        def fault(call: Call) -> Answer | None:
            if operation not in call.operation or not left[0]:
                return None
            left[0] -= 1
            if call.operation.startswith(("PUT", "GET", "POST", "DELETE", "HEAD")):
                body = f"<Error><Code>{code}</Code><Message>{code} by the proxy.</Message></Error>"
                return status, {"Content-Type": "application/xml"}, body.encode()
            return json_answer({"__type": code, "message": f"{code} by the proxy."}, status)

        self.faults.append(fault)


def json_answer(body: dict[str, Any], status: int = 200) -> Answer:
    return status, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(body).encode()


@contextmanager
def serve_proxy(proxy: FaultyProxy) -> Iterator[FaultyProxy]:
    """Serve the proxy on a free loopback port, given in its `url`."""
    with served(type("Handler", (_ProxyHandler,), {"proxy": proxy})) as url:
        proxy.url = url
        yield proxy


class _ProxyHandler(QuietHandler):
    """Answers each call by the proxy's faults, or as AWS does. Derived classes say which `proxy`."""

    protocol_version = "HTTP/1.1"
    proxy: FaultyProxy

    def _serve(self) -> None:
        if self.headers.get("Expect"):
            self.send_response_only(100)
            self.end_headers()
        body = self.body()
        target = self.headers.get("X-Amz-Target")
        operation = target.rpartition(".")[2] if target else f"{self.command} {self.path}"
        answer: Answer | None = None
        for fault in self.proxy.faults:
            outcome = fault(Call(operation, body))
            if isinstance(outcome, bytes):
                body = outcome
            elif outcome is not None:
                answer = outcome
                break
        self._answer(answer or self._forward(body))

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve

    def _forward(self, body: bytes) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.proxy.upstream).netloc, timeout=60)
        dropped = ("host", "content-length", "expect", "connection")
        headers = {name: value for name, value in self.headers.items() if name.lower() not in dropped}
        connection.request(self.command, self.path, body, headers)
        response = connection.getresponse()
        answer = response.status, dict(response.getheaders()), response.read()
        connection.close()
        return answer

    def _answer(self, answer: Answer) -> None:
        status, headers, body = answer
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

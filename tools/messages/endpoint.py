"""What the Rekognition endpoint answers to requests that do not reach the engine; why it does not start."""

from __future__ import annotations

OTHER_HTTP = "Only HTTP/1.1 is understood."
WEB_PAGE = "Web pages are not answered here."
NO_LENGTH = "The request has neither Content-Length nor Transfer-Encoding."
OTHER_PATH = "Only POST / is answered here."
OTHER_ENCODING = "Of all values of Content-Encoding, gzip alone is understood."
NOT_UTF8 = "The body is not UTF-8."
NOT_GZIP = "The body is not gzip, as Content-Encoding says it is."


def body_too_long(most_bytes: int) -> str:
    return f"The body is longer than {most_bytes} bytes."


def too_slow(seconds: float) -> str:
    return f"The request took longer than {seconds:g} s."


def not_http(reason: str) -> str:
    return f"The request is not HTTP/1.1: {reason}."


def line_too_long(most_bytes: int) -> str:
    return f"The request line is longer than {most_bytes} bytes."


def headers_too_long(most_bytes: int) -> str:
    return f"The headers are longer than {most_bytes} bytes."


def port_taken(port: int, reason: str) -> str:
    return f"Port {port} of 127.0.0.1 cannot be used ({reason}). Choose another: make endpoint PORT=…"

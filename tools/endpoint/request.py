"""What a request must be like to reach the engine: POST / from a program on this machine, JSON in UTF-8."""

import gzip
import io
import zlib
from collections.abc import Set

import h11

from pipeline.rekognition.engine_call import ACCESS_DENIED
from tools.endpoint.refusals import (
    ENTITY_TOO_LARGE,
    MALFORMED,
    SERIALIZATION,
    UNKNOWN_OPERATION,
    RequestError,
)
from tools.messages import endpoint as messages

MAX_BODY_BYTES = 1 << 20
"""Of a body, as sent and decompressed. A Lambda's synchronous payload ends at 6 MB, and the body travels
inside JSON."""

_ENGINE_HEADERS = ("X-Amz-Target", "Content-Type", "User-Agent")


def header(head: h11.Request, name: str) -> str | None:
    """A header's value; the values of several of that name joined by commas; None where there is none."""
    values = [value.decode("latin-1") for key, value in head.headers if key == name.lower().encode()]
    return ",".join(values) if values else None


def engine_headers(head: h11.Request) -> dict[str, str]:
    """The headers that the engine reads."""
    found = {name: header(head, name) for name in _ENGINE_HEADERS}
    return {name: value for name, value in found.items() if value is not None}


def check_before_body(head: h11.Request, own_names: Set[str]) -> None:
    """Refuse what need not be read to its end.

    A page in a browser must not use the caller's credentials, whatever name it gave this address.

    Args:
        head: method, target and headers of the request.
        own_names: the values of Host by which programs on this machine name the endpoint.

    Raises:
        RequestError
    """
    if head.http_version not in (b"1.0", b"1.1"):
        raise RequestError(505, MALFORMED, messages.OTHER_HTTP)
    if head.method != b"POST":
        return
    if header(head, "Host") not in own_names or header(head, "Origin") is not None:
        raise RequestError(403, ACCESS_DENIED, messages.WEB_PAGE)
    length = header(head, "Content-Length")
    if length is None and header(head, "Transfer-Encoding") is None:
        raise RequestError(411, MALFORMED, messages.NO_LENGTH)
    if length is not None and int(length) > MAX_BODY_BYTES:
        raise too_large()


def check_operation(head: h11.Request) -> None:
    """Refuse any other method or path than the endpoint's one.

    Raises:
        RequestError
    """
    if head.method != b"POST" or _path(head.target) != b"/":
        raise RequestError(404, UNKNOWN_OPERATION, messages.OTHER_PATH)


def _path(target: bytes) -> bytes:
    """Without query; clients that take the endpoint for a proxy send the whole address (RFC 9112, 3.2.2)."""
    if target[:7].lower() == b"http://":
        target = b"/" + target[7:].partition(b"/")[2]
    return target.partition(b"?")[0]


def text_of(body: bytes, encoding: str | None) -> str:
    """The text of a body.

    Args:
        body: as it was sent, at most MAX_BODY_BYTES.
        encoding: the request's Content-Encoding; None where it has none.

    Raises:
        RequestError: it is not UTF-8, its encoding is not gzip, or it is too long once decompressed.
    """
    coding = (encoding or "identity").strip().lower()
    if coding == "gzip":
        body = _decompressed(body)
    elif coding != "identity":
        raise RequestError(400, MALFORMED, messages.OTHER_ENCODING)
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise RequestError(400, SERIALIZATION, messages.NOT_UTF8) from error


def too_large() -> RequestError:
    return RequestError(413, ENTITY_TOO_LARGE, messages.body_too_long(MAX_BODY_BYTES))


def _decompressed(body: bytes) -> bytes:
    try:
        plain = gzip.GzipFile(fileobj=io.BytesIO(body)).read(MAX_BODY_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise RequestError(400, MALFORMED, messages.NOT_GZIP) from error
    if len(plain) > MAX_BODY_BYTES:
        raise too_large()
    return plain

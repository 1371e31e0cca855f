"""NextToken: where the next page begins, in a form only this engine can make.

A token is 39 bytes in URL-safe base64: sort order, record number, expiry, and the first 24 bytes of their
HMAC-SHA-256 under the job's own secret. So it is opaque, bound to its job and order, and needs no storage.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
import time

from engine.api import errors

LIFETIME_SECONDS = 24 * 3600
"""How long a token is valid, as Rekognition's tokens are."""

_SORTS = ("TIMESTAMP", "INDEX")
"""Sort orders; a token holds the position of its own."""

_CLAIMS = struct.Struct(">BxxQI")
"""Sort order, record number, expiry in epoch seconds."""

_SIGNATURE_BYTES = 24
"""Enough that no token can be guessed, and 39 bytes in all encode to base64 without padding."""


def issue(secret: bytes, sort: str, position: int, now: float | None = None) -> str:
    """A token for the page that begins at record number `position` (≥ 0) of order `sort`."""
    expiry = int(time.time() if now is None else now) + LIFETIME_SECONDS
    claims = _CLAIMS.pack(_SORTS.index(sort), position, expiry)
    return base64.urlsafe_b64encode(claims + _sign(secret, claims)).decode()


def redeem(secret: bytes, sort: str, token: str, now: float | None = None) -> int:
    """The record number a token stands for.

    Raises InvalidPaginationTokenError for any other text, a token of another job or order, or one older than
    24 h.
    """
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise errors.InvalidPaginationTokenError from None
    claims, signature = raw[: _CLAIMS.size], raw[_CLAIMS.size :]
    if len(claims) != _CLAIMS.size or not hmac.compare_digest(signature, _sign(secret, claims)):
        raise errors.InvalidPaginationTokenError
    order, position, expiry = _CLAIMS.unpack(claims)
    if _SORTS[order] != sort or expiry <= (time.time() if now is None else now):
        raise errors.InvalidPaginationTokenError
    return int(position)


def _sign(secret: bytes, claims: bytes) -> bytes:
    return hmac.digest(secret, claims, "sha256")[:_SIGNATURE_BYTES]

"""Names that a video cannot be uploaded under."""

from __future__ import annotations

import unicodedata

_MOST_BYTES = 1024


def fault_of(name: str) -> str | None:
    """What is wrong with a name and what to do, to be read after "the name"; None where it is a key for S3.

    S3 takes control characters and cannot tell them back: XML, in which it lists its objects, has no way to
    write most of them.
    """
    for character in name:
        if unicodedata.category(character) == "Cc":
            return f"has a control character (U+{ord(character):04X}) in it; rename the file."
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        return "is not UTF-8, as S3 wants it; rename the file."
    return f"is longer than the {_MOST_BYTES:,} bytes S3 allows." if length > _MOST_BYTES else None

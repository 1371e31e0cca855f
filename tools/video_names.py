"""Names that a video cannot be uploaded under."""

from __future__ import annotations

import unicodedata

_MOST_BYTES = 1024


def fault_of(name: str) -> str | None:
    """What is wrong with a name and what to do, as text that follows "the name"; None for a valid key.

    S3 accepts control characters, but cannot list them: XML has no way to write most of them.
    """
    for character in name:
        if unicodedata.category(character) == "Cc":
            return f"has a control character (U+{ord(character):04X}) in it; rename the file."
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        return "is not UTF-8, which S3 requires; rename the file."
    return f"is longer than the {_MOST_BYTES:,} bytes S3 allows." if length > _MOST_BYTES else None

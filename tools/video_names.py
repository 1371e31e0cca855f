"""Names that a video cannot be uploaded under."""

from __future__ import annotations

import unicodedata

from tools.messages import videos as messages

_MOST_BYTES = 1024


def fault_of(name: str) -> str | None:
    """What is wrong with a name and what to do, as text that follows "the name"; None for a valid key.

    S3 accepts control characters, but cannot list them: XML has no way to write most of them.
    """
    for character in name:
        if unicodedata.category(character) == "Cc":
            return messages.control_character(ord(character))
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        return messages.NOT_UTF8
    return messages.too_long(_MOST_BYTES) if length > _MOST_BYTES else None

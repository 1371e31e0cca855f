"""External text made safe to print."""

_LONGEST = 1024
"""An S3 key's longest, in bytes."""


def inert(text: str) -> str:
    """On one line, without a terminal's control characters, and cut off after 1,024 characters."""
    shown = "".join(sign if sign.isprintable() else "�" for sign in text[:_LONGEST])
    return shown + "…" if len(text) > _LONGEST else shown

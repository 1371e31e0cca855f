"""Videos that the pipeline does not take, does not know, or could not track."""

from __future__ import annotations

from collections.abc import Sequence

NO_REASON = "it failed, and no reason was recorded."
STILL_QUEUED = "it is still in the queue, and may write the video's name to the table again."
"""After what was attempted and a colon."""


NOT_UTF8 = "is not UTF-8, which S3 requires; rename the file."
"""A fault of a name: after "the name"."""


def control_character(codepoint: int) -> str:
    """A fault of a name."""
    return f"has a control character (U+{codepoint:04X}) in it; rename the file."


def too_long(most_bytes: int) -> str:
    """A fault of a name."""
    return f"is longer than the {most_bytes:,} bytes S3 allows; rename the file."


def bad_name(name: str, fault: str) -> str:
    """`fault`: of a name, as above."""
    return f"{name!r}: the name {fault}"


def not_a_video(name: str, suffixes: Sequence[str]) -> str:
    return f"{name} is no video: the pipeline takes {', '.join(suffixes)}."


def failed(name: str, reason: str) -> str:
    return f"{name}: {reason}"


def stalled(minutes: int, stage: str) -> str:
    return (
        f"No progress for {minutes} minutes (last stage: {stage}). It may still be finished: "
        "see make paths, and make redrive ARGS=--list"
    )


def key_not_utf8(key: str) -> str:
    return f"{key!r} cannot be the key of an object: it is not UTF-8."


def key_length(key: str) -> str:
    return f"{key} cannot be the key of an object: keys have 1 to 1,024 bytes."


def unknown(key: str) -> str:
    return f"Nothing is known of a video named {key}. Give its key in the videos bucket, or its id."

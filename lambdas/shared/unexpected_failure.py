"""How a failed job shows that its video is not to blame, so that running the video again may succeed.

The contract gives a failed job one free text, `StatusMessage`, and no code: the text's beginning is the mark.
"""

from __future__ import annotations

UNEXPECTED = "An unexpected error occurred while "
"""How the engine's `StatusMessage` begins where retries over more than ten minutes did not get past an error.

Every other message says what is wrong with the video, that a time limit was reached or that the job was
stopped: the same video would fail again, or is not wanted.
"""


def is_unexpected(status_message: str | None) -> bool:
    """Whether a job that failed with this `StatusMessage` may succeed when its video is run again."""
    return status_message is not None and status_message.startswith(UNEXPECTED)

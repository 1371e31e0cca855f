"""What the page's server says to its users, in one place."""

from __future__ import annotations

from pipeline.video import VIDEO_SUFFIXES

STAYS = "They stay on this machine."
GOES_TO_AWS = "They go to your AWS account."

EMPTY_FILE = "The file is empty."
TOO_LARGE = "The file is larger than the 10 GB a video may have."

NOTHING_HERE = "There is nothing here."
NO_REPORT = "There is no report of this video."
NO_VIDEO = "There is no such video."
NO_UPLOAD = "That is no upload."
OTHER_HOST = "This page answers at 127.0.0.1 and localhost only."
OTHER_PAGE = "Videos and scenes are changed from this page only."
STACK_MOVED = "The stack was started again at another address: run make page again, too."

NOT_FAILED = "The video has not failed: there is nothing to retry or remove."
NO_LONGER_STORED = "The video is no longer in the bucket: drop it again."


def bad_name(fault: str) -> str:
    """`fault` follows "The name", as `tools.video_names` words it."""
    return f"The name {fault}"


def not_a_video(key: str) -> str:
    return f"{key or 'This'} is no video: the pipeline takes {', '.join(VIDEO_SUFFIXES)}."


def stack_silent(error: Exception) -> str:
    return f"The stack does not answer: {error}"


def upload_failed(error: Exception) -> str:
    return f"The upload failed: {error}"


def not_removed(failures: list[str]) -> str:
    """The first of the operations that failed, and how many more did."""
    more = f", and {len(failures) - 1} more" if len(failures) > 1 else ""
    return f"Not all of the video is removed ({failures[0]}{more}). Remove it again."


def port_taken(port: int, reason: str) -> str:
    return f"Port {port} of 127.0.0.1 cannot be used ({reason}): give another PORT, or none for a free one."

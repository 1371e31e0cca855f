"""What the page of a scene over days says to its users, in one place."""

from __future__ import annotations

NO_SCENE = "There is no such scene: see the list of scenes."
FAULTY_SCENE = "The scene cannot be used: make scenes says why."
NO_TABLE = "There is no such file."

COUNTS_ONLY = "The scene keeps counts only: paths are deleted once they are counted, so there is no heat map."
NO_PATHS = "The videos of this period have no paths."

NEITHER_FILMED = "Neither period has video."
ONE_NOT_FILMED = "One of the periods has no video: there is nothing to compare with."


def bad_day(text: str) -> str:
    """A day that is none."""
    return f"{text[:40] or 'Nothing'} is no day: give one as 2026-11-20."


def ends_early(first: str, last: str) -> str:
    """A period that ends before it begins."""
    return f"The period ends ({last}) before it begins ({first})."


def too_long(days: int, most: int) -> str:
    """A period of too many days."""
    return f"The period has {days} days: at most {most} at once."


def unequal_hours(now: str, before: str) -> str:
    """Two periods of unequal hours of video, each as text."""
    return f"{now} hours of video against {before}: compare what is an hour of video, not the counts."


def little_video(hours: str) -> str:
    """A period so short that its figures an hour say little."""
    return f"{hours} hours of video are little: what is an hour of video is extrapolated."

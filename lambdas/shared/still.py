"""The still that the engine leaves of each job's scene: the part of its bucket that others may read."""

from __future__ import annotations


def still_key(job_id: str) -> str:
    """The object's key in the engine's work bucket.

    The object is a JPEG of the frame in the middle of the video, upright. It is written before the job
    succeeds, where that frame can be decoded, and expires with the job's other working files.
    """
    return f"jobs/{job_id}/still.jpg"

"""A video that S3 does not give: the StatusMessage of its job, or the answer to its start."""

from __future__ import annotations

GONE = "The video is no longer in S3."
REPLACED = "The video was replaced in S3 while it was being read."
CLOSED = "The video may no longer be read in S3, or is no longer there: S3 denies access to both alike."
CUSTOMER_KEY = (
    "The video is encrypted in S3 with a customer-provided key (SSE-C), which S3 does not keep. "
    "Upload it again without one."
)


def archived(tier: str | None) -> str:
    """`tier`: the storage class or access tier, as S3 names it."""
    return (
        f"The video is archived in S3 ({tier or 'an archive storage class'}). Restore it, or copy it to "
        "another storage class, and track it again."
    )

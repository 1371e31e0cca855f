"""The still that the engine leaves of each job's scene: the part of its bucket that others may read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def still_key(job_id: str) -> str:
    """The object's key in the engine's work bucket.

    The object is a JPEG of a frame from the middle of the video, upright and in square pixels: its shape is
    the one the video is shown in, which `FrameWidth` and `FrameHeight` do not say. Its user metadata hold
    `width` and `height` in pixels and `at-ms`, the frame's Timestamp, and `created-at` where the video's
    container says when it was recorded. It is written before the job succeeds,
    where such a frame can be decoded, and expires with the job's other working files.
    """
    return f"jobs/{job_id}/still.jpg"


@dataclass(frozen=True, slots=True)
class Still:
    """A picture of the scene.

    Attributes:
        jpeg: upright, in square pixels.
        width, height: of the picture, in pixels, at least 1.
        at_ms: the Timestamp of its frame.
        created_at: when the video was recorded, as its container says; ISO 8601 with a time zone.
    """

    jpeg: bytes
    width: int
    height: int
    at_ms: int
    created_at: str | None = None

    @property
    def aspect(self) -> float:
        """Width / height of the video as shown."""
        return self.width / self.height


def write_still(client: S3Client, bucket: str, job_id: str, still: Still) -> None:
    """Stores a job's still."""
    client.put_object(
        Bucket=bucket,
        Key=still_key(job_id),
        Body=still.jpeg,
        ContentType="image/jpeg",
        Metadata={
            "width": str(still.width),
            "height": str(still.height),
            "at-ms": str(still.at_ms),
            **({"created-at": still.created_at} if still.created_at else {}),
        },
    )


def read_still(client: S3Client, bucket: str, job_id: str) -> Still:
    """A job's still.

    Raises:
        botocore.exceptions.ClientError: there is none, or it may not be read.
        ValueError: what is there is none that `write_still` wrote.
    """
    found = client.get_object(Bucket=bucket, Key=still_key(job_id))
    try:
        width, height, at_ms = (int(found["Metadata"][name]) for name in ("width", "height", "at-ms"))
    except (KeyError, ValueError) as error:
        raise ValueError(f"{still_key(job_id)} is no still: {error}") from error
    if min(width, height) < 1:
        raise ValueError(f"{still_key(job_id)} is no still: it is {width} × {height} pixels.")
    return Still(found["Body"].read(), width, height, at_ms, found["Metadata"].get("created-at"))

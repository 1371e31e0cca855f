"""What a video is: an object version in a bucket, with an id that follows from it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

VIDEO_SUFFIXES = (".mp4", ".mov", ".avi")
"""The contract's containers, by the ends of their keys."""

NO_VERSION = "null"
"""S3's version id of an object in a bucket that keeps no versions."""

_ID = re.compile("[0-9a-f]{32}")
"""The form of a video's id."""


@dataclass(frozen=True)
class Video:
    """One version of one object. `version` is S3's own `"null"` where the bucket keeps no versions."""

    bucket: str
    key: str
    version: str = NO_VERSION

    @property
    def id(self) -> str:
        """32 hex digits; the same object version always gives the same id, so a repeat overwrites."""
        return _digest(self.bucket, self.key, self.version)[:32]

    def request_token(self, attempt: int) -> str:
        """ClientRequestToken of the attempt: a duplicate event repeats it, another attempt does not."""
        return _digest(self.bucket, self.key, self.version, str(attempt))

    def as_s3_object(self) -> dict[str, str]:
        """The `S3Object` member of StartPersonTracking's `Video`."""
        s3_object = {"Bucket": self.bucket, "Name": self.key}
        if self.version != NO_VERSION:
            s3_object["Version"] = self.version
        return s3_object


def is_video_id(text: str) -> bool:
    """Whether a text from outside, such as a JobTag, has the form of `Video.id`."""
    return _ID.fullmatch(text) is not None


def is_video(key: str) -> bool:
    """Whether the key's suffix is one of the contract's containers, in any letter case."""
    return key.lower().endswith(VIDEO_SUFFIXES)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()

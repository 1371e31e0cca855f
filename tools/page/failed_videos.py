"""What the page does with a video that failed: send it again, or remove it."""

from __future__ import annotations

import io

from botocore.exceptions import ClientError

from pipeline.video import NO_VERSION, Video
from reader.people_pathing_reader import Video as Tracked
from tools.attempts import Attempts
from tools.commands.forget import forget_version
from tools.commands.redrive import run_version_again
from tools.page.messages import NO_LONGER_STORED, NO_VIDEO, NOT_FAILED, not_removed
from tools.page.reading import reader_of
from tools.page.refusals import RefusedError
from tools.progress import Progress
from tools.target import Target


class FailedVideos:
    """The failed videos of one stack. May be used by several threads."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._s3 = target.client("s3", retries={"mode": "standard"})
        self._reader = reader_of(target)

    def retry(self, video_id: str) -> Tracked:
        """Send the upload of this version again; the video with its failure so far.

        Raises:
            RefusedError: it has not failed, or is no longer stored.
        """
        video = self._failed(video_id)
        version = {} if video.version == NO_VERSION else {"VersionId": video.version}
        try:
            self._s3.head_object(Bucket=video.bucket, Key=video.key, **version)
        except ClientError as error:
            # Of a delete marker S3 says 405.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (404, 405):
                raise
            raise RefusedError(NO_LONGER_STORED) from error
        run_version_again(self._target, Video(video.bucket, video.key, video.version))
        return video

    def remove(self, video_id: str) -> None:
        """Delete this version of the video and everything about it; other versions of its key stay.

        Raises:
            RefusedError: it has not failed, or something could not be deleted.
        """
        video = self._failed(video_id)
        attempts = Attempts()
        forget_version(
            self._target,
            Video(video.bucket, video.key, video.version),
            Progress(io.StringIO()),
            attempts,
        )
        if attempts.failures:
            raise RefusedError(not_removed(attempts.failures))

    def _failed(self, video_id: str) -> Tracked:
        video = self._reader.video(video_id)
        if video is None:
            raise RefusedError(NO_VIDEO)
        if video.status != "FAILED":
            raise RefusedError(NOT_FAILED)
        return video

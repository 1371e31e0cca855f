"""Deleting what was written for a video that is to have no tracks: forgotten, or its replacement failed."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.answering.files import delete_all_files, delete_files
from pipeline.runtime.environment import PipelineEnvironment
from pipeline.services import Services
from pipeline.storage.tracks_folder import TracksFolder
from pipeline.storage.tracks_table import delete_items
from pipeline.video import is_video_id


def delete_tracks(
    services: Services[PipelineEnvironment], video_id: str, answers_keys: Sequence[str] | None = None
) -> None:
    """Delete every item of the video but META, and every object. Does nothing for what is no video id.

    `answers_keys`: of its record; None where the record is gone, so that all answers are looked through.
    """
    if not is_video_id(video_id):
        return
    delete_items(services.dynamodb, services.environment.tracks_table, video_id)
    TracksFolder(services.s3, services.environment.results_bucket, video_id).delete_all()
    if answers_keys is None:
        delete_all_files(services.s3, services.environment.results_bucket, video_id)
    else:
        delete_files(services.s3, services.environment.results_bucket, answers_keys)

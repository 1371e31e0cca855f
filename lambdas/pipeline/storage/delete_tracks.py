"""Deleting what was written for a video that is to have no tracks: forgotten, or its replacement failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.storage.tracks_folder import TracksFolder
from pipeline.storage.tracks_table import delete_tracks
from pipeline.video import is_video_id

if TYPE_CHECKING:
    from pipeline.runtime.services import Services


def discard_tracks(services: Services, video_id: str) -> None:
    """Delete every item of the video but META, and every object. Does nothing for what is no video id."""
    if not is_video_id(video_id):
        return
    delete_tracks(services.dynamodb, services.environment.tracks_table, video_id)
    TracksFolder(services.s3, services.environment.results_bucket, video_id).delete_all()

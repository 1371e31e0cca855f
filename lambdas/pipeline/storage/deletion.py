"""Deleting what was written for a video that is to have no tracks: forgotten, or its replacement failed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.storage.tracks_folder import TracksFolder
from pipeline.storage.tracks_table import delete_items

if TYPE_CHECKING:
    from pipeline.runtime.environment import PipelineEnvironment
    from pipeline.runtime.services import Services

_VIDEO_ID = re.compile("[0-9a-f]{32}")


def delete_tracks(services: Services[PipelineEnvironment], video_id: str) -> None:
    """Delete every item of the video but META, and every object. Does nothing for what is no video id."""
    if not _VIDEO_ID.fullmatch(video_id):
        return
    delete_items(services.dynamodb, services.environment.tracks_table, video_id)
    TracksFolder(services.s3, services.environment.results_bucket, video_id).delete_all()

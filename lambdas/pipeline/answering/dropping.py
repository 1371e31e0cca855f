"""Deleting what a scene that keeps counts only does not keep: every trace of a single person."""

from __future__ import annotations

from pipeline.runtime.environment import PipelineEnvironment
from pipeline.services import Services
from pipeline.storage.tracks_folder import MANIFEST, TracksFolder
from pipeline.storage.tracks_table import delete_items_of

_PERSONAL = ("PERSON#", "PATH#", "TIME#")
"""How the sort keys begin of items that hold where single people were."""


def drop_paths(services: Services[PipelineEnvironment], video_id: str) -> None:
    """Delete paths, faces and the report; counts, META and the manifest stay. May be repeated."""
    delete_items_of(services.dynamodb, services.environment.tracks_table, video_id, _PERSONAL)
    folder = TracksFolder(services.s3, services.environment.results_bucket, video_id)
    folder.delete_stale([folder.prefix + MANIFEST])

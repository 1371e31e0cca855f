"""Deleting what a scene that keeps counts only does not keep: every trace of a single person."""

from __future__ import annotations

import json

from pipeline.runtime.environment import PipelineEnvironment
from pipeline.services import Services
from pipeline.storage.days_left import Kept
from pipeline.storage.tracks_folder import MANIFEST, TracksFolder
from pipeline.storage.tracks_table import delete_items_of

_PERSONAL = ("PERSON#", "PATH#", "TIME#")
"""How the sort keys begin of items that hold where single people were."""


def drop_paths(services: Services[PipelineEnvironment], video_id: str, kept: Kept | None = None) -> None:
    """Delete paths, faces and the report; counts, META and a manifest without people stay.

    May be repeated. The collector's parts are left to it: it may have to begin again from them.
    """
    delete_items_of(services.dynamodb, services.environment.tracks_table, video_id, _PERSONAL)
    folder = TracksFolder(services.s3, services.environment.results_bucket, video_id)
    if folder.has(MANIFEST):
        objects = {MANIFEST: folder.prefix + MANIFEST}
        folder.put_manifest({**json.loads(folder.read(MANIFEST)), "Objects": objects, "Persons": []}, kept)
    folder.delete_stale([folder.prefix + MANIFEST])

"""The pipeline as the commands see a deployed stack."""

from __future__ import annotations

from testing.pipeline_environment import EmbeddedPipeline
from tools.target import Target, embedded


def target_of(pipeline: EmbeddedPipeline, endpoint: str | None = None) -> Target:
    """The stack's outputs, through `endpoint` if given."""
    return embedded(
        endpoint or pipeline.endpoint,
        {
            "VideosBucket": pipeline.videos,
            "ResultsBucket": pipeline.results,
            "TracksTable": pipeline.table,
            "UploadQueue": pipeline.upload_queue,
            "UploadDeadLetters": pipeline.upload_dead_letter_queue,
            "CollectQueue": pipeline.collect_queue,
            "CollectDeadLetters": pipeline.collect_dead_letter_queue,
        },
    )

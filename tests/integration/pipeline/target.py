"""The pipeline as the commands see a deployed stack."""

from __future__ import annotations

from testing.pipeline_environment import EmbeddedPipeline, shared_target
from tools.target import Target


def target_of(pipeline: EmbeddedPipeline, endpoint: str | None = None) -> Target:
    """The stack's outputs, through `endpoint` if given."""
    return shared_target(endpoint or pipeline.endpoint).with_outputs(
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

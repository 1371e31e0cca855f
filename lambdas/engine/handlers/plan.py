"""First step: read the video's metadata and cut it into segments for the Distributed Map.

`{"JobId"}` → `{"JobId", "Segments": {"Bucket", "Key"}}`, the latter a JSON array of `{"JobId", "Segment"}`;
or `{"JobId", "Error"}`, see `handlers.step`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from engine.handlers import step
from engine.runtime.environment import PlanEnvironment, read
from engine.runtime.observability import logger, metrics, tracer
from engine.stage import Stage
from engine.storage.job_video import open_video
from engine.storage.workspace import Plan
from engine.video.keyframe_distance import check_keyframe_distance
from engine.video.metadata import read_metadata
from engine.video.segments import plan_segments
from engine.video.still import scene_still, still_millis


@cache
def _environment() -> PlanEnvironment:
    return read(PlanEnvironment)


@cache
def _stores() -> step.Stores:
    return step.Stores.of(_environment())


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    job_id = event["JobId"]
    logger.append_keys(job_id=job_id)
    _stores().jobs.enter(job_id, Stage.PLANNING)
    return step.answer(_stores().jobs, job_id, lambda: {"Segments": _plan(job_id)})


def _plan(job_id: str) -> dict[str, str]:
    stores = _stores()
    job = stores.jobs.find(job_id)
    with open_video(stores.s3, job) as video:
        metadata = read_metadata(video)
        still = scene_still(video, still_millis(metadata))
    environment = _environment()
    segments = plan_segments(metadata, environment.segment_seconds)
    check_keyframe_distance(metadata, segments, environment.detect_time)
    plan = Plan(
        frame_aspect=metadata.aspect,
        rate=metadata.rate,
        constant_rate=metadata.constant_rate,
        segments=segments,
        note=metadata.note,
    )
    workspace = stores.workspace(job_id)
    items = workspace.write_plan(plan)
    if still is not None:
        workspace.write_still(replace(still, created_at=metadata.created_at))
    stores.jobs.planned(job_id, metadata.as_contract(), len(segments))
    logger.info("Planned", segments=len(segments), duration_ms=metadata.duration_millis)
    return items

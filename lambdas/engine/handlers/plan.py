"""First step: read the video's metadata and cut it into segments for the Distributed Map.

`{"JobId"}` → `{"JobId", "Segments": {"Bucket", "Key"}}`, the latter a JSON array of `{"JobId", "Segment"}`.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from engine.jobs import failure_reason
from engine.jobs.table import JobsTable, Stage
from engine.runtime import clients, environment
from engine.runtime.observability import logger, metrics, tracer
from engine.storage.job_video import open_video
from engine.storage.workspace import Plan, Workspace
from engine.video.metadata import read_metadata
from engine.video.segments import plan_segments
from engine.video.still import scene_still, still_millis

_environment = environment.load()
_jobs = JobsTable(clients.dynamodb_table(_environment.jobs_table))


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    job_id = event["JobId"]
    logger.append_keys(job_id=job_id)
    _jobs.enter(job_id, Stage.PLANNING)
    with failure_reason.noted(_jobs, job_id, Stage.PLANNING):
        return {"JobId": job_id, "Segments": _plan(job_id)}


def _plan(job_id: str) -> dict[str, str]:
    job = _jobs.find(job_id)
    with open_video(clients.s3(), job) as video:
        metadata = read_metadata(video)
        still = scene_still(video, still_millis(metadata))
    segments = plan_segments(metadata, _environment.segment_seconds)
    plan = Plan(
        frame_aspect=metadata.aspect,
        rate=metadata.rate,
        constant_rate=metadata.constant_rate,
        segments=segments,
        note=metadata.note,
    )
    workspace = Workspace(clients.s3(), _environment.work_bucket, job_id)
    items = workspace.write_plan(plan)
    if still is not None:
        workspace.write_still(still)
    _jobs.planned(job_id, metadata.as_contract(), len(segments))
    logger.info("Planned", segments=len(segments), duration_ms=metadata.duration_millis)
    return items

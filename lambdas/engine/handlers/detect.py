"""A segment's step: look at its frames and leave what was seen in the work bucket.

`{"JobId", "Segment"}` → `{"JobId", "Segment"}`. A segment that is done already is not looked at again.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from engine.analysis.segment import Analyst
from engine.jobs import failure_reason
from engine.jobs.table import Job, JobsTable, Stage
from engine.runtime import clients, environment
from engine.runtime.observability import logger, metrics, tracer
from engine.storage.job_video import open_video
from engine.storage.workspace import Workspace
from engine.video import instants

_environment = environment.load()
_jobs = JobsTable(clients.dynamodb_table(_environment.jobs_table))


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    job_id, segment = event["JobId"], int(event["Segment"])
    logger.append_keys(job_id=job_id, segment=segment)
    job = _jobs.find(job_id)
    if segment not in job.segments_done:
        with failure_reason.noted(_jobs, job_id, Stage.DETECTING):
            _detect(job, segment)
        _jobs.segment_done(job_id, segment)
    return {"JobId": job_id, "Segment": segment}


def _detect(job: Job, number: int) -> None:
    workspace = Workspace(clients.s3(), _environment.work_bucket, job.id)
    plan = workspace.plan()
    segment = plan.segments[number]
    with open_video(clients.s3(), job) as video:
        detections = _analyst().analyse(video, segment)
        seen_at = None if plan.constant_rate else instants.of_segment(video, segment)
    # A video may be forgotten while it is looked at: what is written then, nobody would delete.
    if seen_at is not None:
        _jobs.find(job.id)
        workspace.write_instants(number, seen_at)
    _jobs.find(job.id)
    workspace.write_detections(number, detections)
    logger.info("Detected", frames=len(detections.timestamps_ms), boxes=len(detections.boxes))
    metrics.add_metric("FramesAnalysed", MetricUnit.Count, len(detections.timestamps_ms))


@cache
def _analyst() -> Analyst:
    """Loaded once a process: models take a second."""
    return Analyst.load(
        _environment.detector,
        faces=_environment.faces,
        hz=_environment.analysis_hz,
        models=_environment.models,
    )

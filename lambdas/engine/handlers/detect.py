"""A segment's step: analyse its frames and leave the detections in the work bucket.

`{"JobId", "Segment"}` → `{"JobId", "Segment"}`, or `{"JobId", "Error"}`, see `handlers.step`. A segment that
is done is not analysed again, and none is once the video is found to be at fault.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from engine.analysis.segment import Analyst
from engine.handlers import step
from engine.jobs.model import Job
from engine.runtime.environment import DetectEnvironment, read
from engine.runtime.observability import logger, metrics, tracer
from engine.storage.job_video import open_video
from engine.video import instants


@cache
def _environment() -> DetectEnvironment:
    return read(DetectEnvironment)


@cache
def _stores() -> step.Stores:
    return step.Stores.of(_environment())


@cache
def _analyst() -> Analyst:
    """Loaded once a process: models take a second."""
    environment = _environment()
    return Analyst.load(
        environment.detector,
        faces=environment.faces == "on",
        hz=environment.analysis_hz,
        models=environment.models,
    )


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    job_id, segment = event["JobId"], int(event["Segment"])
    logger.append_keys(job_id=job_id, segment=segment)
    return step.answer(_stores().jobs, job_id, lambda: _detect(job_id, segment))


def _detect(job_id: str, segment: int) -> dict[str, Any]:
    jobs = _stores().jobs
    job = jobs.find(job_id)
    if segment not in job.segments_done and job.video_fault is None:
        _analyse(job, segment)
        jobs.segment_done(job_id, segment)
        # As known when this segment began: others may be done since, so that there are rather more left.
        _stores().turns.keep(job_id, job.segments_total - len(job.segments_done) - 1)
    return {"Segment": segment}


def _analyse(job: Job, number: int) -> None:
    stores = _stores()
    workspace = stores.workspace(job.id)
    plan = workspace.plan()
    segment = plan.segments[number]
    with open_video(stores.s3, job) as video:
        detections = _analyst().analyse(video, segment)
        seen_at = None if plan.constant_rate else instants.of_segment(video, segment)
    # The job may be deleted while its video is analysed: what were written then, nothing would delete.
    if seen_at is not None:
        stores.jobs.find(job.id)
        workspace.write_instants(number, seen_at)
    stores.jobs.find(job.id)
    workspace.write_detections(number, detections)
    logger.info("Detected", frames=len(detections.timestamps_ms), boxes=len(detections.boxes))
    metrics.add_metric("FramesAnalysed", MetricUnit.Count, len(detections.timestamps_ms))

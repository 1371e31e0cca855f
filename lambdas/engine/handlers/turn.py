"""The step between planning and detecting: whether the job's turn to detect has come.

`{"JobId", "Segments"}` → the same with `WaitSeconds`, after which to ask again, 0 where the turn has come; or
`{"JobId", "Error"}`, see `handlers.step`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from engine.handlers import step
from engine.jobs.detection_turns import DetectionTurns
from engine.jobs.shares import READER_FUNCTIONS, Budget
from engine.jobs.table import JobsTable
from engine.runtime import clients
from engine.runtime.environment import TurnEnvironment, read
from engine.runtime.observability import logger, metrics, tracer


@cache
def _environment() -> TurnEnvironment:
    return read(TurnEnvironment)


@cache
def _jobs() -> JobsTable:
    return JobsTable(clients.dynamodb_table(_environment().jobs_table))


@cache
def _turns() -> DetectionTurns:
    return DetectionTurns(clients.dynamodb_table(_environment().jobs_table))


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    job_id = event["JobId"]
    logger.append_keys(job_id=job_id)
    return step.answer(
        _jobs(), job_id, lambda: {"Segments": event["Segments"], "WaitSeconds": _wait_seconds(job_id)}
    )


def _wait_seconds(job_id: str) -> int:
    environment = _environment()
    segments = _jobs().find(job_id).segments_total
    budget = Budget(environment.detect_functions, READER_FUNCTIONS * environment.readers)
    seconds = _turns().ask(job_id, max(1, min(environment.segments_at_once, segments)), budget)
    if seconds == 0:
        logger.info("Turn to detect", segments=segments)
    metrics.add_metric("TurnsGiven" if seconds == 0 else "TurnsWaitedFor", MetricUnit.Count, 1)
    return seconds

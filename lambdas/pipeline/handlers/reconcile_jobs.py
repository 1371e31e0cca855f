"""Lambda, on a schedule: videos that no message will move on any more are found, and repaired or failed
with a reason.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.reconciliation.backlog import Backlog
from pipeline.reconciliation.missed_videos import submit_missed
from pipeline.reconciliation.repairs import Repair, repair_stuck
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.environment import ReconcileJobsEnvironment
from pipeline.runtime.observability import count, logger, metrics, tracer
from pipeline.services import Services

_PATIENCE_SECONDS = 1200
"""How long a record stands still before its video counts as stuck: longer than any function of the pipeline
may run, so that none of them is still working on it."""


@cache
def services() -> Services[ReconcileJobsEnvironment]:
    """What this function works with, made at its first use."""
    return Services(ReconcileJobsEnvironment.read())


@tracer.capture_lambda_handler
@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Answers how many of each repair were made. `PatienceSeconds` in the event overrides the default of 20
    minutes.
    """
    patience = float(event.get("PatienceSeconds", _PATIENCE_SECONDS))
    deadline = Deadline(context)
    # Once, before this invocation sends messages of its own.
    backlog = Backlog.of(services())
    try:
        repairs = Counter(repair.value for repair in repair_stuck(services(), patience, backlog, deadline))
    finally:
        # Even when the repairs have failed: videos that were never submitted can be.
        missed = 0 if backlog.uploads else submit_missed(services(), patience, deadline)
    stuck = sum(repairs.values()) - repairs[Repair.LEFT_ALONE] - repairs[Repair.RETRIED]
    # A metric that is published every ten minutes costs its price all month; nothing published is none found.
    for name, found in (("StuckJobs", stuck), ("MissedVideos", missed)):
        if found:
            count(name, found)
    return {**repairs, "missed videos": missed}

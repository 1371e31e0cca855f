"""Lambda, on a schedule: whatever fell out of the stream of messages is found and put back, or failed with a
reason.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.reconciliation.backlog import Backlog
from pipeline.reconciliation.missed_videos import submit_missed
from pipeline.reconciliation.repairs import Repair, repair_stuck
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.observability import logger, metrics, tracer
from pipeline.runtime.services import services
from pipeline.storage.video_records import Metas

# Longer than any Lambda of the pipeline may run, so that what is being worked on is not taken for stuck.
_PATIENCE_SECONDS = 1200


@tracer.capture_lambda_handler
@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Answers how many of each repair were made. `PatienceSeconds` in the event overrides the default of 20
    minutes.
    """
    room = services()
    environment = room.environment
    metas = Metas(room.dynamodb, environment.tracks_table, environment.retention_days)
    patience = float(event.get("PatienceSeconds", _PATIENCE_SECONDS))
    deadline = Deadline(context)
    # Once, before this invocation sends messages of its own.
    backlog = Backlog.of(room)
    try:
        repairs = Counter(repair.value for repair in repair_stuck(room, metas, patience, backlog, deadline))
    finally:
        # Whatever befell the repairs: what was never submitted can be.
        missed = 0 if backlog.uploads else submit_missed(room, metas, patience, deadline)
    stuck = sum(repairs.values()) - repairs[Repair.LEFT_ALONE]
    metrics.add_metric(name="StuckJobs", unit=MetricUnit.Count, value=stuck)
    metrics.add_metric(name="MissedVideos", unit=MetricUnit.Count, value=missed)
    return {**repairs, "missed videos": missed}

"""The last step, and the one that runs whatever happened: settle the job, publish its completion, and
give back its turn to detect.

Called by the state machine with `{"JobId"}` or, after an error, `{"JobId", "Error": {"Error", "Cause"}}`;
and, through a queue or directly, with EventBridge's "Step Functions Execution Status Change" of executions
that ended otherwise (timed out, aborted, or failed in this very step).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from engine.jobs.completion import Completion
from engine.jobs.detection_turns import DetectionTurns
from engine.jobs.model import NoSuchJobError
from engine.jobs.table import JobsTable
from engine.runtime import clients
from engine.runtime.environment import FinishEnvironment, read
from engine.runtime.observability import logger, metrics, tracer

_processor = BatchProcessor(event_type=EventType.SQS)


@cache
def _completion() -> Completion:
    return Completion(JobsTable(clients.dynamodb_table(read(FinishEnvironment).jobs_table)), clients.sts())


@cache
def _turns() -> DetectionTurns:
    return DetectionTurns(clients.dynamodb_table(read(FinishEnvironment).jobs_table))


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if "Records" in event:
        return dict(process_partial_response(event, _settle_record, _processor, context))
    return _settle(event)


def _settle_record(record: SQSRecord) -> None:
    _settle(record.json_body)


def _settle(event: dict[str, Any]) -> dict[str, Any]:
    if "detail" in event:
        job_id, error = event["detail"]["name"], event["detail"]["status"]
    else:
        job_id, error = event["JobId"], event.get("Error", {}).get("Error")
    logger.append_keys(job_id=job_id)
    # Before the completion is published, since its reader begins at once.
    _turns().ended(job_id, read=error is None)
    try:
        outcome = _completion().settle(job_id, error)
    except NoSuchJobError:
        logger.warning("An execution ended whose job is unknown or was deleted")
        return {"JobId": job_id}
    status = outcome.job.status.value
    logger.info("Job over", status=status, error=error)
    if outcome.is_new:
        metrics.add_metric(f"Jobs{status.title()}", MetricUnit.Count, 1)
    return {"JobId": job_id, "Status": status}

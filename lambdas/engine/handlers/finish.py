"""The last step, and the one that runs whatever happened: settle the job and tell its caller.

Called by the state machine with `{"JobId"}` or, from a Catch, `{"JobId", "Error": {"Error", "Cause"}}`;
and, through a queue or directly, with EventBridge's "Step Functions Execution Status Change" of executions
that ended otherwise (timed out, aborted, or failed in this very step).
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from engine.jobs.completion import Completion
from engine.jobs.table import JobsTable, NoSuchJob
from engine.runtime import clients, environment
from engine.runtime.observability import logger, metrics, tracer

_environment = environment.load()
_completion = Completion(JobsTable(clients.dynamodb_table(_environment.jobs_table)), clients.sts())
_processor = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if "Records" in event:
        return dict(process_partial_response(event, _settle_record, _processor, context))
    return _settle(event)


def _settle_record(record: SQSRecord) -> None:
    try:
        _settle(record.json_body)
    except NoSuchJob:
        logger.warning("An execution ended whose job is not known")


def _settle(event: dict[str, Any]) -> dict[str, Any]:
    if "detail" in event:
        job_id, error = event["detail"]["name"], event["detail"]["status"]
    else:
        job_id, error = event["JobId"], event.get("Error", {}).get("Error")
    logger.append_keys(job_id=job_id)
    outcome = _completion.settle(job_id, error)
    status = outcome.job.status.value
    logger.info("Job over", status=status, error=error)
    if outcome.is_new:
        metrics.add_metric(f"Jobs{status.title()}", MetricUnit.Count, 1)
    return {"JobId": job_id, "Status": status}

"""The API function: one call of the contract in, one answer in its wire form out.

Event: `{"headers": {"X-Amz-Target": "RekognitionService.<Operation>"}, "body": "<JSON>"}`, with the caller
under `requestContext.identity.userArn` where known. Answer: `{"statusCode", "headers", "body"}`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError
from pydantic_core import to_json

from engine.api import contract, errors
from engine.api.get_person_tracking import GetPersonTracking
from engine.api.start_person_tracking import StartPersonTracking
from engine.jobs.detection_turns import DetectionTurns
from engine.jobs.model import TableBusyError
from engine.jobs.table import JobsTable
from engine.runtime import clients
from engine.runtime.environment import ApiEnvironment, read
from engine.runtime.observability import logger, metrics, tracer
from shared.aws_errors import code_of, is_throttle

Operation = Callable[[dict[str, Any], str | None], dict[str, Any]]


@cache
def _operations() -> dict[str, Operation]:
    environment = read(ApiEnvironment)
    table = clients.dynamodb_table(environment.jobs_table)
    jobs = JobsTable(table)
    return {
        "StartPersonTracking": StartPersonTracking(
            jobs,
            clients.s3(),
            clients.stepfunctions(),
            environment.state_machine_arn,
            environment.max_open_jobs,
        ),
        "GetPersonTracking": GetPersonTracking(
            jobs, DetectionTurns(table), clients.s3(), environment.work_bucket
        ),
    }


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    try:
        status, body = 200, to_json(_answer(event)).decode()
    except Exception as error:
        wire_error = _wire_error(error)
        logger.info("Refused", error=wire_error.name)
        metrics.add_metric(f"Refused{wire_error.name}", MetricUnit.Count, 1)
        status, body = wire_error.status, contract.error_body(wire_error)
    headers = {"Content-Type": contract.CONTENT_TYPE, "x-amzn-RequestId": context.aws_request_id}
    return {"statusCode": status, "headers": headers, "body": body}


def _answer(event: dict[str, Any]) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    operation = contract.operation_named(headers.get("x-amz-target", ""))
    if operation.name not in _operations():
        raise errors.UnknownOperationError
    request = contract.parse_request(operation, event.get("body") or "")
    caller = event.get("requestContext", {}).get("identity", {}).get("userArn")
    metrics.add_metric(operation.name, MetricUnit.Count, 1)
    return contract.shape_answer(operation, _operations()[operation.name](request, caller))


def _wire_error(error: Exception) -> errors.WireError:
    """The answer to an error; anything unexpected is logged here and answered as a server fault."""
    if isinstance(error, errors.WireError):
        return error
    if isinstance(error, TableBusyError):
        return errors.ThrottlingError()
    if isinstance(error, ClientError):
        if code_of(error) == "ProvisionedThroughputExceededException":
            return errors.ProvisionedThroughputExceededError()
        if is_throttle(error):
            return errors.ThrottlingError()
    logger.exception("The call failed")
    return errors.InternalServerError()

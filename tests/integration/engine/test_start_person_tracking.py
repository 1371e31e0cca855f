"""StartPersonTracking when many calls come at once, or the state machine cannot be started."""

from __future__ import annotations

import json
import os
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from engine.api import errors
from engine.api.start_person_tracking import StartPersonTracking, submission_of
from engine.jobs import transaction
from engine.jobs.acceptance import NEVER_STARTED_SECONDS
from engine.jobs.model import Found, Status
from engine.jobs.table import JobsTable
from engine.runtime import clients
from engine.stage import Stage

DEFINITION = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}


@pytest.fixture
def request_body(aws: Any, bucket: str) -> dict[str, Any]:
    aws.client("s3").put_object(Bucket=bucket, Key="a.mp4", Body=b"a video")
    return {
        "Video": {"S3Object": {"Bucket": bucket, "Name": "a.mp4"}},
        "ClientRequestToken": uuid.uuid4().hex,
    }


@pytest.fixture
def api(
    handler_of: Callable[[str], Callable[[dict[str, Any]], Any]],
    start: StartPersonTracking,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]:
    """The API function, fresh, on the embedded AWS: status and body of a StartPersonTracking call."""
    monkeypatch.setenv("STATE_MACHINE_ARN", start.state_machine_arn)
    handler = handler_of("api")

    def call(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        headers = {"X-Amz-Target": "RekognitionService.StartPersonTracking"}
        answer = handler({"headers": headers, "body": json.dumps(request)})
        return answer["statusCode"], json.loads(answer["body"])

    # boto3's default session does not make clients in several threads at once.
    assert call({})[0] == 400
    return call


@pytest.fixture
def start(aws: Any, jobs: JobsTable) -> StartPersonTracking:
    machine = aws.client("stepfunctions").create_state_machine(
        name=f"machine-{uuid.uuid4().hex}",
        definition=json.dumps(DEFINITION),
        roleArn="arn:aws:iam::000000000000:role/r",
    )
    return StartPersonTracking(
        jobs, aws.client("s3"), aws.client("stepfunctions"), machine["stateMachineArn"], max_open_jobs=20
    )


def test_a_job_is_an_execution_of_its_name(
    start: StartPersonTracking, jobs: JobsTable, request_body: dict[str, Any]
) -> None:
    job_id = start(request_body, None)["JobId"]
    assert jobs.find(job_id).stage is Stage.STARTED
    assert executions(start) == [job_id]


def test_of_a_hundred_parallel_calls_each_has_a_job_or_the_reason_why_not(
    api: Callable[[dict[str, Any]], tuple[int, dict[str, Any]]], request_body: dict[str, Any], table: Any
) -> None:
    del request_body["ClientRequestToken"]
    with ThreadPoolExecutor(100) as callers:
        answers = list(callers.map(lambda _: api(request_body), range(100)))
    assert {status for status, _ in answers} == {200, 400}
    started = {body["JobId"] for status, body in answers if status == 200}
    refused = Counter(body["__type"] for status, body in answers if status == 400)
    assert set(refused) <= {"LimitExceededException", "ThrottlingException"}
    assert refused["LimitExceededException"] > 0
    assert 0 < len(started) <= 20
    assert table.get_item(Key={"PK": "OPEN"})["Item"]["Jobs"] == started


def test_a_table_that_stays_busy_is_throttling(
    api: Callable[[dict[str, Any]], tuple[int, dict[str, Any]]],
    request_body: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transaction, "_LONGEST_DELAY_SECONDS", 0)
    error = {"Code": "TransactionCanceledException", "Message": "Transaction cancelled"}
    conflict = {"Error": error, "CancellationReasons": [{"Code": "TransactionConflict"}, {"Code": "None"}]}
    clients.dynamodb_table(os.environ["JOBS_TABLE"]).meta.client.meta.events.register(
        "before-call.dynamodb.TransactWriteItems",
        lambda **_: (  # type: ignore[arg-type]  # the stub knows no answer from a hook
            SimpleNamespace(status_code=400),
            {**conflict, "ResponseMetadata": {}},
        ),
    )
    status, body = api(request_body)
    assert (status, body["__type"]) == (400, "ThrottlingException")


def test_a_job_that_cannot_be_started_leaves_nothing_and_may_be_tried_again(
    start: StartPersonTracking, jobs: JobsTable, request_body: dict[str, Any], table: Any
) -> None:
    nowhere = boto3.client(
        "stepfunctions",
        endpoint_url="http://127.0.0.1:1",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )
    with pytest.raises(EndpointConnectionError):
        replace(start, stepfunctions=nowhere)(request_body, None)
    assert [item["PK"] for item in table.scan()["Items"]] in ([], ["OPEN"])
    job_id = start(request_body, None)["JobId"]
    assert executions(start) == [job_id]


def test_a_job_whose_caller_ended_before_starting_it_is_started_by_the_next_call_with_its_token(
    start: StartPersonTracking, jobs: JobsTable, request_body: dict[str, Any]
) -> None:
    job_id = jobs.accept(submission_of(request_body), Found('"e"', None), max_open=20)
    assert executions(start) == []
    assert start(request_body, None)["JobId"] == job_id
    assert start(request_body, None)["JobId"] == job_id
    assert executions(start) == [job_id]


def test_a_job_that_is_started_late_counts_as_open(
    start: StartPersonTracking, jobs: JobsTable, request_body: dict[str, Any], clock: Any
) -> None:
    start = replace(start, max_open_jobs=1)
    late = jobs.accept(submission_of(request_body), Found('"e"', None), max_open=1)
    clock.now += NEVER_STARTED_SECONDS + 1
    other = start(request_body | {"ClientRequestToken": "other"}, None)["JobId"]
    with pytest.raises(errors.LimitExceededError):
        start(request_body, None)
    assert executions(start) == [other]
    jobs.complete(other, Status.SUCCEEDED)
    assert start(request_body, None)["JobId"] == late
    clock.now += NEVER_STARTED_SECONDS + 1
    with pytest.raises(errors.LimitExceededError):
        start(request_body | {"ClientRequestToken": "third"}, None)


def test_a_throttled_call_leaves_alone_the_job_that_another_with_its_token_has_started(
    start: StartPersonTracking, aws: Any, jobs: JobsTable, request_body: dict[str, Any]
) -> None:
    throttled = stepfunctions_of(aws)
    others: list[str] = []

    def be_overtaken(**_: Any) -> tuple[SimpleNamespace, dict[str, Any]]:
        others.append(start(request_body, None)["JobId"])
        error = {"Code": "ThrottlingException", "Message": "Rate exceeded"}
        return SimpleNamespace(status_code=400), {"Error": error, "ResponseMetadata": {}}

    throttled.meta.events.register("before-call.sfn.StartExecution", be_overtaken)
    job_id = replace(start, stepfunctions=throttled)(request_body, None)["JobId"]
    assert others == [job_id]
    assert jobs.find(job_id).stage is Stage.STARTED
    assert start(request_body, None)["JobId"] == job_id
    assert executions(start) == [job_id]


def test_a_call_whose_job_was_abandoned_while_it_started_it_is_throttled(
    start: StartPersonTracking, jobs: JobsTable, request_body: dict[str, Any], aws: Any
) -> None:
    job_id = jobs.accept(submission_of(request_body), Found('"e"', None), max_open=20)
    token = request_body["ClientRequestToken"]
    overtaken = stepfunctions_of(aws)
    overtaken.meta.events.register(
        "after-call.stepfunctions.StartExecution", lambda **_: jobs.abandon(job_id, token)
    )
    with pytest.raises(errors.ThrottlingError):
        replace(start, stepfunctions=overtaken)(request_body, None)
    assert start(request_body, None)["JobId"] != job_id


def stepfunctions_of(aws: Any) -> Any:
    """A client of its own, to hook into."""
    return boto3.client(
        "stepfunctions",
        endpoint_url=aws.endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def executions(start: StartPersonTracking) -> list[str]:
    found = start.stepfunctions.list_executions(stateMachineArn=start.state_machine_arn)["executions"]
    return [execution["name"] for execution in found]

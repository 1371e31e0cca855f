"""The contract's completion message: its form, and that it comes exactly once, however the job ended."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.integration.conformance.conftest import Engine


class Channel:
    """A notification channel: a topic, a role that may publish to it, and a queue to listen with."""

    def __init__(self, engine: Engine) -> None:
        name = f"channel-{uuid.uuid4().hex[:12]}"
        sns, self._sqs = engine.target.client("sns"), engine.target.client("sqs")
        iam = engine.target.client("iam")
        self.topic = sns.create_topic(Name=name)["TopicArn"]
        self._queue = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        sns.subscribe(
            TopicArn=self.topic,
            Protocol="sqs",
            Endpoint=arn["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true"},
        )
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
        self.role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]

    @property
    def parameter(self) -> dict[str, str]:
        return {"SNSTopicArn": self.topic, "RoleArn": self.role}

    def messages(self, wanted: int = 1, seconds: float = 60) -> list[str]:
        """Bodies, waiting for the first `wanted` of them and then for one more that should not come."""
        found: list[str] = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            wait = 1 if len(found) >= wanted else 5
            batch = self._sqs.receive_message(QueueUrl=self._queue, WaitTimeSeconds=wait).get("Messages", [])
            if not batch and len(found) >= wanted:
                break
            for message in batch:
                found.append(message["Body"])
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return found


@pytest.fixture
def channel(engine: Engine) -> Channel:
    return Channel(engine)


@pytest.fixture
def start(engine: Engine, channel: Channel) -> Callable[..., str]:
    def call(video: dict[str, Any], **request: Any) -> str:
        answer = engine.rekognition.start_person_tracking(
            Video=video, NotificationChannel=channel.parameter, **request
        )
        return str(answer["JobId"])

    return call


def test_a_success_publishes_exactly_the_contracts_message(
    engine: Engine, channel: Channel, start: Callable[..., str], empty_scene: dict[str, Any]
) -> None:
    before = time.time() * 1000
    job_id = start(empty_scene, JobTag="a:b/c")
    (message,) = channel.messages()
    timestamp = json.loads(message)["Timestamp"]
    where = empty_scene["S3Object"]
    assert message == (
        f'{{"JobId":"{job_id}","Status":"SUCCEEDED","API":"StartPersonTracking","JobTag":"a:b/c",'
        f'"Timestamp":{timestamp},"Video":{{"S3ObjectName":"{where["Name"]}","S3Bucket":"{where["Bucket"]}"}}}}'
    )
    assert before < timestamp < time.time() * 1000
    assert engine.rekognition.get_person_tracking(JobId=job_id)["JobStatus"] == "SUCCEEDED"


def test_without_a_tag_the_message_has_none(
    channel: Channel, start: Callable[..., str], empty_scene: dict[str, Any]
) -> None:
    start(empty_scene)
    (message,) = channel.messages()
    assert list(json.loads(message)) == ["JobId", "Status", "API", "Timestamp", "Video"]


def test_a_failure_publishes_too_and_its_reason_is_in_the_answer(
    engine: Engine, channel: Channel, start: Callable[..., str]
) -> None:
    job_id = start(engine.put(b"no video"), JobTag="t")
    (message,) = channel.messages()
    assert json.loads(message)["Status"] == "FAILED"
    answer = engine.rekognition.get_person_tracking(JobId=job_id)
    assert answer["StatusMessage"].startswith("Unsupported codec/format.")


def test_the_same_token_again_publishes_nothing(
    engine: Engine, channel: Channel, start: Callable[..., str], empty_scene: dict[str, Any]
) -> None:
    token = uuid.uuid4().hex
    job_id = start(empty_scene, ClientRequestToken=token)
    assert len(channel.messages()) == 1
    assert start(empty_scene, ClientRequestToken=token) == job_id
    assert channel.messages(wanted=0, seconds=3) == []


def test_finish_run_again_publishes_nothing(
    engine: Engine, channel: Channel, start: Callable[..., str], empty_scene: dict[str, Any]
) -> None:
    job_id = start(empty_scene)
    assert len(channel.messages()) == 1
    for event in ({"JobId": job_id}, {"JobId": job_id, "Error": {"Error": "States.Timeout"}}):
        invoke(engine, "Finish", event)
    assert channel.messages(wanted=0, seconds=3) == []
    assert engine.rekognition.get_person_tracking(JobId=job_id)["JobStatus"] == "SUCCEEDED"


def test_an_execution_that_is_stopped_is_a_failed_job_and_publishes(
    engine: Engine, channel: Channel, start: Callable[..., str], people_clip: bytes
) -> None:
    job_id = start(engine.put(people_clip))
    stop(engine, job_id)
    (message,) = channel.messages(seconds=120)
    assert json.loads(message)["Status"] == "FAILED"
    answer = engine.rekognition.get_person_tracking(JobId=job_id)
    assert answer["JobStatus"] == "FAILED"
    assert answer["StatusMessage"].startswith("The job was aborted")


@pytest.mark.parametrize("stage", ["PLANNING", "DETECTING", "LINKING"])
def test_a_step_that_was_killed_is_a_failed_job_and_publishes(
    engine: Engine, channel: Channel, stage: str
) -> None:
    job_id = engine.accept(topic_arn=channel.topic, role_arn=channel.role)
    engine.table.update_item(
        Key={"PK": f"JOB#{job_id}"},
        UpdateExpression="SET Stage = :stage",
        ExpressionAttributeValues={":stage": stage},
    )
    invoke(engine, "Finish", {"JobId": job_id, "Error": {"Error": "Lambda.Unknown", "Cause": "killed"}})
    (message,) = channel.messages()
    assert json.loads(message)["Status"] == "FAILED"
    reason = engine.rekognition.get_person_tracking(JobId=job_id)["StatusMessage"]
    assert reason.startswith("An unexpected error occurred while ")
    assert "killed" not in reason


def test_linking_again_after_the_end_changes_no_page(engine: Engine, people_job: str) -> None:
    """A step that a retry runs again late must not move records under a reader."""
    client = engine.rekognition
    before = client.get_person_tracking(JobId=people_job, SortBy="INDEX")["Persons"]
    objects = results_of(engine, people_job)
    invoke(engine, "Link", {"JobId": people_job})
    assert results_of(engine, people_job) == objects
    assert client.get_person_tracking(JobId=people_job, SortBy="INDEX")["Persons"] == before


@pytest.mark.parametrize("step", ["Plan", "Detect"])
def test_a_job_gets_past_an_outage_of_a_step(engine: Engine, empty_scene: dict[str, Any], step: str) -> None:
    with outage(engine, step):
        job_id = engine.rekognition.start_person_tracking(Video=empty_scene)["JobId"]
        assert wait_for_failed_tasks(engine, job_id, 2) == {"Runtime.HandlerError"}
    assert engine.wait(job_id)["JobStatus"] == "SUCCEEDED"


@contextmanager
def outage(engine: Engine, step: str) -> Iterator[None]:
    """While the context is open, every invocation of the step's function fails."""
    client = engine.target.client("lambda")
    name = function_of(engine, step)
    variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]

    def use(**changed: str) -> None:
        environment = {"Variables": {**variables, **changed}}
        client.update_function_configuration(FunctionName=name, Environment=environment)

    use(JOBS_TABLE="no-such-table")
    try:
        yield
    finally:
        use()


def wait_for_failed_tasks(engine: Engine, job_id: str, count: int, seconds: float = 120) -> set[str]:
    """The errors of the execution's first failed tasks, those of the map's items included."""
    client = engine.target.client("stepfunctions")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        failed = [
            event["taskFailedEventDetails"]["error"]
            for execution in executions_of(engine, job_id)
            for event in client.get_execution_history(executionArn=execution)["events"]
            if event["type"] == "TaskFailed"
        ]
        if len(failed) >= count:
            return set(failed)
        time.sleep(0.3)
    raise AssertionError(f"No {count} tasks failed within {seconds} s")


def executions_of(engine: Engine, job_id: str) -> list[str]:
    """The job's execution and those of its map's items, by ARN."""
    client = engine.target.client("stepfunctions")
    parent = execution_of(engine, job_id)
    runs = client.list_map_runs(executionArn=parent)["mapRuns"]
    items = [
        item["executionArn"]
        for run in runs
        for item in client.list_executions(mapRunArn=run["mapRunArn"])["executions"]
    ]
    return [parent, *items]


def results_of(engine: Engine, job_id: str) -> list[tuple[str, Any]]:
    """The job's results in the work bucket and when each was written."""
    found = engine.target.client("s3").list_objects_v2(
        Bucket=engine.variables["WORK_BUCKET"], Prefix=f"jobs/{job_id}/results/"
    )
    return [(each["Key"], each["LastModified"]) for each in found["Contents"]]


def stop(engine: Engine, job_id: str) -> None:
    engine.target.client("stepfunctions").stop_execution(executionArn=execution_of(engine, job_id))


def execution_of(engine: Engine, job_id: str) -> str:
    return engine.variables["STATE_MACHINE_ARN"].replace(":stateMachine:", ":execution:") + f":{job_id}"


def invoke(engine: Engine, step: str, event: dict[str, Any]) -> None:
    """Calls one of the engine's functions as the state machine does."""
    client = engine.target.client("lambda", read_timeout=120)
    answer = client.invoke(FunctionName=function_of(engine, step), Payload=json.dumps(event).encode())
    assert "FunctionError" not in answer, answer["Payload"].read()


def function_of(engine: Engine, step: str) -> str:
    """The name of the engine's function for `step`, as `Plan`."""
    functions = engine.target.client("lambda").get_paginator("list_functions").paginate()
    names = [function["FunctionName"] for page in functions for function in page["Functions"]]
    (name,) = (name for name in names if f"Engine{step}" in name)
    return name

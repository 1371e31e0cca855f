"""The end of a job on a DynamoDB, an STS and an SNS: one outcome, one message, however often it is asked."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from engine.jobs.completion import CLAIM_SECONDS, Completion, NotificationUnderWayError
from engine.jobs.model import Status
from engine.jobs.table import JobsTable
from engine.stage import Stage
from testing.loopback import QuietHandler, served

Accept = Callable[..., str]


class Inbox:
    """A topic with a queue behind it."""

    def __init__(self, aws: Any) -> None:
        name = f"inbox-{uuid.uuid4().hex}"
        self._sqs = aws.client("sqs")
        self.topic_arn = aws.client("sns").create_topic(Name=name)["TopicArn"]
        self.queue_url = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=["QueueArn"])
        aws.client("sns").subscribe(
            TopicArn=self.topic_arn,
            Protocol="sqs",
            Endpoint=attributes["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true"},
        )

    def messages(self) -> list[str]:
        found: list[str] = []
        while batch := self._sqs.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0
        ).get("Messages"):
            found += [message["Body"] for message in batch]
            for message in batch:
                self._sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return found


@pytest.fixture
def inbox(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    # The client of the assumed role is made where it is needed, from its credentials alone.
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint)
    return Inbox(aws)


@pytest.fixture
def role(aws: Any) -> str:
    policy = {"Version": "2012-10-17", "Statement": []}
    made = aws.client("iam").create_role(
        RoleName=f"publish-{uuid.uuid4().hex[:8]}", AssumeRolePolicyDocument=json.dumps(policy)
    )
    return str(made["Role"]["Arn"])


@pytest.fixture
def completion(aws: Any, jobs: JobsTable) -> Completion:
    return Completion(jobs, aws.client("sts"))


def test_the_message_is_published_in_the_contracts_own_form(
    completion: Completion, jobs: JobsTable, accept: Accept, inbox: Inbox, role: str, clock: Any
) -> None:
    job_id = accept(key="a b+ü.mp4", tag="tag", topic_arn=inbox.topic_arn, role_arn=role, version="v")
    completion.settle(job_id, None)
    assert inbox.messages() == [
        f'{{"JobId":"{job_id}","Status":"SUCCEEDED","API":"StartPersonTracking","JobTag":"tag",'
        f'"Timestamp":{int(clock.now * 1000)},"Video":{{"S3ObjectName":"a b+ü.mp4","S3Bucket":"videos"}}}}'
    ]


def test_a_note_on_the_results_is_the_status_message_of_a_job_that_succeeded(
    completion: Completion, jobs: JobsTable, accept: Accept
) -> None:
    job_id = accept()
    jobs.linked(
        job_id, people=4, records=900, note="3.1 % of the frames could not be decoded without errors."
    )
    job = completion.settle(job_id, None).job
    assert (job.status, job.status_message) == (
        Status.SUCCEEDED,
        "3.1 % of the frames could not be decoded without errors.",
    )


def test_a_job_without_a_note_has_no_status_message(
    completion: Completion, jobs: JobsTable, accept: Accept
) -> None:
    job_id = accept()
    jobs.linked(job_id, people=4, records=900)
    assert completion.settle(job_id, None).job.status_message is None


def test_a_job_without_a_tag_publishes_none(
    completion: Completion, accept: Accept, inbox: Inbox, role: str
) -> None:
    completion.settle(accept(topic_arn=inbox.topic_arn, role_arn=role), None)
    (message,) = inbox.messages()
    assert list(json.loads(message)) == ["JobId", "Status", "API", "Timestamp", "Video"]


def test_a_job_without_a_channel_ends_in_silence(
    completion: Completion, jobs: JobsTable, accept: Accept
) -> None:
    job_id = accept()
    completion.settle(job_id, None)
    assert jobs.find(job_id).status is Status.SUCCEEDED


def test_finishing_again_publishes_nothing_and_changes_nothing(
    completion: Completion, jobs: JobsTable, accept: Accept, inbox: Inbox, role: str
) -> None:
    job_id = accept(topic_arn=inbox.topic_arn, role_arn=role)
    for error in (None, None, "States.Timeout", "ABORTED"):
        completion.settle(job_id, error)
    assert len(inbox.messages()) == 1
    assert jobs.find(job_id).status is Status.SUCCEEDED


def test_a_run_killed_between_ending_and_publishing_is_repeated(
    completion: Completion, jobs: JobsTable, accept: Accept, inbox: Inbox, role: str, clock: Any
) -> None:
    job_id = accept(topic_arn=inbox.topic_arn, role_arn=role)
    jobs.complete(job_id, Status.SUCCEEDED)
    assert jobs.claim_notification(job_id, CLAIM_SECONDS)
    with pytest.raises(NotificationUnderWayError):
        completion.settle(job_id, None)
    clock.now += CLAIM_SECONDS + 1
    completion.settle(job_id, None)
    assert len(inbox.messages()) == 1


def test_a_message_that_could_not_be_published_is_published_by_the_next_attempt(
    completion: Completion, jobs: JobsTable, accept: Accept, aws: Any, inbox: Inbox, role: str
) -> None:
    topic = inbox.topic_arn + "-not-yet"
    job_id = accept(topic_arn=topic, role_arn=role)
    with pytest.raises(ClientError):
        completion.settle(job_id, None)
    assert jobs.find(job_id).status is Status.SUCCEEDED
    aws.client("sns").create_topic(Name=topic.rsplit(":", 1)[1])
    completion.settle(job_id, None)
    assert jobs.find(job_id).notified


@pytest.mark.parametrize(
    "error", ["VideoError", "States.Timeout", "TIMED_OUT", "ABORTED", "States.TaskFailed"]
)
@pytest.mark.parametrize("stage", [Stage.PLANNING, Stage.DETECTING, Stage.LINKING, Stage.FINISHING])
def test_a_failed_job_publishes_too_whichever_step_failed_and_however(
    completion: Completion,
    jobs: JobsTable,
    accept: Accept,
    inbox: Inbox,
    role: str,
    stage: Stage,
    error: str,
) -> None:
    job_id = accept(topic_arn=inbox.topic_arn, role_arn=role)
    jobs.enter(job_id, stage)
    completion.settle(job_id, error)
    (message,) = inbox.messages()
    assert json.loads(message)["Status"] == "FAILED"
    reason = jobs.find(job_id).status_message
    assert reason
    assert "\n" not in reason


def test_the_message_is_published_by_the_channels_role_in_the_topics_region(
    completion: Completion, accept: Accept, aws: Any, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            self.body()
            asked.append(self.headers)
            answer = (
                b"<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>"
            )
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    assumed: list[dict[str, Any]] = []
    aws.client("sts").meta.events.register(
        "after-call.sts.AssumeRole", lambda parsed, **_: assumed.append(parsed["Credentials"])
    )
    with served(Handler) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", url)
        job_id = accept(topic_arn="arn:aws:sns:eu-west-1:123456789012:t", role_arn=role)
        completion.settle(job_id, None)
    (headers,), (credentials,) = asked, assumed
    assert headers["X-Amz-Security-Token"] == credentials["SessionToken"]
    assert f"Credential={credentials['AccessKeyId']}/" in headers["Authorization"]
    assert "/eu-west-1/sns/" in headers["Authorization"]

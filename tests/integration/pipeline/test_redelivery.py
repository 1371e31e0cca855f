"""A message that failed comes again after a backoff of its own, long before its visibility timeout."""

import time
from collections.abc import Iterator

import pytest
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from pipeline.errors import LeaseLostError
from pipeline.messaging.redelivery import redelivered_after_backoff
from testing.faulty_proxy import Answer, Call, FaultyProxy, json_answer
from testing.lambda_poller import as_event
from testing.pipeline_environment import EmbeddedPipeline, in_environment
from testing.scripted_rekognition import ScriptedTracking
from tools.embedded.embedded_aws import EmbeddedAws

LONG = 600
"""Visibility timeout of the queues here: a message that had to wait for it would fail its test."""


@pytest.fixture
def slow_queues(
    empty_aws: EmbeddedAws, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EmbeddedPipeline]:
    made = EmbeddedPipeline(empty_aws.endpoint, tracking, visibility_seconds=LONG, backoffs=True)
    with in_environment(made, monkeypatch.setenv) as pipeline:
        yield pipeline


def test_an_upload_that_failed_comes_again_before_its_visibility_timeout(
    slow_queues: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "SomethingElseException", times=2)
    video = slow_queues.upload("a.mp4")
    slow_queues.run_until(lambda: slow_queues.status(video) == "IN_PROGRESS")
    assert len(tracking.jobs) == 1


def test_a_completion_that_failed_comes_again_before_its_visibility_timeout(
    slow_queues: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.after_start = slow_queues.complete
    tracking.fail_next("GetPersonTracking", "SomethingElseException")
    video = slow_queues.upload("a.mp4")
    slow_queues.run_until(lambda: slow_queues.status(video) == "SUCCEEDED")


def test_a_message_that_nobody_can_read_is_soon_a_dead_letter(slow_queues: EmbeddedPipeline) -> None:
    slow_queues.sqs.send_message(QueueUrl=slow_queues.upload_queue, MessageBody="not JSON")
    slow_queues.run_until(lambda: slow_queues.waiting(slow_queues.upload_dead_letter_queue) == 1)


def test_where_the_wait_cannot_be_set_the_message_still_fails_alone(
    slow_queues: EmbeddedPipeline, proxy: FaultyProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_queues.environment["AWS_ENDPOINT_URL"] = proxy.url
    refused = []

    def refuse(call: Call) -> Answer | None:
        if "ChangeMessageVisibility" not in call.operation:
            return None
        refused.append(call)
        return json_answer({"__type": "AccessDeniedException", "message": "no"}, 403)

    proxy.faults.append(refuse)
    with in_environment(slow_queues, monkeypatch.setenv):
        slow_queues.sqs.send_message(QueueUrl=slow_queues.upload_queue, MessageBody="not JSON")
        slow_queues.run_until(lambda: bool(refused))
    assert slow_queues.waiting(slow_queues.upload_queue) == 1


def _received(pipeline: EmbeddedPipeline) -> SQSRecord:
    pipeline.sqs.send_message(QueueUrl=pipeline.collect_queue, MessageBody="{}")
    received = pipeline.sqs.receive_message(
        QueueUrl=pipeline.collect_queue, MessageSystemAttributeNames=["All"]
    )
    return SQSRecord(as_event(received["Messages"])["Records"][0])


@pytest.mark.parametrize(("error", "comes_again"), [(LeaseLostError("taken"), False), (OSError("x"), True)])
def test_an_invocation_that_lost_its_lease_leaves_the_message_to_the_one_that_took_over(
    slow_queues: EmbeddedPipeline, error: Exception, comes_again: bool
) -> None:
    queue = slow_queues.collect_queue
    record = _received(slow_queues)
    with (
        pytest.raises(type(error)),
        redelivered_after_backoff(slow_queues.sqs, queue, record, first_seconds=1),
    ):
        raise error
    time.sleep(1.2)
    assert ("Messages" in slow_queues.sqs.receive_message(QueueUrl=queue)) is comes_again

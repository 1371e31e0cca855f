"""Too much at once: uploads wait in their queue, longer each time, and none is lost."""

from __future__ import annotations

import json

import pytest

from testing.pipeline_environment import MOST_RECEIVES, EmbeddedPipeline
from testing.scripted_rekognition import Job, People, ScriptedTracking


def _waits(pipeline: EmbeddedPipeline) -> list[dict[str, str]]:
    """Attributes of the messages in the upload queue."""
    received = pipeline.sqs.receive_message(
        QueueUrl=pipeline.upload_queue,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
        WaitTimeSeconds=4,
    )
    return [
        {name: value["StringValue"] for name, value in message.get("MessageAttributes", {}).items()}
        for message in received.get("Messages", [])
    ]


@pytest.mark.parametrize(
    "code",
    ["LimitExceededException", "ThrottlingException", "ProvisionedThroughputExceededException"],
)
def test_a_limit_sends_the_upload_back_with_a_delay_and_says_so_in_meta(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, code: str
) -> None:
    tracking.fail_next("StartPersonTracking", code, message="20 open Jobs, Maximum limit: 20")
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: len(tracking.calls) == 1)

    assert pipeline.run_uploads() == 0
    assert pipeline.waiting(pipeline.upload_queue) == 1
    meta = pipeline.meta(video)
    assert meta is not None
    assert meta["Status"] == "SUBMITTING"
    assert meta["StatusMessage"] == "Waiting: 20 open Jobs, Maximum limit: 20"
    assert _waits(pipeline) == [{"LimitedTries": "1", "UnreadableTries": "0"}]


def test_waiting_longer_than_the_queue_allows_receives_is_no_dead_letter(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.submission.delay_seconds", lambda _: 0)
    tracking.fail_next("StartPersonTracking", "LimitExceededException", times=4 * MOST_RECEIVES)
    video = pipeline.upload("a.mp4")

    pipeline.run_until(lambda: pipeline.status(video) == "IN_PROGRESS")

    assert len(tracking.jobs) == 1
    assert len(tracking.calls) == 4 * MOST_RECEIVES + 1
    assert pipeline.waiting(pipeline.upload_dead_letter_queue) == 0


def test_throttled_collections_that_get_further_never_wait_too_long(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.services._PAGE_ATTEMPTS", 1)
    monkeypatch.setattr("pipeline.collection.dispatch.delay_seconds", lambda _: 0)
    monkeypatch.setattr("pipeline.collection.dispatch._MOST_TRIES", 2)
    monkeypatch.setenv("CHECKPOINT_SECONDS", "0")
    tracking.people = People(6, 1000)
    pages = [0]

    def throttle_after_two(_: Job) -> None:
        pages[0] += 1
        if pages[0] % 2 == 0:
            tracking.fail_next("GetPersonTracking", "ThrottlingException")

    tracking.before_page = throttle_after_two
    tracking.after_start = pipeline.complete
    video = pipeline.upload("a.mp4")

    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    # After each wait come two more pages, the first of them once more: nearly as many waits as people.
    assert pages[0] >= 10
    assert pipeline.waiting(pipeline.collect_dead_letter_queue) == 0


def test_each_record_of_a_message_waits_on_its_own(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.open_limit = 1
    records = [
        {
            "eventName": "ObjectCreated:Put",
            "s3": {"bucket": {"name": pipeline.videos}, "object": {"key": f"{n}.mp4"}},
        }
        for n in range(3)
    ]
    pipeline.sqs.send_message(QueueUrl=pipeline.upload_queue, MessageBody=json.dumps({"Records": records}))
    pipeline.run_until(lambda: len(tracking.calls) >= 3)

    assert len(tracking.jobs) == 1
    assert pipeline.waiting(pipeline.upload_queue) == 2
    tracking.after_start = pipeline.complete
    (first,) = tracking.jobs.values()
    pipeline.complete(first)
    pipeline.run_until(lambda: len(tracking.jobs) == 3)
    pipeline.run_until(lambda: pipeline.waiting(pipeline.collect_queue) == 0)

    assert pipeline.waiting(pipeline.upload_queue) == 0


def test_a_flood_finishes_within_the_limit_of_open_jobs(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.open_limit = 3
    tracking.after_start = pipeline.complete
    videos = [pipeline.upload(f"{number}.mp4") for number in range(12)]

    pipeline.run_until(lambda: all(pipeline.status(video) == "SUCCEEDED" for video in videos), seconds=200)

    assert len(tracking.jobs) == 12
    assert tracking.most_open <= 3
    assert (
        pipeline.waiting(pipeline.upload_dead_letter_queue)
        == pipeline.waiting(pipeline.collect_dead_letter_queue)
        == 0
    )

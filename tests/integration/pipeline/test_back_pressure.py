"""Too much at once: uploads wait in their queue, longer each time, and none is lost."""

from __future__ import annotations

import json

import pytest

from testing.pipeline_environment import MOST_RECEIVES, PipelineRoom
from testing.scripted_rekognition import Job, People, ScriptedTracking


def _waits(room: PipelineRoom) -> list[dict[str, str]]:
    """Attributes of the messages in the upload queue."""
    received = room.sqs.receive_message(
        QueueUrl=room.uploads, MaxNumberOfMessages=10, MessageAttributeNames=["All"], WaitTimeSeconds=4
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
    room: PipelineRoom, tracking: ScriptedTracking, code: str
) -> None:
    tracking.fail_next("StartPersonTracking", code, message="20 open Jobs, Maximum limit: 20")
    video = room.upload("a.mp4")
    room.run_until(lambda: len(tracking.calls) == 1)

    assert room.run_uploads() == 0
    assert room.waiting(room.uploads) == 1
    meta = room.meta(video)
    assert meta is not None
    assert meta["Status"] == "SUBMITTING"
    assert meta["StatusMessage"] == "Waiting: 20 open Jobs, Maximum limit: 20"
    assert _waits(room) == [{"LimitedTries": "1", "UnreadableTries": "0"}]


def test_waiting_longer_than_the_queue_allows_receives_is_no_dead_letter(
    room: PipelineRoom, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.submission.delay_seconds", lambda _: 0)
    tracking.fail_next("StartPersonTracking", "LimitExceededException", times=4 * MOST_RECEIVES)
    video = room.upload("a.mp4")

    room.run_until(lambda: room.status(video) == "IN_PROGRESS")

    assert len(tracking.jobs) == 1
    assert len(tracking.calls) == 4 * MOST_RECEIVES + 1
    assert room.waiting(room.upload_letters) == 0


def test_throttled_collections_that_get_further_never_wait_too_long(
    room: PipelineRoom, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.runtime.services._PAGE_ATTEMPTS", 1)
    monkeypatch.setattr("pipeline.collection.on_completion.delay_seconds", lambda _: 0)
    monkeypatch.setattr("pipeline.collection.on_completion._MOST_TRIES", 2)
    monkeypatch.setenv("CHECKPOINT_SECONDS", "0")
    tracking.people = People(6, 1000)
    pages = [0]

    def throttle_after_two(_: Job) -> None:
        pages[0] += 1
        if pages[0] % 2 == 0:
            tracking.fail_next("GetPersonTracking", "ThrottlingException")

    tracking.before_page = throttle_after_two
    tracking.after_start = room.complete
    video = room.upload("a.mp4")

    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    # Each wait is for two more pages, of which the first is read again: as many waits as people, or nearly.
    assert pages[0] >= 10
    assert room.waiting(room.collect_letters) == 0


def test_each_record_of_a_message_waits_on_its_own(room: PipelineRoom, tracking: ScriptedTracking) -> None:
    tracking.open_limit = 1
    records = [
        {
            "eventName": "ObjectCreated:Put",
            "s3": {"bucket": {"name": room.videos}, "object": {"key": f"{n}.mp4"}},
        }
        for n in range(3)
    ]
    room.sqs.send_message(QueueUrl=room.uploads, MessageBody=json.dumps({"Records": records}))
    room.run_until(lambda: len(tracking.calls) >= 3)

    assert len(tracking.jobs) == 1
    assert room.waiting(room.uploads) == 2
    tracking.after_start = room.complete
    (first,) = tracking.jobs.values()
    room.complete(first)
    room.run_until(lambda: len(tracking.jobs) == 3)
    room.run_until(lambda: room.waiting(room.collects) == 0)

    assert room.waiting(room.uploads) == 0


def test_a_flood_finishes_within_the_limit_of_open_jobs(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.open_limit = 3
    tracking.after_start = room.complete
    videos = [room.upload(f"{number}.mp4") for number in range(12)]

    room.run_until(lambda: all(room.status(video) == "SUCCEEDED" for video in videos), seconds=200)

    assert len(tracking.jobs) == 12
    assert tracking.most_open <= 3
    assert room.waiting(room.upload_letters) == room.waiting(room.collect_letters) == 0

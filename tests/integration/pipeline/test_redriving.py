"""Dead letters are listed with their reason and have a way back."""

from __future__ import annotations

import time

import pytest

from testing.faulty_proxy import FaultyProxy
from testing.pipeline_environment import PipelineRoom
from testing.scripted_rekognition import ScriptedTracking
from tools.commands.redrive import Letter, dead_letters, inert, put_back, run_again, send_again
from tools.target import Target, embedded


def target_of(room: PipelineRoom) -> Target:
    """The room as the tools commands see a deployed stack."""
    return embedded(
        room.endpoint,
        {
            "VideosBucket": room.videos,
            "ResultsBucket": room.results,
            "TracksTable": room.table,
            "UploadQueue": room.uploads,
            "UploadDeadLetters": room.upload_letters,
            "CollectQueue": room.collects,
            "CollectDeadLetters": room.collect_letters,
        },
    )


def _letters(room: PipelineRoom) -> list[Letter]:
    return list(dead_letters(target_of(room)))


def test_a_dead_upload_is_listed_with_its_reason_and_runs_when_sent_again(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "AccessDeniedException", times=3, message="not authorized")
    video = room.upload("größe 🚶.mp4")
    room.run_until(lambda: room.waiting(room.upload_letters) == 1)
    tracking.after_start = room.complete

    (letter,) = _letters(room)
    assert (letter.queue, letter.about) == ("Upload", "größe 🚶.mp4")
    assert letter.reason == "SUBMITTING: not authorized"
    send_again(target_of(room), letter)
    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    assert room.waiting(room.upload_letters) == 0
    assert len(tracking.jobs) == 1


def test_a_dead_completion_is_listed_with_its_reason_and_is_collected_when_sent_again(
    faulty_room: PipelineRoom, proxy: FaultyProxy, tracking: ScriptedTracking
) -> None:
    room = faulty_room
    proxy.fail(f"PUT /{room.results}/", "AccessDenied", times=3, status=403)
    tracking.after_start = room.complete
    video = room.upload("a.mp4")
    room.run_until(lambda: room.waiting(room.collect_letters) == 1)

    (letter,) = _letters(room)
    assert (letter.queue, letter.about) == ("Collect", "a.mp4")
    assert letter.reason.startswith("COLLECTING: AccessDenied")
    send_again(target_of(room), letter)
    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    assert room.waiting(room.collect_letters) == 0
    assert len(room.announcements()) == 1


def test_a_failed_video_runs_again_when_an_operator_sends_its_event_again(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.after_start = lambda job: room.complete(job, "FAILED", "Unsupported codec/format.")
    video = room.upload("a.mp4")
    room.run_until(lambda: room.status(video) == "FAILED")
    tracking.after_start = room.complete
    # A message with this record among others died; the record itself had been dealt with.
    body = (
        f'{{"Records": [{{"eventName": "ObjectCreated:Put", "s3": {{"bucket": {{"name": "{room.videos}"}}, '
        f'"object": {{"key": "a.mp4", "versionId": "{video.version}"}}}}}}]}}'
    )
    room.sqs.send_message(QueueUrl=room.upload_letters, MessageBody=body)

    (letter,) = _letters(room)
    send_again(target_of(room), letter)
    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    meta = room.meta(video)
    assert meta is not None
    assert meta["Attempt"] == 2


def test_a_failed_video_runs_again_by_its_name_though_no_message_of_it_is_left(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "VideoTooLargeException")
    video = room.upload("größe 🚶.mp4")
    room.run_until(lambda: room.status(video) == "FAILED")
    tracking.after_start = room.complete

    run_again(target_of(room), video.key)
    room.run_until(lambda: room.status(video) == "SUCCEEDED")


def test_why_a_completion_message_failed_is_logged_with_its_id(
    room: PipelineRoom, caplog: pytest.LogCaptureFixture
) -> None:
    sent = room.sqs.send_message(QueueUrl=room.collects, MessageBody='{"JobId": ""}')["MessageId"]

    room.run_collects()

    (logged,) = (record for record in caplog.records if record.message == "Not collected")
    assert logged.__dict__["message_id"] == sent
    assert logged.__dict__["reason"].startswith("ValidationError")


def test_a_completion_that_died_of_waiting_may_wait_again_when_sent_again(
    room: PipelineRoom, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.collection.on_completion.delay_seconds", lambda _: 0)
    monkeypatch.setattr("pipeline.collection.on_completion._MOST_TRIES", 3)
    video = room.upload("a.mp4")
    room.run_until(lambda: room.status(video) == "IN_PROGRESS")
    room.publish(room.job_of(video))
    room.run_until(lambda: room.waiting(room.collect_letters) == 1)

    (letter,) = _letters(room)
    send_again(target_of(room), letter)
    room.run_collects()
    room.complete(room.job_of(video))
    room.run_until(lambda: room.waiting(room.collects) == 0)

    assert room.status(video) == "SUCCEEDED"
    assert room.waiting(room.collect_letters) == 0


def test_letters_sent_again_as_they_come_are_sent_once_however_long_all_of_them_take(
    room: PipelineRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.commands.redrive._HELD_SECONDS", 2)
    for number in range(24):
        room.sqs.send_message(QueueUrl=room.collect_letters, MessageBody=f"not one of ours {number}")

    for letter in dead_letters(target_of(room)):
        time.sleep(0.12)
        send_again(target_of(room), letter)

    assert room.waiting(room.collect_letters) == 0
    assert room.waiting(room.collects) == 24


def test_listing_leaves_the_letters_where_they_are(room: PipelineRoom) -> None:
    for number in range(12):
        room.sqs.send_message(QueueUrl=room.collect_letters, MessageBody=f"not one of ours {number}")

    letters = _letters(room)
    for letter in letters:
        put_back(target_of(room), letter)

    assert len(letters) == 12
    assert {letter.reason for letter in letters} == {"no message of ours: it cannot be read"}
    assert room.waiting(room.collect_letters) == 12


@pytest.mark.parametrize("text", ["a\nb", "\x1b[31mred", "\x9b2J", "a\u202eb"])
def test_hostile_names_are_inert_on_a_terminal(text: str) -> None:
    assert inert(text).isprintable()

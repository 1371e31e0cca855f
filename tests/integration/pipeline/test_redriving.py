"""Dead-letter messages are listed with their reason and have a way back."""

from __future__ import annotations

import json
import time

import pytest

from pipeline.video import Video
from testing.faulty_proxy import FaultyProxy
from testing.pipeline_environment import PipelineRoom
from testing.poison import poison_bodies
from testing.scripted_rekognition import ScriptedTracking
from tools.attempts import Attempts
from tools.commands.redrive import Letter, dead_letters, explain, put_back, redrive, run_again, send_again
from tools.errors import LocalError
from tools.inert import inert
from tools.target import Target, embedded


def target_of(room: PipelineRoom, endpoint: str | None = None) -> Target:
    """The room as the local commands see a deployed stack, through `endpoint` if given."""
    return embedded(
        endpoint or room.endpoint,
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
    attempts = Attempts()
    found = list(dead_letters(target_of(room), attempts))
    assert attempts.failures == []
    return found


def _explained(room: PipelineRoom, letter: Letter) -> tuple[str, str, str]:
    return letter.queue, *explain(target_of(room), letter.body)


def test_a_dead_upload_is_listed_with_its_reason_and_runs_when_sent_again(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "AccessDeniedException", times=3, message="not authorized")
    video = room.upload("größe 🚶.mp4")
    room.run_until(lambda: room.waiting(room.upload_letters) == 1)
    tracking.after_start = room.complete

    (letter,) = _letters(room)
    assert _explained(room, letter) == ("Upload", "größe 🚶.mp4", "SUBMITTING: not authorized")
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
    queue, about, reason = _explained(room, letter)
    assert (queue, about) == ("Collect", "a.mp4")
    assert reason.startswith("COLLECTING: AccessDenied")
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


def test_messages_sent_again_as_they_come_are_sent_once_however_long_all_of_them_take(
    room: PipelineRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.commands.redrive._HELD_SECONDS", 2)
    for number in range(24):
        room.sqs.send_message(QueueUrl=room.collect_letters, MessageBody=f"not one of ours {number}")

    for letter in dead_letters(target_of(room), Attempts()):
        time.sleep(0.12)
        send_again(target_of(room), letter)

    assert room.waiting(room.collect_letters) == 0
    assert room.waiting(room.collects) == 24


def test_listing_leaves_the_messages_where_they_are(room: PipelineRoom) -> None:
    for number in range(12):
        room.sqs.send_message(QueueUrl=room.collect_letters, MessageBody=f"not one of ours {number}")

    letters = _letters(room)
    for letter in letters:
        put_back(target_of(room), letter)

    assert len(letters) == 12
    reasons = {_explained(room, letter)[2] for letter in letters}
    assert reasons == {"no message of ours: it cannot be read"}
    assert room.waiting(room.collect_letters) == 12


@pytest.mark.parametrize("text", ["a\nb", "\x1b[31mred", "\x9b2J", "a\u202eb"])
def test_hostile_names_are_inert_on_a_terminal(text: str) -> None:
    assert inert(text).isprintable()


def test_text_from_outside_is_printed_up_to_a_length() -> None:
    assert inert("k" * 1024) == "k" * 1024
    assert inert("k" * 190_000) == "k" * 1024 + "…"


def test_poison_messages_are_listed_one_a_line_and_safe_to_print(
    room: PipelineRoom, capsys: pytest.CaptureFixture[str]
) -> None:
    bodies = poison_bodies(Video(room.videos, "a.mp4", "v"))
    for body in bodies.values():
        room.sqs.send_message(QueueUrl=room.collect_letters, MessageBody=body)

    redrive(target_of(room), only_list=True)

    *lines, last = capsys.readouterr().out.removesuffix("\n").split("\n")
    assert len(lines) == len(bodies)
    assert last == f"dead-letter messages: {len(bodies)}"
    assert all(line.isprintable() and len(line) < 2200 for line in lines)
    assert room.waiting(room.collect_letters) == len(bodies)


def test_poison_messages_are_sent_again_and_die_again_alone(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.after_start = room.complete
    video = room.upload("a.mp4")
    bodies = poison_bodies(video)
    for body in bodies.values():
        room.sqs.send_message(QueueUrl=room.upload_letters, MessageBody=body)

    redrive(target_of(room), only_list=False)
    room.run_until(lambda: room.waiting(room.upload_letters) == len(bodies))
    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    assert len(tracking.jobs) == 1


def test_a_message_that_cannot_be_sent_again_stays_and_stops_none_of_the_others(
    room: PipelineRoom, proxy: FaultyProxy, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        room.sqs.send_message(QueueUrl=room.collect_letters, MessageBody=f"not one of ours {number}")
    proxy.fail("SendMessage", "InvalidParameterValue", times=1)

    with pytest.raises(LocalError, match="1 thing could not be done"):
        redrive(target_of(room, proxy.url), only_list=False)

    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1] == "dead-letter messages: 3, 2 sent again"
    assert "InvalidParameterValue by the proxy" in shown.err
    assert room.waiting(room.collects) == 2
    assert room.waiting(room.collect_letters) == 1


def test_a_table_that_does_not_answer_hides_no_message(
    room: PipelineRoom, proxy: FaultyProxy, capsys: pytest.CaptureFixture[str]
) -> None:
    completion = json.dumps({"JobId": "job", "Status": "SUCCEEDED", "JobTag": "0" * 32})
    room.sqs.send_message(QueueUrl=room.collect_letters, MessageBody=completion)
    proxy.fail("GetItem", "AccessDeniedException", times=100)

    redrive(target_of(room, proxy.url), only_list=True)

    assert "the table does not answer: AccessDeniedException by the proxy" in capsys.readouterr().out


def test_a_missing_queue_hides_none_of_the_others(
    room: PipelineRoom, capsys: pytest.CaptureFixture[str]
) -> None:
    room.sqs.delete_queue(QueueUrl=room.collect_letters)
    room.sqs.send_message(QueueUrl=room.upload_letters, MessageBody="not one of ours")

    with pytest.raises(LocalError, match="1 thing could not be done"):
        redrive(target_of(room), only_list=True)

    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1] == "dead-letter messages: 1"
    assert shown.err.startswith("failed: reading the dead-letter queue of Collect: ")

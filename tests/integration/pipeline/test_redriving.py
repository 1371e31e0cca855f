"""Dead-letter messages are listed with their reason and can be sent again."""

from __future__ import annotations

import json
import time

import pytest

from pipeline.video import Video
from testing.faulty_proxy import FaultyProxy
from testing.pipeline_environment import EmbeddedPipeline
from testing.poison import poison_bodies
from testing.scripted_rekognition import ScriptedTracking
from tests.integration.pipeline.target import target_of
from tools.attempts import Attempts
from tools.commands.redrive import (
    DeadLetterMessage,
    dead_letter_messages,
    explain,
    put_back,
    redrive,
    run_again,
    send_again,
)
from tools.errors import ToolError
from tools.inert import inert


def _messages(pipeline: EmbeddedPipeline) -> list[DeadLetterMessage]:
    attempts = Attempts()
    found = list(dead_letter_messages(target_of(pipeline), attempts))
    assert attempts.failures == []
    return found


def _explained(pipeline: EmbeddedPipeline, message: DeadLetterMessage) -> tuple[str, str, str]:
    return message.queue, *explain(target_of(pipeline), message.body)


def test_a_dead_letter_upload_is_listed_with_its_reason_and_runs_when_sent_again(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "AccessDeniedException", times=3, message="not authorized")
    video = pipeline.upload("größe 🚶.mp4")
    pipeline.run_until(lambda: pipeline.waiting(pipeline.upload_dead_letter_queue) == 1)
    tracking.after_start = pipeline.complete

    (message,) = _messages(pipeline)
    assert _explained(pipeline, message) == ("Upload", "größe 🚶.mp4", "SUBMITTING: not authorized")
    send_again(target_of(pipeline), message)
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    assert pipeline.waiting(pipeline.upload_dead_letter_queue) == 0
    assert len(tracking.jobs) == 1


def test_a_dead_letter_completion_is_listed_with_its_reason_and_is_collected_when_sent_again(
    faulty_pipeline: EmbeddedPipeline, proxy: FaultyProxy, tracking: ScriptedTracking
) -> None:
    pipeline = faulty_pipeline
    proxy.fail(f"PUT /{pipeline.results}/", "AccessDenied", times=3, status=403)
    tracking.after_start = pipeline.complete
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.waiting(pipeline.collect_dead_letter_queue) == 1)

    (message,) = _messages(pipeline)
    queue, about, reason = _explained(pipeline, message)
    assert (queue, about) == ("Collect", "a.mp4")
    assert reason.startswith("COLLECTING: AccessDenied")
    send_again(target_of(pipeline), message)
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    assert pipeline.waiting(pipeline.collect_dead_letter_queue) == 0
    assert len(pipeline.announcements()) == 1


def test_a_failed_video_runs_again_when_an_operator_sends_its_event_again(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.after_start = lambda job: pipeline.complete(job, "FAILED", "Unsupported codec/format.")
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "FAILED")
    tracking.after_start = pipeline.complete
    # The dead-letter message of several records of which this one was handled.
    s3 = {"bucket": {"name": pipeline.videos}, "object": {"key": "a.mp4", "versionId": video.version}}
    body = json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": s3}]})
    pipeline.sqs.send_message(QueueUrl=pipeline.upload_dead_letter_queue, MessageBody=body)

    (message,) = _messages(pipeline)
    send_again(target_of(pipeline), message)
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    meta = pipeline.meta(video)
    assert meta is not None
    assert meta["Attempt"] == 2


def test_a_failed_video_runs_again_by_its_name_though_no_message_of_it_is_left(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "VideoTooLargeException")
    video = pipeline.upload("größe 🚶.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "FAILED")
    tracking.after_start = pipeline.complete

    run_again(target_of(pipeline), video.key)
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")


def test_why_a_completion_message_failed_is_logged_with_its_id(
    pipeline: EmbeddedPipeline, caplog: pytest.LogCaptureFixture
) -> None:
    sent = pipeline.sqs.send_message(QueueUrl=pipeline.collect_queue, MessageBody='{"JobId": ""}')[
        "MessageId"
    ]

    pipeline.run_collects()

    (logged,) = (record for record in caplog.records if record.message == "Not collected")
    assert logged.__dict__["message_id"] == sent
    assert logged.__dict__["reason"].startswith("ValidationError")


def test_a_completion_that_waited_too_often_may_wait_again_when_sent_again(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.collection.dispatch.delay_seconds", lambda _: 0)
    monkeypatch.setattr("pipeline.collection.dispatch._MOST_TRIES", 3)
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "IN_PROGRESS")
    pipeline.publish(pipeline.job_of(video))
    pipeline.run_until(lambda: pipeline.waiting(pipeline.collect_dead_letter_queue) == 1)

    (message,) = _messages(pipeline)
    send_again(target_of(pipeline), message)
    pipeline.run_collects()
    pipeline.complete(pipeline.job_of(video))
    pipeline.run_until(lambda: pipeline.waiting(pipeline.collect_queue) == 0)

    assert pipeline.status(video) == "SUCCEEDED"
    assert pipeline.waiting(pipeline.collect_dead_letter_queue) == 0


def test_dead_letter_messages_sent_again_as_they_come_are_sent_once_however_long_all_of_them_take(
    pipeline: EmbeddedPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.commands.redrive._VISIBILITY_SECONDS", 1)
    for number in range(12):
        pipeline.sqs.send_message(
            QueueUrl=pipeline.collect_dead_letter_queue, MessageBody=f"not one of ours {number}"
        )

    for message in dead_letter_messages(target_of(pipeline), Attempts()):
        time.sleep(0.12)
        send_again(target_of(pipeline), message)

    assert pipeline.waiting(pipeline.collect_dead_letter_queue) == 0
    assert pipeline.waiting(pipeline.collect_queue) == 12


def test_listing_leaves_dead_letter_messages_where_they_are(pipeline: EmbeddedPipeline) -> None:
    for number in range(12):
        pipeline.sqs.send_message(
            QueueUrl=pipeline.collect_dead_letter_queue, MessageBody=f"not one of ours {number}"
        )

    messages = _messages(pipeline)
    for message in messages:
        put_back(target_of(pipeline), message)

    assert len(messages) == 12
    reasons = {_explained(pipeline, message)[2] for message in messages}
    assert reasons == {"not a message of this stack: it cannot be parsed"}
    assert pipeline.waiting(pipeline.collect_dead_letter_queue) == 12


@pytest.mark.parametrize("text", ["a\nb", "\x1b[31mred", "\x9b2J", "a\u202eb"])
def test_hostile_names_are_inert_on_a_terminal(text: str) -> None:
    assert inert(text).isprintable()


def test_text_from_outside_is_printed_up_to_a_length() -> None:
    assert inert("k" * 1024) == "k" * 1024
    assert inert("k" * 190_000) == "k" * 1024 + "…"


def test_poison_messages_are_listed_one_a_line_and_safe_to_print(
    pipeline: EmbeddedPipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    bodies = poison_bodies(Video(pipeline.videos, "a.mp4", "v"))
    for body in bodies.values():
        pipeline.sqs.send_message(QueueUrl=pipeline.collect_dead_letter_queue, MessageBody=body)

    redrive(target_of(pipeline), only_list=True)

    *lines, last = capsys.readouterr().out.removesuffix("\n").split("\n")
    assert len(lines) == len(bodies)
    assert last == f"dead-letter messages: {len(bodies)}"
    assert all(line.isprintable() and len(line) < 2200 for line in lines)
    assert pipeline.waiting(pipeline.collect_dead_letter_queue) == len(bodies)


def test_poison_messages_sent_again_go_back_to_the_dead_letter_queue_alone(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.after_start = pipeline.complete
    video = pipeline.upload("a.mp4")
    bodies = poison_bodies(video)
    for body in bodies.values():
        pipeline.sqs.send_message(QueueUrl=pipeline.upload_dead_letter_queue, MessageBody=body)

    redrive(target_of(pipeline), only_list=False)
    pipeline.run_until(lambda: pipeline.waiting(pipeline.upload_dead_letter_queue) == len(bodies))
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    assert len(tracking.jobs) == 1


def test_a_message_that_cannot_be_sent_again_stays_and_does_not_stop_the_others(
    pipeline: EmbeddedPipeline, proxy: FaultyProxy, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        pipeline.sqs.send_message(
            QueueUrl=pipeline.collect_dead_letter_queue, MessageBody=f"not one of ours {number}"
        )
    proxy.fail("SendMessage", "InvalidParameterValue", times=1)

    with pytest.raises(ToolError, match="1 operation failed"):
        redrive(target_of(pipeline, proxy.url), only_list=False)

    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1] == "dead-letter messages: 3, 2 sent again"
    assert "InvalidParameterValue by the proxy" in shown.err
    assert pipeline.waiting(pipeline.collect_queue) == 2
    assert pipeline.waiting(pipeline.collect_dead_letter_queue) == 1


def test_a_table_that_does_not_answer_hides_no_message(
    pipeline: EmbeddedPipeline, proxy: FaultyProxy, capsys: pytest.CaptureFixture[str]
) -> None:
    completion = json.dumps({"JobId": "job", "Status": "SUCCEEDED", "JobTag": "0" * 32})
    pipeline.sqs.send_message(QueueUrl=pipeline.collect_dead_letter_queue, MessageBody=completion)
    proxy.fail("GetItem", "AccessDeniedException", times=100)

    redrive(target_of(pipeline, proxy.url), only_list=True)

    assert "the table cannot be read: AccessDeniedException by the proxy" in capsys.readouterr().out


def test_a_missing_queue_hides_none_of_the_others(
    pipeline: EmbeddedPipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline.sqs.delete_queue(QueueUrl=pipeline.collect_dead_letter_queue)
    pipeline.sqs.send_message(QueueUrl=pipeline.upload_dead_letter_queue, MessageBody="not one of ours")

    with pytest.raises(ToolError, match="1 operation failed"):
        redrive(target_of(pipeline), only_list=True)

    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1] == "dead-letter messages: 1"
    assert shown.err.startswith("failed: reading the dead-letter queue of Collect: ")

"""Whatever is delivered twice, late, early or in the wrong order: one job and one result for each video."""

from __future__ import annotations

import hashlib
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pipeline.handlers import start_tracking
from pipeline.video import Video
from testing.lambda_poller import Context
from testing.pipeline_environment import PipelineRoom, completion_message, lambda_process
from testing.scripted_rekognition import Job, People, ScriptedTracking


def _event_of(video: Video, sequencer: str | None = None) -> str:
    """The S3 event of a video's upload, as it is delivered once more."""
    s3_object = {"key": video.key}
    if video.version != "null":
        s3_object["versionId"] = video.version
    if sequencer:
        s3_object["sequencer"] = sequencer
    record = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": video.bucket}, "object": s3_object}}
    return json.dumps({"Records": [record]})


def test_a_duplicate_event_starts_no_second_job(room: PipelineRoom, tracking: ScriptedTracking) -> None:
    video = room.upload("a.mp4")
    room.run_until(lambda: room.status(video) == "IN_PROGRESS")

    for _ in range(3):
        room.sqs.send_message(QueueUrl=room.uploads, MessageBody=_event_of(video))
    room.run_until(lambda: room.waiting(room.uploads) == 0)

    assert len(tracking.jobs) == 1
    meta = room.meta(video)
    assert meta is not None
    assert (meta["Attempt"], meta["Status"]) == (1, "IN_PROGRESS")


def test_events_delivered_at_the_same_moment_start_one_job(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    video = Video(room.videos, "a.mp4", "v1")
    event = {
        "Records": [
            {
                "messageId": "m",
                "receiptHandle": "r",
                "body": _event_of(video),
                "attributes": {},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
            }
        ]
    }
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: start_tracking.handler(event, Context(60)), range(4)))

    assert answers == [{"batchItemFailures": []}] * 4
    assert len(tracking.jobs) == 1
    assert room.status(video) == "IN_PROGRESS"


def test_a_starter_killed_before_it_noted_the_job_leads_to_that_job_and_no_other(
    room: PipelineRoom, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers: list[subprocess.Popen[bytes]] = []
    answer = tracking.answer

    def kill_who_asked(operation: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        answered = answer(operation, request)
        if len(workers) == 1:
            workers[0].kill()
            workers[0].wait()
        return answered

    monkeypatch.setattr(tracking, "answer", kill_who_asked)
    video = room.upload("a.mp4")
    with lambda_process(room, room.uploads, "pipeline.handlers.start_tracking.handler") as worker:
        workers.append(worker)
        worker.wait()
    workers.append(worker)
    assert room.status(video) == "SUBMITTING"
    assert len(tracking.jobs) == 1

    room.run_until(lambda: room.status(video) == "IN_PROGRESS")

    assert len(tracking.jobs) == 1
    assert (room.meta(video) or {})["JobId"] == room.job_of(video).id


def test_duplicate_completion_messages_write_one_result_and_announce_it_once(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    def complete(job: Job) -> None:
        room.complete(job)
        room.publish(job)
        room.publish(job)

    tracking.people = People(2, 1200)
    tracking.after_start = complete
    video = room.upload("a.mp4")
    room.run_until(lambda: room.status(video) == "SUCCEEDED")
    before = room.meta(video)

    room.run_until(lambda: room.waiting(room.collects) == 0)

    assert room.meta(video) == before
    assert len(room.items(video, "PERSON#")) == 2
    assert len(room.announcements()) == 1


def test_a_completion_that_overtakes_the_job_id_waits_for_it(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    video = room.upload("a.mp4")
    early = []

    def complete_before_the_answer(_: dict[str, object]) -> bool:
        # Called while StartPersonTracking is being answered: META has no JobId yet.
        if not early:
            job = Job(
                video.request_token(1),
                {"JobTag": video.id, "Video": {"S3Object": video.as_s3_object()}},
                People(0, 0),
            )
            job.id = tracking_job_id(video)
            job.status = "SUCCEEDED"
            early.append(job)
            room.publish(job)
            room.run_collects()
            assert room.status(video) == "SUBMITTING"
        return True

    tracking.readable = complete_before_the_answer
    tracking.after_start = tracking.finish

    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    assert len(tracking.jobs) == 1


def tracking_job_id(video: Video) -> str:
    """The id the scripted endpoint gives the first attempt's job."""
    return hashlib.sha256(video.request_token(1).encode()).hexdigest()


def test_an_event_that_outruns_its_object_is_tried_again(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.after_start = room.complete
    tracking.fail_next("StartPersonTracking", "InvalidS3ObjectException", times=2)
    video = room.upload("a.mp4")

    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    assert len(tracking.jobs) == 1
    assert room.waiting(room.upload_letters) == 0


def test_an_object_that_stays_unreadable_fails_the_video_with_the_reason(
    room: PipelineRoom, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.submission.delay_seconds", lambda _: 0)
    tracking.readable = lambda _: False
    video = room.upload("a.mp4")

    room.run_until(lambda: room.status(video) == "FAILED")

    meta = room.meta(video)
    assert meta is not None
    assert meta["StatusMessage"] == "Unable to get object metadata from S3."
    assert len(tracking.calls) == 5
    assert room.waiting(room.upload_letters) == 0


def test_two_uploads_to_one_key_are_two_videos(room: PipelineRoom, tracking: ScriptedTracking) -> None:
    tracking.after_start = room.complete
    first, second = room.upload("a.mp4", b"one"), room.upload("a.mp4", b"two")

    room.run_until(lambda: room.status(first) == room.status(second) == "SUCCEEDED")

    assert first.id != second.id
    versions = {job.request["Video"]["S3Object"]["Version"] for job in tracking.jobs.values()}
    assert versions == {first.version, second.version}


def test_an_upload_over_an_unversioned_object_runs_again_and_leaves_nothing_of_the_first(
    unversioned_room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    room = unversioned_room
    tracking.after_start = room.complete
    tracking.people = People(4, 1000)
    video = room.upload("a.mp4", b"one")
    room.run_until(lambda: room.status(video) == "SUCCEEDED")
    tracking.people = People(2, 1000)

    room.upload("a.mp4", b"two")
    room.run_until(lambda: (room.meta(video) or {}).get("Attempt") == 2 and room.status(video) == "SUCCEEDED")

    meta = room.meta(video)
    assert meta is not None
    assert meta["PeopleCount"] == 2
    assert {item["JobId"] for item in room.items(video, "P")} == {meta["JobId"]}
    assert [item["Index"] for item in room.items(video, "PERSON#")] == [0, 1]
    assert len([name for name in room.objects(video) if name.startswith("persons/")]) == 2
    assert len(room.announcements()) == 2


def test_a_stale_event_of_an_earlier_upload_changes_nothing(
    unversioned_room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    room = unversioned_room
    video = room.upload("a.mp4")
    room.run_until(lambda: room.status(video) == "IN_PROGRESS")

    room.sqs.send_message(QueueUrl=room.uploads, MessageBody=_event_of(video, sequencer="00"))
    room.run_until(lambda: room.waiting(room.uploads) == 0)

    assert len(tracking.jobs) == 1


def test_the_completion_of_an_earlier_attempt_is_not_taken_for_the_current_one(
    unversioned_room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    room = unversioned_room
    video = room.upload("a.mp4", b"one")
    room.run_until(lambda: room.status(video) == "IN_PROGRESS")
    (first,) = room.jobs_of(video)
    room.upload("a.mp4", b"two")
    room.run_until(lambda: len(room.jobs_of(video)) == 2)

    room.complete(first)
    room.run_until(lambda: room.waiting(room.collects) == 0)

    meta = room.meta(video)
    assert meta is not None
    assert meta["Status"] == "IN_PROGRESS"
    assert meta["JobId"] != first.id


def test_a_new_upload_after_a_failure_runs_again(
    unversioned_room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    room = unversioned_room
    tracking.after_start = lambda job: room.complete(job, "FAILED", "Unsupported codec/format.")
    video = room.upload("a.mp4", b"bad")
    room.run_until(lambda: room.status(video) == "FAILED")
    tracking.after_start = room.complete

    room.upload("a.mp4", b"good")
    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    meta = room.meta(video)
    assert meta is not None
    assert (meta["Attempt"], len(tracking.jobs)) == (2, 2)
    assert "StatusMessage" not in meta


def test_a_new_upload_that_fails_leaves_no_tracks_of_the_one_it_replaced(
    unversioned_room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    room = unversioned_room
    tracking.after_start = room.complete
    video = room.upload("a.mp4", b"good")
    room.run_until(lambda: room.status(video) == "SUCCEEDED")
    tracking.after_start = lambda job: room.complete(job, "FAILED", "Unsupported codec/format.")

    room.upload("a.mp4", b"bad")
    room.run_until(lambda: room.status(video) == "FAILED")

    assert room.items(video, "P") == room.items(video, "T") == []
    assert room.objects(video) == []


def test_a_duplicate_event_of_a_failed_video_does_not_run_it_again(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.after_start = lambda job: room.complete(job, "FAILED", "Unsupported codec/format.")
    video = room.upload("a.mp4")
    room.run_until(lambda: room.status(video) == "FAILED")

    room.sqs.send_message(QueueUrl=room.uploads, MessageBody=_event_of(video))
    room.run_until(lambda: room.waiting(room.uploads) == 0)

    assert len(tracking.jobs) == 1


def test_a_token_used_with_other_parameters_leads_to_a_new_attempt(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "IdempotentParameterMismatchException")
    video = room.upload("a.mp4")

    room.run_until(lambda: room.status(video) == "IN_PROGRESS")

    meta = room.meta(video)
    assert meta is not None
    assert meta["Attempt"] == 2
    assert len(tracking.jobs) == 1


def test_one_bad_message_stops_none_of_its_batch(room: PipelineRoom, tracking: ScriptedTracking) -> None:
    videos = [Video(room.videos, f"{name}.mp4", "v") for name in "abc"]
    bodies = [
        _event_of(videos[0]),
        "not JSON",
        _event_of(videos[1]),
        "{}",
        "[" * 100_000,
        _event_of(videos[2]),
    ]
    for body in bodies:
        room.sqs.send_message(QueueUrl=room.uploads, MessageBody=body)

    room.run_until(lambda: room.waiting(room.upload_letters) == 3)

    assert [room.status(video) for video in videos] == ["IN_PROGRESS"] * 3
    assert len(tracking.jobs) == 3


def test_one_failing_record_stops_none_of_its_message(room: PipelineRoom, tracking: ScriptedTracking) -> None:
    videos = [Video(room.videos, f"{name}.mp4", "v") for name in "abc"]
    records = [json.loads(_event_of(video))["Records"][0] for video in videos]
    tracking.fail_next("StartPersonTracking", "AccessDeniedException", message="not authorized")
    room.sqs.send_message(QueueUrl=room.uploads, MessageBody=json.dumps({"Records": records}))

    room.run_until(lambda: all(room.status(video) == "IN_PROGRESS" for video in videos))

    assert len(tracking.jobs) == 3


def test_the_completion_of_a_job_of_nobodys_is_let_go(room: PipelineRoom) -> None:
    video = Video(room.videos, "never.mp4", "v")
    job = Job("0" * 64, {"JobTag": video.id, "Video": {"S3Object": video.as_s3_object()}}, People(0, 0))
    room.sqs.send_message(QueueUrl=room.collects, MessageBody=json.dumps(completion_message(job)))

    room.run_until(lambda: room.waiting(room.collects) == 0)

    assert room.waiting(room.collect_letters) == 0
    assert room.meta(video) is None


def test_an_event_of_another_bucket_is_dropped_with_its_reason_and_counted(
    room: PipelineRoom,
    tracking: ScriptedTracking,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    foreign = Video("another-bucket", "theirs.mp4", "v1")
    room.sqs.send_message(QueueUrl=room.uploads, MessageBody=_event_of(foreign))
    video = room.upload("ours.mp4")

    room.run_until(lambda: room.waiting(room.uploads) == 0)

    assert room.status(video) == "IN_PROGRESS"
    assert [job.request["JobTag"] for job in tracking.jobs.values()] == [video.id]
    assert room.meta(foreign) is None
    assert room.waiting(room.upload_letters) == 0
    (logged,) = (record for record in caplog.records if record.message.startswith("Upload dropped"))
    assert logged.message == "Upload dropped: it is of another bucket than the videos bucket"
    assert (logged.__dict__["bucket"], logged.__dict__["key"]) == (foreign.bucket, foreign.key)
    assert capsys.readouterr().out.count('"ForeignUploads":[1.0]') == 1


def test_a_record_of_another_bucket_stops_none_of_its_message(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    ours, foreign = Video(room.videos, "ours.mp4", "v1"), Video("another-bucket", "theirs.mp4", "v1")
    events = [json.loads(_event_of(video)) for video in (foreign, ours)]
    records = [record for event in events for record in event["Records"]]
    room.sqs.send_message(QueueUrl=room.uploads, MessageBody=json.dumps({"Records": records}))

    room.run_until(lambda: room.waiting(room.uploads) == 0)

    assert [job.request["JobTag"] for job in tracking.jobs.values()] == [ours.id]

"""Delivered twice, late, early or in the wrong order: one job and one result for each video."""

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
from testing.pipeline_environment import EmbeddedPipeline, completion_message, lambda_process
from testing.scripted_rekognition import Job, People, ScriptedTracking


def _event_of(video: Video, sequencer: str | None = None) -> str:
    """The S3 event of a video's upload, as it is delivered again."""
    s3_object = {"key": video.key}
    if video.version != "null":
        s3_object["versionId"] = video.version
    if sequencer:
        s3_object["sequencer"] = sequencer
    record = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": video.bucket}, "object": s3_object}}
    return json.dumps({"Records": [record]})


def test_a_duplicate_event_starts_no_second_job(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "IN_PROGRESS")

    for _ in range(3):
        pipeline.sqs.send_message(QueueUrl=pipeline.upload_queue, MessageBody=_event_of(video))
    pipeline.run_until(lambda: pipeline.waiting(pipeline.upload_queue) == 0)

    assert len(tracking.jobs) == 1
    meta = pipeline.meta(video)
    assert meta is not None
    assert (meta["Attempt"], meta["Status"]) == (1, "IN_PROGRESS")


def test_events_delivered_at_the_same_moment_start_one_job(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    video = Video(pipeline.videos, "a.mp4", "v1")
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
    assert pipeline.status(video) == "IN_PROGRESS"


def test_start_tracking_killed_before_it_recorded_the_job_gets_the_same_job_again(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers: list[subprocess.Popen[bytes]] = []
    answer = tracking.answer

    def answer_and_kill(operation: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        answered = answer(operation, request)
        if len(workers) == 1:
            workers[0].kill()
            workers[0].wait()
        return answered

    monkeypatch.setattr(tracking, "answer", answer_and_kill)
    video = pipeline.upload("a.mp4")
    with lambda_process(
        pipeline, pipeline.upload_queue, "pipeline.handlers.start_tracking.handler"
    ) as worker:
        workers.append(worker)
        worker.wait()
    workers.append(worker)
    assert pipeline.status(video) == "SUBMITTING"
    assert len(tracking.jobs) == 1

    pipeline.run_until(lambda: pipeline.status(video) == "IN_PROGRESS")

    assert len(tracking.jobs) == 1
    assert (pipeline.meta(video) or {})["JobId"] == pipeline.job_of(video).id


def test_duplicate_completion_messages_write_one_result_and_announce_it_once(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    def complete(job: Job) -> None:
        pipeline.complete(job)
        pipeline.publish(job)
        pipeline.publish(job)

    tracking.people = People(2, 1200)
    tracking.after_start = complete
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")
    before = pipeline.meta(video)

    pipeline.run_until(lambda: pipeline.waiting(pipeline.collect_queue) == 0)

    assert pipeline.meta(video) == before
    assert len(pipeline.items(video, "PERSON#")) == 2
    assert len(pipeline.announcements()) == 1


def test_a_completion_that_overtakes_the_job_id_waits_for_it(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    video = pipeline.upload("a.mp4")
    early: list[Job] = []

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
            pipeline.publish(job)
            pipeline.run_collects()
            assert pipeline.status(video) == "SUBMITTING"
        return True

    tracking.readable = complete_before_the_answer
    tracking.after_start = tracking.finish

    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    assert len(tracking.jobs) == 1


def tracking_job_id(video: Video) -> str:
    """The id the scripted endpoint gives the first attempt's job."""
    return hashlib.sha256(video.request_token(1).encode()).hexdigest()


def test_an_event_that_arrives_before_its_object_is_retried(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.after_start = pipeline.complete
    tracking.fail_next("StartPersonTracking", "InvalidS3ObjectException", times=2)
    video = pipeline.upload("a.mp4")

    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    assert len(tracking.jobs) == 1
    assert pipeline.waiting(pipeline.upload_dead_letter_queue) == 0


def test_an_object_that_stays_unreadable_fails_the_video_with_the_reason(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.submission.delay_seconds", lambda _: 0)
    tracking.readable = lambda _: False
    video = pipeline.upload("a.mp4")

    pipeline.run_until(lambda: pipeline.status(video) == "FAILED")

    meta = pipeline.meta(video)
    assert meta is not None
    assert meta["StatusMessage"] == "Unable to get object metadata from S3."
    assert len(tracking.calls) == 5
    assert pipeline.waiting(pipeline.upload_dead_letter_queue) == 0


def test_two_uploads_to_one_key_are_two_videos(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.after_start = pipeline.complete
    first, second = pipeline.upload("a.mp4", b"one"), pipeline.upload("a.mp4", b"two")

    pipeline.run_until(lambda: pipeline.status(first) == pipeline.status(second) == "SUCCEEDED")

    assert first.id != second.id
    versions = {job.request["Video"]["S3Object"]["Version"] for job in tracking.jobs.values()}
    assert versions == {first.version, second.version}


def test_an_upload_over_an_unversioned_object_runs_again_and_leaves_nothing_of_the_first(
    unversioned_pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    pipeline = unversioned_pipeline
    tracking.after_start = pipeline.complete
    tracking.people = People(4, 1000)
    video = pipeline.upload("a.mp4", b"one")
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")
    tracking.people = People(2, 1000)

    pipeline.upload("a.mp4", b"two")
    pipeline.run_until(
        lambda: (pipeline.meta(video) or {}).get("Attempt") == 2 and pipeline.status(video) == "SUCCEEDED"
    )

    meta = pipeline.meta(video)
    assert meta is not None
    assert meta["PeopleCount"] == 2
    assert {item["JobId"] for item in pipeline.items(video, "P")} == {meta["JobId"]}
    assert [item["Index"] for item in pipeline.items(video, "PERSON#")] == [0, 1]
    assert len([name for name in pipeline.objects(video) if name.startswith("persons/")]) == 2
    assert len(pipeline.announcements()) == 2


def test_a_stale_event_of_an_earlier_upload_changes_nothing(
    unversioned_pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    pipeline = unversioned_pipeline
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "IN_PROGRESS")

    pipeline.sqs.send_message(QueueUrl=pipeline.upload_queue, MessageBody=_event_of(video, sequencer="00"))
    pipeline.run_until(lambda: pipeline.waiting(pipeline.upload_queue) == 0)

    assert len(tracking.jobs) == 1


def test_the_completion_of_an_earlier_attempt_is_ignored(
    unversioned_pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    pipeline = unversioned_pipeline
    video = pipeline.upload("a.mp4", b"one")
    pipeline.run_until(lambda: pipeline.status(video) == "IN_PROGRESS")
    (first,) = pipeline.jobs_of(video)
    pipeline.upload("a.mp4", b"two")
    pipeline.run_until(lambda: len(pipeline.jobs_of(video)) == 2)

    pipeline.complete(first)
    pipeline.run_until(lambda: pipeline.waiting(pipeline.collect_queue) == 0)

    meta = pipeline.meta(video)
    assert meta is not None
    assert meta["Status"] == "IN_PROGRESS"
    assert meta["JobId"] != first.id


def test_a_new_upload_after_a_failure_runs_again(
    unversioned_pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    pipeline = unversioned_pipeline
    tracking.after_start = lambda job: pipeline.complete(job, "FAILED", "Unsupported codec/format.")
    video = pipeline.upload("a.mp4", b"bad")
    pipeline.run_until(lambda: pipeline.status(video) == "FAILED")
    tracking.after_start = pipeline.complete

    pipeline.upload("a.mp4", b"good")
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    meta = pipeline.meta(video)
    assert meta is not None
    assert (meta["Attempt"], len(tracking.jobs)) == (2, 2)
    assert "StatusMessage" not in meta


def test_a_new_upload_that_fails_leaves_no_tracks_of_the_one_it_replaced(
    unversioned_pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    pipeline = unversioned_pipeline
    tracking.after_start = pipeline.complete
    video = pipeline.upload("a.mp4", b"good")
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")
    tracking.after_start = lambda job: pipeline.complete(job, "FAILED", "Unsupported codec/format.")

    pipeline.upload("a.mp4", b"bad")
    pipeline.run_until(lambda: pipeline.status(video) == "FAILED")

    assert pipeline.items(video, "P") == pipeline.items(video, "T") == []
    assert pipeline.objects(video) == []


def test_a_duplicate_event_of_a_failed_video_does_not_run_it_again(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.after_start = lambda job: pipeline.complete(job, "FAILED", "Unsupported codec/format.")
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "FAILED")

    pipeline.sqs.send_message(QueueUrl=pipeline.upload_queue, MessageBody=_event_of(video))
    pipeline.run_until(lambda: pipeline.waiting(pipeline.upload_queue) == 0)

    assert len(tracking.jobs) == 1


def test_a_token_used_with_other_parameters_leads_to_a_new_attempt(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "IdempotentParameterMismatchException")
    video = pipeline.upload("a.mp4")

    pipeline.run_until(lambda: pipeline.status(video) == "IN_PROGRESS")

    meta = pipeline.meta(video)
    assert meta is not None
    assert meta["Attempt"] == 2
    assert len(tracking.jobs) == 1


def test_a_bad_message_does_not_stop_the_others_of_its_batch(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    videos = [Video(pipeline.videos, f"{name}.mp4", "v") for name in "abc"]
    bodies = [
        _event_of(videos[0]),
        "not JSON",
        _event_of(videos[1]),
        "{}",
        "[" * 100_000,
        _event_of(videos[2]),
    ]
    for body in bodies:
        pipeline.sqs.send_message(QueueUrl=pipeline.upload_queue, MessageBody=body)

    pipeline.run_until(lambda: pipeline.waiting(pipeline.upload_dead_letter_queue) == 3)

    assert [pipeline.status(video) for video in videos] == ["IN_PROGRESS"] * 3
    assert len(tracking.jobs) == 3


def test_a_failing_record_does_not_stop_the_others_of_its_message(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    videos = [Video(pipeline.videos, f"{name}.mp4", "v") for name in "abc"]
    records = [json.loads(_event_of(video))["Records"][0] for video in videos]
    tracking.fail_next("StartPersonTracking", "AccessDeniedException", message="not authorized")
    pipeline.sqs.send_message(QueueUrl=pipeline.upload_queue, MessageBody=json.dumps({"Records": records}))

    pipeline.run_until(lambda: all(pipeline.status(video) == "IN_PROGRESS" for video in videos))

    assert len(tracking.jobs) == 3


def test_the_completion_of_an_unknown_job_is_ignored(pipeline: EmbeddedPipeline) -> None:
    video = Video(pipeline.videos, "never.mp4", "v")
    job = Job("0" * 64, {"JobTag": video.id, "Video": {"S3Object": video.as_s3_object()}}, People(0, 0))
    pipeline.sqs.send_message(
        QueueUrl=pipeline.collect_queue, MessageBody=json.dumps(completion_message(job))
    )

    pipeline.run_until(lambda: pipeline.waiting(pipeline.collect_queue) == 0)

    assert pipeline.waiting(pipeline.collect_dead_letter_queue) == 0
    assert pipeline.meta(video) is None


def test_an_event_of_another_bucket_is_dropped_with_its_reason_and_counted(
    pipeline: EmbeddedPipeline,
    tracking: ScriptedTracking,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    foreign = Video("another-bucket", "theirs.mp4", "v1")
    pipeline.sqs.send_message(QueueUrl=pipeline.upload_queue, MessageBody=_event_of(foreign))
    video = pipeline.upload("ours.mp4")

    pipeline.run_until(lambda: pipeline.waiting(pipeline.upload_queue) == 0)

    assert pipeline.status(video) == "IN_PROGRESS"
    assert [job.request["JobTag"] for job in tracking.jobs.values()] == [video.id]
    assert pipeline.meta(foreign) is None
    assert pipeline.waiting(pipeline.upload_dead_letter_queue) == 0
    (logged,) = (record for record in caplog.records if record.message.startswith("Upload dropped"))
    assert logged.message == "Upload dropped: its object is not in the videos bucket"
    assert (logged.__dict__["bucket"], logged.__dict__["key"]) == (foreign.bucket, foreign.key)
    assert capsys.readouterr().out.count('"ForeignUploads":[1.0]') == 1


def test_a_record_of_another_bucket_does_not_stop_the_others_of_its_message(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    ours, foreign = Video(pipeline.videos, "ours.mp4", "v1"), Video("another-bucket", "theirs.mp4", "v1")
    events = [json.loads(_event_of(video)) for video in (foreign, ours)]
    records = [record for event in events for record in event["Records"]]
    pipeline.sqs.send_message(QueueUrl=pipeline.upload_queue, MessageBody=json.dumps({"Records": records}))

    pipeline.run_until(lambda: pipeline.waiting(pipeline.upload_queue) == 0)

    assert [job.request["JobTag"] for job in tracking.jobs.values()] == [ours.id]

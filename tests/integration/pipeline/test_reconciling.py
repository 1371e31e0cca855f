"""Videos whose messages are lost are found, and repaired or failed with a reason."""

from __future__ import annotations

import functools
import time
from io import StringIO

import pytest

from pipeline.automatic_retry import MOST_RETRIES, WAITS_MINUTES
from pipeline.messaging.upload_message import Delivery, Upload, send_upload
from pipeline.runtime.clock import epoch, iso
from pipeline.video import Video
from shared.unexpected_failure import UNEXPECTED
from testing.faulty_proxy import Call, FaultyProxy
from testing.pipeline_environment import EmbeddedPipeline
from testing.scripted_rekognition import Job, People, ScriptedTracking
from tests.integration.pipeline.target import target_of
from tools.attempts import Attempts
from tools.commands.forget import forget
from tools.commands.redrive import run_again
from tools.progress import Progress

OUTAGE = f"{UNEXPECTED}detecting people."


def _lose_messages(pipeline: EmbeddedPipeline, queue_url: str) -> None:
    pipeline.sqs.purge_queue(QueueUrl=queue_url)


def _send_upload_event(pipeline: EmbeddedPipeline, video: Video) -> None:
    """Deliver the upload's event once more."""
    send_upload(pipeline.sqs, pipeline.upload_queue, Upload(video), Delivery())


def _in_progress(pipeline: EmbeddedPipeline) -> tuple[Video, Job]:
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "IN_PROGRESS")
    return video, pipeline.job_of(video)


def _reason(pipeline: EmbeddedPipeline, video: Video) -> str:
    meta = pipeline.meta(video)
    assert meta is not None
    assert meta["Status"] == "FAILED"
    return meta["StatusMessage"]


def test_a_job_whose_completion_message_was_lost_is_collected(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    video, job = _in_progress(pipeline)
    tracking.finish(job)

    assert pipeline.reconcile() == {"collected again": 1, "missed videos": 0}
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")


def test_a_job_whose_failure_message_was_lost_fails_its_video_with_its_reason(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    video, job = _in_progress(pipeline)
    tracking.finish(job, "FAILED", "Unsupported codec/format.")

    pipeline.reconcile()
    pipeline.run_until(lambda: pipeline.status(video) == "FAILED")

    assert _reason(pipeline, video) == "Unsupported codec/format."


def test_a_job_still_running_is_left_alone(pipeline: EmbeddedPipeline) -> None:
    video, _ = _in_progress(pipeline)
    before = pipeline.meta(video)

    assert pipeline.reconcile() == {"left alone": 1, "missed videos": 0}
    assert pipeline.meta(video) == before


def test_a_video_whose_upload_event_was_lost_is_submitted(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.after_start = pipeline.complete
    videos = [
        pipeline.upload("größe + 🚶.MP4"),
        pipeline.upload("a.mp4", b"one"),
        pipeline.upload("a.mp4", b"two"),
    ]
    pipeline.upload("notes.txt")
    _lose_messages(pipeline, pipeline.upload_queue)

    assert pipeline.reconcile() == {"missed videos": 3}
    pipeline.run_until(lambda: all(pipeline.status(video) == "SUCCEEDED" for video in videos))

    assert len(tracking.jobs) == 3
    assert pipeline.reconcile() == {"missed videos": 0}


def test_a_bucket_of_more_than_one_page_is_listed_completely(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.reconciliation.missed_videos._PAGE", 2)
    for number in range(5):
        pipeline.upload(f"{number}.mp4")
    _lose_messages(pipeline, pipeline.upload_queue)

    assert pipeline.reconcile() == {"missed videos": 5}


def test_a_submission_whose_message_is_lost_is_sent_again(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "AccessDeniedException", message="not authorized")
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: len(tracking.calls) == 1)
    _lose_messages(pipeline, pipeline.upload_queue)
    tracking.after_start = pipeline.complete

    assert pipeline.reconcile() == {"submitted again": 1, "missed videos": 0}
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    assert len(tracking.jobs) == 1


def test_a_collection_whose_message_is_lost_is_resumed(
    faulty_pipeline: EmbeddedPipeline, proxy: FaultyProxy, tracking: ScriptedTracking
) -> None:
    pipeline = faulty_pipeline
    video, job = _in_progress(pipeline)
    proxy.fail(f"PUT /{pipeline.results}/", "AccessDenied", times=1, status=403)
    pipeline.complete(job)
    pipeline.run_until(lambda: "StatusMessage" in (pipeline.meta(video) or {}))
    assert pipeline.status(video) == "COLLECTING"
    _lose_messages(pipeline, pipeline.collect_queue)

    assert pipeline.reconcile() == {"collected again": 1, "missed videos": 0}
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")


def test_a_video_whose_job_the_service_no_longer_has_runs_again(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    video, job = _in_progress(pipeline)
    del tracking.jobs[job.id]
    tracking.after_start = pipeline.complete

    assert pipeline.reconcile() == {"submitted again": 1, "missed videos": 0}
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    meta = pipeline.meta(video)
    assert meta is not None
    assert meta["Attempt"] == 2
    assert meta["PreviousJobIds"] == {job.id}


def test_a_video_that_cannot_be_repaired_fails_with_the_last_reason(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "AccessDeniedException", times=100, message="not authorized")
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: len(tracking.calls) == 1)
    for _ in range(5):
        _lose_messages(pipeline, pipeline.upload_queue)
        assert pipeline.reconcile()["submitted again"] == 1
    _lose_messages(pipeline, pipeline.upload_queue)

    assert pipeline.reconcile()["given up"] == 1

    assert _reason(pipeline, video) == "Gave up after 5 repair attempts. Last error: not authorized"
    assert [event["detail-type"] for event in pipeline.announcements()] == ["Person Tracking Failed"]


def test_a_video_given_up_runs_again_when_its_event_is_sent_again(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "AccessDeniedException", times=3, message="not authorized")
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.waiting(pipeline.upload_dead_letter_queue) == 1)
    for _ in range(6):
        pipeline.reconcile()
        _lose_messages(pipeline, pipeline.upload_queue)
    assert pipeline.status(video) == "FAILED"
    tracking.after_start = pipeline.complete

    # As SQS's own redrive does: the same body, a new message.
    (message,) = pipeline.sqs.receive_message(QueueUrl=pipeline.upload_dead_letter_queue)["Messages"]
    pipeline.sqs.send_message(QueueUrl=pipeline.upload_queue, MessageBody=message["Body"])
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")


@pytest.mark.parametrize(
    ("retention_days", "age_days", "missed"), [(2, 1, 1), (2, 3, 0), (30, 6, 1), (30, 8, 0)]
)
def test_only_videos_of_the_last_week_and_within_the_retention_count_as_missed(
    pipeline: EmbeddedPipeline,
    monkeypatch: pytest.MonkeyPatch,
    retention_days: int,
    age_days: int,
    missed: int,
) -> None:
    monkeypatch.setenv("RETENTION_DAYS", str(retention_days))
    pipeline.upload("a.mp4")
    _lose_messages(pipeline, pipeline.upload_queue)
    now = time.time() + age_days * 86_400
    monkeypatch.setattr("pipeline.reconciliation.missed_videos.time.time", lambda: now)

    assert pipeline.reconcile() == {"missed videos": missed}


def test_uploads_waiting_for_their_turn_do_not_count_as_stuck(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "LimitExceededException", times=100)
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "SUBMITTING")
    unseen = pipeline.upload("b.mp4")
    before = pipeline.meta(video)

    for _ in range(6):
        assert pipeline.reconcile() == {"missed videos": 0}

    assert pipeline.meta(video) == before
    assert pipeline.meta(unseen) is None
    assert pipeline.waiting(pipeline.upload_queue) == 2


def test_collections_waiting_for_their_turn_do_not_count_as_stuck(
    faulty_pipeline: EmbeddedPipeline, proxy: FaultyProxy, tracking: ScriptedTracking
) -> None:
    pipeline = faulty_pipeline
    begun, job = _in_progress(pipeline)
    proxy.fail(f"PUT /{pipeline.results}/", "AccessDenied", times=1, status=403)
    pipeline.complete(job)
    pipeline.run_until(lambda: "StatusMessage" in (pipeline.meta(begun) or {}))
    waiting = pipeline.upload("b.mp4")
    pipeline.run_until(lambda: pipeline.status(waiting) == "IN_PROGRESS")
    pipeline.complete(pipeline.job_of(waiting))
    before = [pipeline.meta(video) for video in (begun, waiting)]
    messages = pipeline.waiting(pipeline.collect_queue)

    for _ in range(6):
        assert pipeline.reconcile() == {"left alone": 2, "missed videos": 0}

    assert [pipeline.meta(video) for video in (begun, waiting)] == before
    assert pipeline.waiting(pipeline.collect_queue) == messages


def test_a_submission_that_waits_again_resets_its_repairs(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "AccessDeniedException")
    tracking.fail_next("StartPersonTracking", "LimitExceededException")
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: len(tracking.calls) == 1)
    _lose_messages(pipeline, pipeline.upload_queue)
    pipeline.reconcile()
    assert (pipeline.meta(video) or {})["Repairs"] == 1

    pipeline.run_until(lambda: len(tracking.calls) == 2)

    assert "Repairs" not in (pipeline.meta(video) or {})


def test_a_collection_that_gets_further_resets_its_repairs(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKPOINT_SECONDS", "0")
    # A page is asked for while the one before is written, so the last one comes well after the first person.
    tracking.people = People(6, 1000)
    video, job = _in_progress(pipeline)
    tracking.finish(job)
    pipeline.reconcile()
    repairs: list[int] = []
    tracking.before_page = lambda _: repairs.append((pipeline.meta(video) or {}).get("Repairs", 0))

    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    assert (repairs[0], repairs[-1]) == (1, 0)


def test_a_video_that_cannot_be_repaired_does_not_stop_the_others(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    first, job = _in_progress(pipeline)
    second = pipeline.upload("b.mp4")
    pipeline.run_until(lambda: pipeline.status(second) == "IN_PROGRESS")
    missed = pipeline.upload("c.mp4")
    _lose_messages(pipeline, pipeline.upload_queue)
    tracking.finish(job)
    tracking.finish(pipeline.job_of(second))
    tracking.fail_next("GetPersonTracking", "AccessDeniedException", message="not authorized")

    assert pipeline.reconcile() == {"not repaired": 1, "collected again": 1, "missed videos": 1}

    # The one unchanged for longest is repaired first.
    meta = pipeline.meta(first)
    assert meta is not None
    assert (meta["Repairs"], meta["StatusMessage"]) == (1, "not authorized")
    tracking.after_start = pipeline.complete
    pipeline.run_until(lambda: pipeline.status(second) == pipeline.status(missed) == "SUCCEEDED")
    assert pipeline.reconcile()["collected again"] == 1
    pipeline.run_until(lambda: pipeline.status(first) == "SUCCEEDED")


def test_a_video_whose_job_can_never_be_queried_fails_with_the_reason(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    video, _ = _in_progress(pipeline)
    tracking.fail_next("GetPersonTracking", "AccessDeniedException", times=6, message="not authorized")

    for _ in range(5):
        assert pipeline.reconcile() == {"not repaired": 1, "missed videos": 0}
    assert pipeline.reconcile()["given up"] == 1

    assert _reason(pipeline, video) == "Gave up after 5 repair attempts. Last error: not authorized"


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerError"])
def test_a_faulty_service_fails_no_video(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, code: str
) -> None:
    video, _ = _in_progress(pipeline)
    before = pipeline.meta(video)
    tracking.fail_next("GetPersonTracking", code, times=7, status=500)

    for _ in range(7):
        assert pipeline.reconcile() == {"not repaired": 1, "missed videos": 0}

    assert pipeline.meta(video) == before


def test_an_unreadable_record_does_not_hide_the_others(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    broken, _ = _in_progress(pipeline)
    key = {"PK": {"S": f"VIDEO#{broken.id}"}, "SK": {"S": "META"}}
    pipeline.dynamodb.update_item(TableName=pipeline.table, Key=key, UpdateExpression="REMOVE VersionId")
    video = pipeline.upload("b.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "IN_PROGRESS")
    tracking.finish(pipeline.job_of(video))

    assert pipeline.reconcile() == {"collected again": 1, "missed videos": 0}


def _set_repairs(pipeline: EmbeddedPipeline, video: Video, repairs: int) -> None:
    pipeline.dynamodb.update_item(
        TableName=pipeline.table,
        Key={"PK": {"S": f"VIDEO#{video.id}"}, "SK": {"S": "META"}},
        UpdateExpression="SET Repairs = :repairs",
        ExpressionAttributeValues={":repairs": {"N": str(repairs)}},
    )


def _set_back(pipeline: EmbeddedPipeline, video: Video, name: str, hours: float) -> None:
    """Move a time in META back, or to now."""
    pipeline.dynamodb.update_item(
        TableName=pipeline.table,
        Key={"PK": {"S": f"VIDEO#{video.id}"}, "SK": {"S": "META"}},
        UpdateExpression=f"SET {name} = :then",
        ExpressionAttributeValues={":then": {"S": iso(time.time() - hours * 3600)}},
    )


def test_a_running_job_is_not_failed_for_the_time_its_video_waited(pipeline: EmbeddedPipeline) -> None:
    video, _ = _in_progress(pipeline)
    _set_back(pipeline, video, "SubmittedAt", hours=100)
    _set_back(pipeline, video, "StartedAt", hours=24)

    assert pipeline.reconcile() == {"left alone": 1, "missed videos": 0}


def test_a_job_running_longer_than_allowed_fails_its_video(pipeline: EmbeddedPipeline) -> None:
    video, _ = _in_progress(pipeline)
    _set_back(pipeline, video, "StartedAt", hours=26)

    assert pipeline.reconcile()["given up"] == 1

    assert _reason(pipeline, video) == "The tracking job was still running after 25 hours."


def test_repairs_of_the_submission_do_not_count_against_the_collection(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "AccessDeniedException")
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: len(tracking.calls) == 1)
    _lose_messages(pipeline, pipeline.upload_queue)
    pipeline.reconcile()

    pipeline.run_until(lambda: pipeline.status(video) == "IN_PROGRESS")

    assert "Repairs" not in (pipeline.meta(video) or {})


def test_a_video_that_moved_on_during_the_repair_is_not_failed(
    faulty_pipeline: EmbeddedPipeline, proxy: FaultyProxy
) -> None:
    pipeline = faulty_pipeline
    video, _ = _in_progress(pipeline)
    _set_back(pipeline, video, "StartedAt", hours=26)

    def change_before_it_is_failed(call: Call) -> None:
        if call.operation.endswith("UpdateItem") and b"STATUS#FAILED" in call.body:
            _set_back(pipeline, video, "UpdatedAt", hours=0)

    proxy.faults.append(change_before_it_is_failed)

    assert pipeline.reconcile() == {"left alone": 1, "missed videos": 0}
    assert pipeline.status(video) == "IN_PROGRESS"
    assert pipeline.announcements() == []


def test_a_collection_given_up_while_it_ran_is_still_announced_as_ready(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    video, job = _in_progress(pipeline)
    answers: list[dict[str, int]] = []

    def give_up_in_the_middle(_: Job) -> None:
        if not answers:
            answers.append({})
            _set_repairs(pipeline, video, 5)
            answers.append(pipeline.reconcile())

    tracking.before_page = give_up_in_the_middle
    pipeline.complete(job)
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    assert answers[1] == {"given up": 1, "missed videos": 0}
    kinds = [event["detail-type"] for event in pipeline.announcements()]
    assert kinds == ["Person Tracking Failed", "Person Tracks Ready"]


def test_a_collection_given_up_is_announced_as_ready_when_its_message_is_sent_again(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    video, job = _in_progress(pipeline)
    tracking.finish(job)
    _set_repairs(pipeline, video, 5)
    assert pipeline.reconcile()["given up"] == 1

    pipeline.publish(job)
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    kinds = [event["detail-type"] for event in pipeline.announcements()]
    assert kinds == ["Person Tracking Failed", "Person Tracks Ready"]
    assert not [name for name in pipeline.objects(video) if name.startswith("parts/")]


def test_a_collection_whose_job_the_service_no_longer_has_runs_again(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    video, job = _in_progress(pipeline)
    tracking.finish(job)
    _set_repairs(pipeline, video, 5)
    assert pipeline.reconcile()["given up"] == 1
    # Its message is sent again after the service has deleted the job.
    pipeline.publish(job)
    del tracking.jobs[job.id]
    pipeline.run_until(lambda: pipeline.status(video) == "COLLECTING")
    assert pipeline.waiting(pipeline.collect_queue) == 0
    tracking.after_start = pipeline.complete

    assert pipeline.reconcile() == {"submitted again": 1, "missed videos": 0}
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    assert (pipeline.meta(video) or {})["Attempt"] == 2


def _fail_jobs(pipeline: EmbeddedPipeline, times: int, message: str = OUTAGE) -> None:
    """The next `times` jobs fail with a message, those after them succeed."""
    left = times

    def end(job: Job) -> None:
        nonlocal left
        left -= 1
        pipeline.complete(job, *(("FAILED", message) if left >= 0 else ()))

    pipeline.tracking.after_start = end


def _waits_to_run_again(pipeline: EmbeddedPipeline, video: Video) -> bool:
    return "NotBefore" in (pipeline.meta(video) or {})


def _let_time_pass(pipeline: EmbeddedPipeline, video: Video) -> None:
    """Until the video's next attempt is due."""
    _set_back(pipeline, video, "NotBefore", hours=0)


def _has_more_jobs(pipeline: EmbeddedPipeline, jobs: int) -> bool:
    return len(pipeline.tracking.jobs) > jobs


def _outlast(pipeline: EmbeddedPipeline, video: Video, failures: int) -> None:
    """Let the reconciler run the video again after each of so many failures."""
    for _ in range(failures):
        pipeline.run_until(lambda: _waits_to_run_again(pipeline, video))
        _let_time_pass(pipeline, video)
        jobs = len(pipeline.tracking.jobs)
        assert pipeline.reconcile() == {"retried": 1, "missed videos": 0}
        pipeline.run_until(functools.partial(_has_more_jobs, pipeline, jobs))


@pytest.mark.parametrize(
    "message",
    [OUTAGE, "InternalServerError", "Internal Server Error", "ThrottlingException: Rate exceeded."],
)
def test_a_video_whose_jobs_died_of_the_services_faults_succeeds_without_anybody(
    pipeline: EmbeddedPipeline, message: str
) -> None:
    _fail_jobs(pipeline, 2, message)
    video = pipeline.upload("a.mp4")

    _outlast(pipeline, video, failures=2)
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    meta = pipeline.meta(video)
    assert meta is not None
    assert (meta["Attempt"], meta["AutomaticRetries"]) == (3, 2)
    assert "StatusMessage" not in meta
    assert [event["detail-type"] for event in pipeline.announcements()] == ["Person Tracks Ready"]


def test_until_the_last_automatic_retry_the_status_is_not_final_and_says_when_it_runs_again(
    pipeline: EmbeddedPipeline,
) -> None:
    _fail_jobs(pipeline, 1)
    video = pipeline.upload("a.mp4")

    pipeline.run_until(lambda: _waits_to_run_again(pipeline, video))

    meta = pipeline.meta(video)
    assert meta is not None
    assert meta["Status"] == "SUBMITTING"
    assert meta["StatusMessage"] == f"Waiting to run again after {meta['NotBefore']}: {OUTAGE}"
    assert pipeline.announcements() == []


def test_after_the_last_automatic_retry_a_video_fails_with_the_reason(pipeline: EmbeddedPipeline) -> None:
    _fail_jobs(pipeline, 100)
    video = pipeline.upload("a.mp4")

    _outlast(pipeline, video, failures=MOST_RETRIES)
    pipeline.run_until(lambda: pipeline.status(video) == "FAILED")

    assert _reason(pipeline, video) == OUTAGE
    assert (pipeline.meta(video) or {})["AutomaticRetries"] == MOST_RETRIES
    assert len(pipeline.tracking.jobs) == 1 + MOST_RETRIES
    assert pipeline.reconcile() == {"missed videos": 0}
    assert [event["detail-type"] for event in pipeline.announcements()] == ["Person Tracking Failed"]


def test_each_automatic_retry_waits_longer_than_the_one_before(pipeline: EmbeddedPipeline) -> None:
    _fail_jobs(pipeline, 100)
    video = pipeline.upload("a.mp4")
    waits = []

    for _ in WAITS_MINUTES:
        pipeline.run_until(lambda: _waits_to_run_again(pipeline, video))
        meta = pipeline.meta(video) or {}
        waits.append(round((epoch(meta["NotBefore"]) - epoch(meta["SubmittedAt"])) / 60))
        _outlast(pipeline, video, failures=1)

    assert waits == list(WAITS_MINUTES) == sorted(set(waits))


def test_an_automatic_retry_is_not_submitted_before_its_time(pipeline: EmbeddedPipeline) -> None:
    _fail_jobs(pipeline, 1)
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: _waits_to_run_again(pipeline, video))
    before = pipeline.meta(video)

    assert pipeline.reconcile() == {"left alone": 1, "missed videos": 0}
    # Its upload event and the failed job's completion are delivered again.
    _send_upload_event(pipeline, video)
    pipeline.publish(pipeline.job_of(video))
    pipeline.run_until(lambda: pipeline.waiting(pipeline.upload_queue) == 0)
    pipeline.run_until(lambda: pipeline.waiting(pipeline.collect_queue) == 0)

    assert pipeline.meta(video) == before
    assert len(pipeline.tracking.jobs) == 1


def test_a_job_that_ended_with_error_runs_again(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    video, job = _in_progress(pipeline)
    tracking.finish(job, "FAILED", "The video could not be processed.")
    pipeline.publish(job, status="ERROR")

    pipeline.run_until(lambda: _waits_to_run_again(pipeline, video))


def test_a_service_fault_whose_message_was_lost_runs_again_too(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    video, job = _in_progress(pipeline)
    tracking.finish(job, "FAILED", OUTAGE)

    assert pipeline.reconcile() == {"collected again": 1, "missed videos": 0}
    pipeline.run_until(lambda: _waits_to_run_again(pipeline, video))


def test_a_video_that_is_at_fault_itself_is_not_run_again(pipeline: EmbeddedPipeline) -> None:
    _fail_jobs(pipeline, 1, "Unsupported codec/format.")
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "FAILED")

    assert pipeline.reconcile() == {"missed videos": 0}

    assert _reason(pipeline, video) == "Unsupported codec/format."
    assert len(pipeline.tracking.jobs) == 1


def test_a_redrive_runs_a_waiting_video_at_once_and_its_automatic_retries_start_anew(
    pipeline: EmbeddedPipeline,
) -> None:
    _fail_jobs(pipeline, 3)
    video = pipeline.upload("a.mp4")
    _outlast(pipeline, video, failures=1)
    pipeline.run_until(lambda: _waits_to_run_again(pipeline, video))
    assert (pipeline.meta(video) or {})["AutomaticRetries"] == 2

    run_again(target_of(pipeline), video.key)
    pipeline.run_until(lambda: len(pipeline.tracking.jobs) == 3)
    pipeline.run_until(lambda: _waits_to_run_again(pipeline, video))
    assert (pipeline.meta(video) or {})["AutomaticRetries"] == 1
    _outlast(pipeline, video, failures=1)
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")


def test_a_newer_upload_takes_the_place_of_one_that_waits_to_run_again(
    unversioned_pipeline: EmbeddedPipeline,
) -> None:
    pipeline = unversioned_pipeline
    _fail_jobs(pipeline, 1)
    video = pipeline.upload("a.mp4", b"one")
    pipeline.run_until(lambda: _waits_to_run_again(pipeline, video))

    pipeline.upload("a.mp4", b"two")
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    assert "AutomaticRetries" not in (pipeline.meta(video) or {})
    assert pipeline.reconcile() == {"missed videos": 0}
    assert len(pipeline.tracking.jobs) == 2


def test_a_video_waiting_to_run_again_is_forgotten_at_once(
    pipeline: EmbeddedPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.commands.forget._SUBMITTING_SECONDS", 0)
    monkeypatch.setattr("tools.commands.forget._QUIET_SECONDS", 0)
    _fail_jobs(pipeline, 1)
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: _waits_to_run_again(pipeline, video))
    attempts = Attempts()

    forget(target_of(pipeline), video.key, Progress(StringIO()), attempts)

    assert attempts.failures == []
    assert pipeline.meta(video) is None
    assert pipeline.reconcile() == {"missed videos": 0}


def test_a_due_retry_that_is_forgotten_or_begun_meanwhile_is_not_counted(
    faulty_pipeline: EmbeddedPipeline, proxy: FaultyProxy
) -> None:
    pipeline = faulty_pipeline
    _fail_jobs(pipeline, 1)
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: _waits_to_run_again(pipeline, video))
    _let_time_pass(pipeline, video)

    def forget_before_it_is_counted(call: Call) -> None:
        if call.operation.endswith("UpdateItem") and b"Repairs" in call.body:
            key = {"PK": {"S": f"VIDEO#{video.id}"}, "SK": {"S": "META"}}
            pipeline.dynamodb.delete_item(TableName=pipeline.table, Key=key)

    proxy.faults.append(forget_before_it_is_counted)

    assert pipeline.reconcile()["left alone"] == 1
    assert pipeline.meta(video) is None


def test_a_video_whose_jobs_keep_disappearing_fails_in_the_end(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    video = pipeline.upload("a.mp4")
    for _ in range(MOST_RETRIES):
        pipeline.run_until(lambda: pipeline.status(video) == "IN_PROGRESS")
        del tracking.jobs[pipeline.job_of(video).id]
        assert pipeline.reconcile()["submitted again"] == 1
    pipeline.run_until(lambda: pipeline.status(video) == "IN_PROGRESS")
    del tracking.jobs[pipeline.job_of(video).id]

    assert pipeline.reconcile()["given up"] == 1

    assert _reason(pipeline, video) == "The tracking service no longer has this job: Could not find JobId"

"""Whatever fell out of the stream of messages is found, and put back or failed with a reason."""

from __future__ import annotations

import time

import pytest

from pipeline.runtime.clock import iso
from pipeline.video import Video
from testing.faulty_proxy import Call, FaultyProxy
from testing.pipeline_environment import PipelineRoom
from testing.scripted_rekognition import Job, People, ScriptedTracking


def _lose_messages(room: PipelineRoom, queue_url: str) -> None:
    room.sqs.purge_queue(QueueUrl=queue_url)


def _in_progress(room: PipelineRoom) -> tuple[Video, Job]:
    video = room.upload("a.mp4")
    room.run_until(lambda: room.status(video) == "IN_PROGRESS")
    return video, room.job_of(video)


def _reason(room: PipelineRoom, video: Video) -> str:
    meta = room.meta(video)
    assert meta is not None
    assert meta["Status"] == "FAILED"
    return meta["StatusMessage"]


def test_a_job_whose_completion_message_was_lost_is_collected(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    video, job = _in_progress(room)
    tracking.finish(job)

    assert room.reconcile() == {"collected again": 1, "missed videos": 0}
    room.run_until(lambda: room.status(video) == "SUCCEEDED")


def test_a_job_that_failed_unheard_fails_its_video_with_its_reason(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    video, job = _in_progress(room)
    tracking.finish(job, "FAILED", "Unsupported codec/format.")

    room.reconcile()
    room.run_until(lambda: room.status(video) == "FAILED")

    assert _reason(room, video) == "Unsupported codec/format."


def test_a_job_still_running_is_left_alone(room: PipelineRoom) -> None:
    video, _ = _in_progress(room)
    before = room.meta(video)

    assert room.reconcile() == {"left alone": 1, "missed videos": 0}
    assert room.meta(video) == before


def test_a_video_whose_upload_event_was_lost_is_submitted(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.after_start = room.complete
    videos = [room.upload("größe + 🚶.MP4"), room.upload("a.mp4", b"one"), room.upload("a.mp4", b"two")]
    room.upload("notes.txt")
    _lose_messages(room, room.uploads)

    assert room.reconcile() == {"missed videos": 3}
    room.run_until(lambda: all(room.status(video) == "SUCCEEDED" for video in videos))

    assert len(tracking.jobs) == 3
    assert room.reconcile() == {"missed videos": 0}


def test_a_bucket_of_more_than_a_page_is_gone_through(
    room: PipelineRoom, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.reconciliation.missed_videos._PAGE", 2)
    for number in range(5):
        room.upload(f"{number}.mp4")
    _lose_messages(room, room.uploads)

    assert room.reconcile() == {"missed videos": 5}


def test_a_submission_whose_message_is_gone_is_sent_again(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "AccessDeniedException", message="not authorized")
    video = room.upload("a.mp4")
    room.run_until(lambda: len(tracking.calls) == 1)
    _lose_messages(room, room.uploads)
    tracking.after_start = room.complete

    assert room.reconcile() == {"submitted again": 1, "missed videos": 0}
    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    assert len(tracking.jobs) == 1


def test_a_collection_whose_message_is_gone_is_taken_up_again(
    faulty_room: PipelineRoom, proxy: FaultyProxy, tracking: ScriptedTracking
) -> None:
    room = faulty_room
    video, job = _in_progress(room)
    proxy.fail(f"PUT /{room.results}/", "AccessDenied", times=1, status=403)
    room.complete(job)
    room.run_until(lambda: "StatusMessage" in (room.meta(video) or {}))
    assert room.status(video) == "COLLECTING"
    _lose_messages(room, room.collects)

    assert room.reconcile() == {"collected again": 1, "missed videos": 0}
    room.run_until(lambda: room.status(video) == "SUCCEEDED")


def test_a_job_the_service_does_not_know_any_more_is_run_again(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    video, job = _in_progress(room)
    del tracking.jobs[job.id]
    tracking.after_start = room.complete

    assert room.reconcile() == {"submitted again": 1, "missed videos": 0}
    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    meta = room.meta(video)
    assert meta is not None
    assert meta["Attempt"] == 2
    assert meta["PreviousJobIds"] == {job.id}


def test_what_cannot_be_mended_fails_with_the_last_reason(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "AccessDeniedException", times=100, message="not authorized")
    video = room.upload("a.mp4")
    room.run_until(lambda: len(tracking.calls) == 1)
    for _ in range(5):
        _lose_messages(room, room.uploads)
        assert room.reconcile()["submitted again"] == 1
    _lose_messages(room, room.uploads)

    assert room.reconcile()["given up"] == 1

    assert _reason(room, video) == "Given up after 5 repairs: not authorized"
    assert [event["detail-type"] for event in room.announcements()] == ["Person Tracking Failed"]


def test_what_was_given_up_runs_again_when_its_event_comes_once_more(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "AccessDeniedException", times=3, message="not authorized")
    video = room.upload("a.mp4")
    room.run_until(lambda: room.waiting(room.upload_letters) == 1)
    for _ in range(6):
        room.reconcile()
        _lose_messages(room, room.uploads)
    assert room.status(video) == "FAILED"
    tracking.after_start = room.complete

    # As SQS's own redrive does: the same body, a new message.
    (letter,) = room.sqs.receive_message(QueueUrl=room.upload_letters)["Messages"]
    room.sqs.send_message(QueueUrl=room.uploads, MessageBody=letter["Body"])
    room.run_until(lambda: room.status(video) == "SUCCEEDED")


@pytest.mark.parametrize(
    ("retention_days", "age_days", "missed"), [(2, 1, 1), (2, 3, 0), (30, 6, 1), (30, 8, 0)]
)
def test_only_videos_of_the_last_week_and_within_the_retention_are_taken_for_missed(
    room: PipelineRoom, monkeypatch: pytest.MonkeyPatch, retention_days: int, age_days: int, missed: int
) -> None:
    monkeypatch.setenv("RETENTION_DAYS", str(retention_days))
    room.upload("a.mp4")
    _lose_messages(room, room.uploads)
    now = time.time() + age_days * 86_400
    monkeypatch.setattr("pipeline.reconciliation.missed_videos.time.time", lambda: now)

    assert room.reconcile() == {"missed videos": missed}


def test_uploads_waiting_for_their_turn_are_not_taken_for_stuck(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "LimitExceededException", times=100)
    video = room.upload("a.mp4")
    room.run_until(lambda: room.status(video) == "SUBMITTING")
    unseen = room.upload("b.mp4")
    before = room.meta(video)

    for _ in range(6):
        assert room.reconcile() == {"missed videos": 0}

    assert room.meta(video) == before
    assert room.meta(unseen) is None
    assert room.waiting(room.uploads) == 2


def test_collections_waiting_for_their_turn_are_not_taken_for_stuck(
    faulty_room: PipelineRoom, proxy: FaultyProxy, tracking: ScriptedTracking
) -> None:
    room = faulty_room
    begun, job = _in_progress(room)
    proxy.fail(f"PUT /{room.results}/", "AccessDenied", times=1, status=403)
    room.complete(job)
    room.run_until(lambda: "StatusMessage" in (room.meta(begun) or {}))
    waiting = room.upload("b.mp4")
    room.run_until(lambda: room.status(waiting) == "IN_PROGRESS")
    room.complete(room.job_of(waiting))
    before = [room.meta(video) for video in (begun, waiting)]
    messages = room.waiting(room.collects)

    for _ in range(6):
        assert room.reconcile() == {"left alone": 2, "missed videos": 0}

    assert [room.meta(video) for video in (begun, waiting)] == before
    assert room.waiting(room.collects) == messages


def test_a_submission_that_waits_again_has_its_repairs_forgotten(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "AccessDeniedException")
    tracking.fail_next("StartPersonTracking", "LimitExceededException")
    video = room.upload("a.mp4")
    room.run_until(lambda: len(tracking.calls) == 1)
    _lose_messages(room, room.uploads)
    room.reconcile()
    assert (room.meta(video) or {})["Repairs"] == 1

    room.run_until(lambda: len(tracking.calls) == 2)

    assert "Repairs" not in (room.meta(video) or {})


def test_a_collection_that_gets_further_has_its_repairs_forgotten(
    room: PipelineRoom, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKPOINT_SECONDS", "0")
    tracking.people = People(3, 1000)
    video, job = _in_progress(room)
    tracking.finish(job)
    room.reconcile()
    repairs: list[int] = []
    tracking.before_page = lambda _: repairs.append((room.meta(video) or {}).get("Repairs", 0))

    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    assert (repairs[0], repairs[-1]) == (1, 0)


def test_a_video_that_cannot_be_mended_stops_none_of_the_others(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    first, job = _in_progress(room)
    second = room.upload("b.mp4")
    room.run_until(lambda: room.status(second) == "IN_PROGRESS")
    missed = room.upload("c.mp4")
    _lose_messages(room, room.uploads)
    tracking.finish(job)
    tracking.finish(room.job_of(second))
    tracking.fail_next("GetPersonTracking", "AccessDeniedException", message="not authorized")

    assert room.reconcile() == {"not repaired": 1, "collected again": 1, "missed videos": 1}

    # The longest untouched is asked about first.
    meta = room.meta(first)
    assert meta is not None
    assert (meta["Repairs"], meta["StatusMessage"]) == (1, "not authorized")
    tracking.after_start = room.complete
    room.run_until(lambda: room.status(second) == room.status(missed) == "SUCCEEDED")
    assert room.reconcile()["collected again"] == 1
    room.run_until(lambda: room.status(first) == "SUCCEEDED")


def test_a_video_that_can_never_be_asked_about_fails_with_the_reason(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    video, _ = _in_progress(room)
    tracking.fail_next("GetPersonTracking", "AccessDeniedException", times=6, message="not authorized")

    for _ in range(5):
        assert room.reconcile() == {"not repaired": 1, "missed videos": 0}
    assert room.reconcile()["given up"] == 1

    assert _reason(room, video) == "Given up after 5 repairs: not authorized"


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerError"])
def test_a_service_that_is_unwell_fails_no_video(
    room: PipelineRoom, tracking: ScriptedTracking, code: str
) -> None:
    video, _ = _in_progress(room)
    before = room.meta(video)
    tracking.fail_next("GetPersonTracking", code, times=7, status=500)

    for _ in range(7):
        assert room.reconcile() == {"not repaired": 1, "missed videos": 0}

    assert room.meta(video) == before


def test_a_meta_that_cannot_be_read_hides_none_of_the_others(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    broken, _ = _in_progress(room)
    key = {"PK": {"S": f"VIDEO#{broken.id}"}, "SK": {"S": "META"}}
    room.dynamodb.update_item(TableName=room.table, Key=key, UpdateExpression="REMOVE VersionId")
    video = room.upload("b.mp4")
    room.run_until(lambda: room.status(video) == "IN_PROGRESS")
    tracking.finish(room.job_of(video))

    assert room.reconcile() == {"collected again": 1, "missed videos": 0}


def _set_repairs(room: PipelineRoom, video: Video, repairs: int) -> None:
    room.dynamodb.update_item(
        TableName=room.table,
        Key={"PK": {"S": f"VIDEO#{video.id}"}, "SK": {"S": "META"}},
        UpdateExpression="SET Repairs = :repairs",
        ExpressionAttributeValues={":repairs": {"N": str(repairs)}},
    )


def _set_back(room: PipelineRoom, video: Video, name: str, hours: float) -> None:
    """As if what META says of `name` had been that much earlier."""
    room.dynamodb.update_item(
        TableName=room.table,
        Key={"PK": {"S": f"VIDEO#{video.id}"}, "SK": {"S": "META"}},
        UpdateExpression=f"SET {name} = :then",
        ExpressionAttributeValues={":then": {"S": iso(time.time() - hours * 3600)}},
    )


def test_a_running_job_is_not_failed_for_the_time_its_video_waited(room: PipelineRoom) -> None:
    video, _ = _in_progress(room)
    _set_back(room, video, "SubmittedAt", hours=100)
    _set_back(room, video, "StartedAt", hours=24)

    assert room.reconcile() == {"left alone": 1, "missed videos": 0}


def test_a_job_running_for_longer_than_any_may_fails_its_video(room: PipelineRoom) -> None:
    video, _ = _in_progress(room)
    _set_back(room, video, "StartedAt", hours=26)

    assert room.reconcile()["given up"] == 1

    assert _reason(room, video) == "The tracking job was still running after 25 hours."


def test_submitting_again_is_not_held_against_the_job(room: PipelineRoom, tracking: ScriptedTracking) -> None:
    tracking.fail_next("StartPersonTracking", "AccessDeniedException")
    video = room.upload("a.mp4")
    room.run_until(lambda: len(tracking.calls) == 1)
    _lose_messages(room, room.uploads)
    room.reconcile()

    room.run_until(lambda: room.status(video) == "IN_PROGRESS")

    assert "Repairs" not in (room.meta(video) or {})


def test_a_video_that_moved_on_while_the_reconciler_looked_is_not_failed(
    faulty_room: PipelineRoom, proxy: FaultyProxy
) -> None:
    room = faulty_room
    video, _ = _in_progress(room)
    _set_back(room, video, "StartedAt", hours=26)

    def touch_before_it_is_failed(call: Call) -> None:
        if call.operation.endswith("UpdateItem") and b"STATUS#FAILED" in call.body:
            _set_back(room, video, "UpdatedAt", hours=0)

    proxy.faults.append(touch_before_it_is_failed)

    assert room.reconcile() == {"left alone": 1, "missed videos": 0}
    assert room.status(video) == "IN_PROGRESS"
    assert room.announcements() == []


def test_a_collection_given_up_while_it_ran_is_announced_as_ready_all_the_same(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    video, job = _in_progress(room)
    answers = []

    def give_up_in_the_middle(_: Job) -> None:
        if not answers:
            answers.append({})
            _set_repairs(room, video, 5)
            answers.append(room.reconcile())

    tracking.before_page = give_up_in_the_middle
    room.complete(job)
    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    assert answers[1] == {"given up": 1, "missed videos": 0}
    kinds = [event["detail-type"] for event in room.announcements()]
    assert kinds == ["Person Tracking Failed", "Person Tracks Ready"]


def test_a_collection_that_was_given_up_is_announced_as_ready_when_its_message_comes_once_more(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    video, job = _in_progress(room)
    tracking.finish(job)
    _set_repairs(room, video, 5)
    assert room.reconcile()["given up"] == 1

    room.publish(job)
    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    kinds = [event["detail-type"] for event in room.announcements()]
    assert kinds == ["Person Tracking Failed", "Person Tracks Ready"]
    assert not [name for name in room.objects(video) if name.startswith("parts/")]


def test_a_collection_whose_jobs_results_are_gone_is_run_again(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    video, job = _in_progress(room)
    tracking.finish(job)
    _set_repairs(room, video, 5)
    assert room.reconcile()["given up"] == 1
    # Its message is sent again when the service has long forgotten the job.
    room.publish(job)
    del tracking.jobs[job.id]
    room.run_until(lambda: room.status(video) == "COLLECTING")
    assert room.waiting(room.collects) == 0
    tracking.after_start = room.complete

    assert room.reconcile() == {"submitted again": 1, "missed videos": 0}
    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    assert (room.meta(video) or {})["Attempt"] == 2

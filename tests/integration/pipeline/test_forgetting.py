"""Nothing is left of a forgotten video."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from pipeline.video import Video
from testing.clips import make_clip
from testing.faulty_proxy import Answer, Call, FaultyProxy
from testing.pipeline_environment import EmbeddedPipeline
from testing.poison import poison_bodies
from testing.scripted_rekognition import People, ScriptedTracking
from tests.integration.pipeline.target import target_of
from tools.attempts import Attempts
from tools.commands.drop import drop
from tools.commands.forget import forget as forget_with
from tools.errors import ToolError
from tools.progress import Progress
from tools.target import Target


def _quiet() -> Progress:
    return Progress(StringIO())


def forget(target: Target, key: str) -> int:
    """Forget it wholly; how many things were deleted."""
    attempts = Attempts()
    deleted = forget_with(target, key, _quiet(), attempts)
    assert attempts.failures == []
    return deleted


def _left_of(pipeline: EmbeddedPipeline, video: Video) -> tuple[list[str], list[str]]:
    """Sort keys of the items, and names of the objects, of a video."""
    items = [item["SK"] for prefix in "MPT" for item in pipeline.items(video, prefix)]
    return items, pipeline.objects(video)


def _collected(pipeline: EmbeddedPipeline, tracking: ScriptedTracking, key: str = "a.mp4") -> Video:
    tracking.after_start = pipeline.complete
    video = pipeline.upload(key)
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")
    assert all(len(left) > 3 for left in _left_of(pipeline, video))
    return video


def _everything_of(pipeline: EmbeddedPipeline, video: Video) -> Iterator[str]:
    return (thing for thing in _everything(target_of(pipeline)) if video.id in thing or video.key in thing)


def _everything(target: Target) -> Iterator[str]:
    """All that the stack stores, as text: objects by name, items whole, messages that are waiting."""
    for output, name in target.outputs.items():
        if output.endswith("Bucket"):
            for page in target.client("s3").get_paginator("list_object_versions").paginate(Bucket=name):
                for found in page.get("Versions", []) + page.get("DeleteMarkers", []):
                    yield f"{name}/{found['Key']}"
        elif output.endswith("Table"):
            for page in target.client("dynamodb").get_paginator("scan").paginate(TableName=name):
                for item in page["Items"]:
                    yield json.dumps(item, ensure_ascii=False, default=str)
        elif output.endswith(("Queue", "DeadLetters")):
            received = target.client("sqs").receive_message(
                QueueUrl=name, MaxNumberOfMessages=10, VisibilityTimeout=0
            )
            yield from (message["Body"] for message in received.get("Messages", []))


def test_nothing_is_left_of_a_forgotten_video_on_the_real_stack(stack: Target, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "forget me.mp4")
    kept = make_clip(tmp_path / "remember me.mp4", frames=30)
    found = drop(stack, clip, _quiet())
    drop(stack, kept, _quiet())
    names = ("forget me", found.meta["PK"].removeprefix("VIDEO#"), found.meta["JobId"])
    before = list(_everything(stack))
    assert all(any(name in thing for thing in before) for name in names)

    forget(stack, clip.name)

    left = [thing for thing in _everything(stack) if any(name in thing for name in names)]
    assert left == []
    assert any("remember me" in thing for thing in _everything(stack))


def test_every_version_is_forgotten_and_a_name_that_only_begins_the_same_is_not(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.after_start = pipeline.complete
    first, second, other = (
        pipeline.upload("a.mp4", b"1"),
        pipeline.upload("a.mp4", b"2"),
        pipeline.upload("a.mp4.mp4", b"3"),
    )
    pipeline.run_until(lambda: all(pipeline.status(video) == "SUCCEEDED" for video in (first, second, other)))

    forget(target_of(pipeline), "a.mp4")

    for video in (first, second):
        assert pipeline.meta(video) is None
        assert [item for prefix in "PT" for item in pipeline.items(video, prefix)] == []
        assert pipeline.objects(video) == []
    assert pipeline.status(other) == "SUCCEEDED"
    assert len(pipeline.objects(other)) > 0


def test_a_video_whose_event_is_a_dead_letter_is_forgotten_with_it(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "AccessDeniedException", times=3)
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.waiting(pipeline.upload_dead_letter_queue) == 1)

    forget(target_of(pipeline), "a.mp4")

    assert pipeline.meta(video) is None
    assert pipeline.waiting(pipeline.upload_dead_letter_queue) == 0


def test_a_video_being_collected_is_forgotten_and_does_not_come_back(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "IN_PROGRESS")
    forgotten: list[object] = []

    def forget_in_the_middle(_: object) -> None:
        if not forgotten:
            forgotten.append(forget(target_of(pipeline), "a.mp4"))

    tracking.before_page = forget_in_the_middle
    pipeline.complete(pipeline.job_of(video))
    pipeline.run_until(lambda: bool(forgotten))
    pipeline.run_until(lambda: pipeline.waiting(pipeline.collect_queue) == 0)
    pipeline.reconcile()

    assert pipeline.meta(video) is None
    assert pipeline.waiting(pipeline.upload_queue) == 0
    # What the invocation wrote after that is gone too.
    assert [item for prefix in "PT" for item in pipeline.items(video, prefix)] == []
    assert pipeline.objects(video) == []


def test_nothing_is_left_when_the_job_is_deleted_during_the_collection(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.people = People(4, 1000)
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "IN_PROGRESS")
    job = pipeline.job_of(video)
    pages = [0]

    def forget_before_the_second_page(_: object) -> None:
        pages[0] += 1
        if pages[0] == 2:
            forget(target_of(pipeline), "a.mp4")
            del tracking.jobs[job.id]

    tracking.before_page = forget_before_the_second_page
    pipeline.complete(job)
    pipeline.run_until(lambda: pages[0] == 2)
    pipeline.run_until(lambda: pipeline.waiting(pipeline.collect_queue) == 0)

    # The first person was written after that, before the collector found the job gone.
    assert pipeline.meta(video) is None
    assert [item for prefix in "PT" for item in pipeline.items(video, prefix)] == []
    assert pipeline.objects(video) == []


def test_an_unknown_name_is_an_error(pipeline: EmbeddedPipeline) -> None:
    with pytest.raises(ToolError, match="Nothing is known"):
        forget(target_of(pipeline), "never.mp4")


def test_forgetting_is_not_undone_by_the_reconciler(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.after_start = pipeline.complete
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    forget(target_of(pipeline), "a.mp4")

    assert pipeline.reconcile() == {"missed videos": 0}
    assert pipeline.meta(Video(pipeline.videos, "a.mp4", video.version)) is None


def test_poison_messages_stop_no_forgetting_and_stay_where_they_are(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.commands.forget._QUIET_SECONDS", 0)
    video = _collected(pipeline, tracking)
    for body in poison_bodies(video).values():
        for queue in (pipeline.upload_dead_letter_queue, pipeline.collect_dead_letter_queue):
            pipeline.sqs.send_message(QueueUrl=queue, MessageBody=body)

    forget(target_of(pipeline), "a.mp4")

    assert _left_of(pipeline, video) == ([], [])
    assert (
        pipeline.waiting(pipeline.upload_dead_letter_queue)
        == pipeline.waiting(pipeline.collect_dead_letter_queue)
        == len(poison_bodies(video))
    )


def test_an_engine_event_about_a_forgotten_videos_job_goes_too(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.commands.forget._QUIET_SECONDS", 0)
    video = _collected(pipeline, tracking)
    for job in (pipeline.job_of(video).id, "another"):
        event = {"detail": {"name": job, "status": "TIMED_OUT", "cause": None}}
        pipeline.sqs.send_message(QueueUrl=pipeline.collect_dead_letter_queue, MessageBody=json.dumps(event))

    forget(target_of(pipeline), "a.mp4")

    assert pipeline.waiting(pipeline.collect_dead_letter_queue) == 1


@pytest.mark.parametrize(
    ("operation", "items_stay", "objects_stay", "name"),
    [
        ("DELETE /{videos}/a.mp4", False, False, "key"),
        ("GET /{videos}?versions", False, False, "key"),
        ("BatchWriteItem", True, False, "id"),
        ("GET /{results}?list-type=2", False, True, "id"),
    ],
)
def test_a_refused_call_stops_nothing_else_and_what_it_left_can_be_forgotten_later(
    pipeline: EmbeddedPipeline,
    proxy: FaultyProxy,
    tracking: ScriptedTracking,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    items_stay: bool,
    objects_stay: bool,
    name: str,
) -> None:
    monkeypatch.setattr("tools.commands.forget._QUIET_SECONDS", 0)
    video = _collected(pipeline, tracking)
    named = operation.format(videos=pipeline.videos, results=pipeline.results)
    proxy.fail(named, "AccessDenied", times=1000, status=403)
    attempts = Attempts()

    forget_with(target_of(pipeline, proxy.url), "a.mp4", _quiet(), attempts)

    assert attempts.failures
    assert all("AccessDenied by the proxy" in failure for failure in attempts.failures)
    items, objects = _left_of(pipeline, video)
    assert (bool(items), bool(objects)) == (items_stay, objects_stay)
    proxy.faults.clear()
    forget(target_of(pipeline, proxy.url), video.id if name == "id" else "a.mp4")
    assert list(_everything_of(pipeline, video)) == []


def test_one_object_that_may_not_be_deleted_is_reported_and_the_others_go(
    pipeline: EmbeddedPipeline,
    proxy: FaultyProxy,
    tracking: ScriptedTracking,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tools.commands.forget._QUIET_SECONDS", 0)
    video = _collected(pipeline, tracking)
    denied = f"tracks/{video.id}/manifest.json"

    def deny(call: Call) -> Answer | None:
        if not call.operation.startswith(f"POST /{pipeline.results}?delete"):
            return None
        keys = [key for key in re.findall("<Key>(.*?)</Key>", call.body.decode()) if key != denied]
        if keys:
            pipeline.s3.delete_objects(
                Bucket=pipeline.results, Delete={"Objects": [{"Key": key} for key in keys]}
            )
        error = f"<Error><Key>{denied}</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        return 200, {"Content-Type": "application/xml"}, f"<DeleteResult>{error}</DeleteResult>".encode()

    proxy.faults.append(deny)
    attempts = Attempts()

    forget_with(target_of(pipeline, proxy.url), "a.mp4", _quiet(), attempts)

    assert attempts.failures == [f"deleting s3://{pipeline.results}/{denied}: Access Denied"]
    assert _left_of(pipeline, video) == ([], ["manifest.json"])


def test_a_call_refused_for_a_while_is_made_again(
    pipeline: EmbeddedPipeline,
    proxy: FaultyProxy,
    tracking: ScriptedTracking,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tools.commands.forget._QUIET_SECONDS", 0)
    video = _collected(pipeline, tracking)
    proxy.fail(f"POST /{pipeline.results}?delete", "AccessDenied", times=1, status=403)
    proxy.fail(f"DELETE /{pipeline.videos}/a.mp4", "AccessDenied", times=1, status=403)

    forget(target_of(pipeline, proxy.url), "a.mp4")

    assert _left_of(pipeline, video) == ([], [])


def test_a_queue_that_is_missing_is_reported_and_all_else_is_forgotten(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.commands.forget._QUIET_SECONDS", 0)
    video = _collected(pipeline, tracking)
    completion = {"JobId": pipeline.job_of(video).id, "Status": "SUCCEEDED", "JobTag": video.id}
    pipeline.sqs.send_message(QueueUrl=pipeline.upload_dead_letter_queue, MessageBody=json.dumps(completion))
    pipeline.sqs.delete_queue(QueueUrl=pipeline.collect_dead_letter_queue)
    attempts = Attempts()

    forget_with(target_of(pipeline), "a.mp4", _quiet(), attempts)

    (failure,) = attempts.failures
    assert failure.startswith("reading the dead-letter queue of Collect: ")
    assert _left_of(pipeline, video) == ([], [])
    assert pipeline.waiting(pipeline.upload_dead_letter_queue) == 0


def test_a_message_about_another_video_too_stays_and_is_reported(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.commands.forget._QUIET_SECONDS", 0)
    tracking.after_start = pipeline.complete
    videos = [pipeline.upload(name) for name in ("a.mp4", "b.mp4")]
    pipeline.run_until(lambda: all(pipeline.status(video) == "SUCCEEDED" for video in videos))
    records = [
        {
            "eventName": "ObjectCreated:Put",
            "s3": {
                "bucket": {"name": pipeline.videos},
                "object": {"key": video.key, "versionId": video.version},
            },
        }
        for video in videos
    ]
    pipeline.sqs.send_message(
        QueueUrl=pipeline.upload_dead_letter_queue, MessageBody=json.dumps({"Records": records})
    )
    attempts = Attempts()

    forget_with(target_of(pipeline), "a.mp4", _quiet(), attempts)

    (failure,) = attempts.failures
    assert failure.endswith("it is also about other videos: redrive it first")
    assert pipeline.waiting(pipeline.upload_dead_letter_queue) == 1


@pytest.mark.parametrize("key", ["", "k" * 1025, "\udcff.mp4"])
def test_what_can_be_no_key_is_refused(pipeline: EmbeddedPipeline, key: str) -> None:
    with pytest.raises(ToolError, match="cannot be the key of an object"):
        forget(target_of(pipeline), key)

"""Nothing is left of a forgotten video."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from pipeline.video import Video
from testing.clips import make_clip
from testing.pipeline_environment import EmbeddedPipeline
from testing.scripted_rekognition import People, ScriptedTracking
from tests.integration.pipeline.test_redriving import target_of
from tools.commands.drop import drop
from tools.commands.forget import forget
from tools.errors import LocalError
from tools.progress import Progress
from tools.target import Target


def _quiet() -> Progress:
    return Progress(StringIO())


def _everything(target: Target) -> Iterator[str]:
    """All that the stack stores, as text: objects by name, whole items, messages in queues."""
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

    forget(stack, clip.name, _quiet())

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

    forget(target_of(pipeline), "a.mp4", _quiet())

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

    forget(target_of(pipeline), "a.mp4", _quiet())

    assert pipeline.meta(video) is None
    assert pipeline.waiting(pipeline.upload_dead_letter_queue) == 0


def test_a_video_being_collected_is_forgotten_and_does_not_come_back(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "IN_PROGRESS")
    forgotten = []

    def forget_in_the_middle(_: object) -> None:
        if not forgotten:
            forgotten.append(forget(target_of(pipeline), "a.mp4", _quiet()))

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
            forget(target_of(pipeline), "a.mp4", _quiet())
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
    with pytest.raises(LocalError, match="Nothing is known"):
        forget(target_of(pipeline), "never.mp4", _quiet())


def test_forgetting_is_not_undone_by_the_reconciler(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.after_start = pipeline.complete
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    forget(target_of(pipeline), "a.mp4", _quiet())

    assert pipeline.reconcile() == {"missed videos": 0}
    assert pipeline.meta(Video(pipeline.videos, "a.mp4", video.version)) is None

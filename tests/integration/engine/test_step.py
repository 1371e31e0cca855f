"""How the workflow's steps answer what no retry can cure: a deleted job, and a video at fault."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import EndpointConnectionError

from engine.analysis.detections import SegmentDetections
from engine.jobs.model import Found, Submission
from engine.jobs.table import JobsTable
from engine.runtime import clients as engine_aws
from engine.storage.workspace import Plan, Workspace
from engine.video.segments import Segment
from infra.models import prepared
from testing.clips import make_clip

_STEPS = ("plan", "detect", "link")


@pytest.fixture
def step(
    handler_of: Callable[[str], Callable[[dict[str, Any]], Any]], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, dict[str, Any]], Any]:
    """Runs a step's handler, fresh, on the embedded AWS."""
    for name, value in {
        "FACES": "off",
        "ENGINE_MODELS": str(prepared()),
        "DETECT_FUNCTIONS": "8",
        "SEGMENTS_AT_ONCE": "4",
        "READERS": "2",
    }.items():
        monkeypatch.setenv(name, value)
    return lambda name, event: handler_of(name)(event)


@pytest.fixture
def jobs(table: Any) -> JobsTable:
    return JobsTable(table)


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize("name", _STEPS[1:])
def test_a_step_writes_nothing_of_a_job_that_is_deleted_meanwhile(
    step: Callable[[str, dict[str, Any]], Any],
    jobs: JobsTable,
    table: Any,
    aws: Any,
    bucket: str,
    tmp_path: Path,
    name: str,
    deleted: bool,
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 3)
    etag = aws.client("s3").put_object(Bucket=bucket, Key="clip.mp4", Body=clip.read_bytes())["ETag"]
    job_id = jobs.accept(Submission(bucket, "clip.mp4", "f"), Found(etag, None), 20)
    workspace = Workspace(aws.client("s3"), bucket, job_id)
    workspace.write_plan(Plan(1.5, Fraction(25), False, [Segment(0, 0, 10_000)]))
    workspace.write_instants(0, np.array([0]))
    workspace.write_detections(0, SegmentDetections.of([0], [], np.zeros((0, 4)), []))
    before = _written(aws, bucket)
    if deleted:
        # The plan is the first that a step reads: from here on it is at work.
        engine_aws.s3().meta.events.register(
            "after-call.s3.GetObject", lambda **_: table.delete_item(Key={"PK": f"JOB#{job_id}"})
        )
        error = {"Error": "NoSuchJobError", "Cause": job_id}
        assert step(name, {"JobId": job_id, "Segment": 0}) == {"JobId": job_id, "Error": error}
        assert _written(aws, bucket) == before
    else:
        assert "Error" not in step(name, {"JobId": job_id, "Segment": 0})
        assert _written(aws, bucket) != before


@pytest.mark.parametrize("name", _STEPS[:2])
def test_a_video_at_fault_is_answered_and_its_reason_kept(
    step: Callable[[str, dict[str, Any]], Any], jobs: JobsTable, aws: Any, bucket: str, name: str
) -> None:
    job_id = _job_of_text(jobs, aws, bucket)
    answer = step(name, {"JobId": job_id, "Segment": 0})
    reason = jobs.find(job_id).video_fault
    assert answer == {"JobId": job_id, "Error": {"Error": "VideoError", "Cause": reason}}
    assert reason is not None
    assert reason.startswith("Unsupported codec/format.")


def test_no_more_segments_are_analysed_of_a_video_at_fault_and_link_answers_it(
    step: Callable[[str, dict[str, Any]], Any], jobs: JobsTable, aws: Any, bucket: str
) -> None:
    job_id = _job_of_text(jobs, aws, bucket)
    jobs.video_at_fault(job_id, "The first reason.")
    jobs.video_at_fault(job_id, "Another reason.")
    before = _written(aws, bucket)
    assert step(_STEPS[1], {"JobId": job_id, "Segment": 0}) == {"JobId": job_id, "Segment": 0}
    assert jobs.find(job_id).segments_done == frozenset()
    error = {"Error": "VideoError", "Cause": "The first reason."}
    assert step(_STEPS[2], {"JobId": job_id}) == {"JobId": job_id, "Error": error}
    assert _written(aws, bucket) == before


def test_a_job_with_few_segments_takes_no_more_functions_than_it_has_segments(
    step: Callable[[str, dict[str, Any]], Any], jobs: JobsTable
) -> None:
    segments = {"Bucket": "work", "Key": "segments.json"}

    def ask(count: int) -> int:
        job_id = jobs.accept(Submission("videos", "a.mp4", "f"), Found('"e"', None), 20)
        jobs.planned(job_id, {}, count)
        answer = step("turn", {"JobId": job_id, "Segments": segments})
        assert (answer["JobId"], answer["Segments"]) == (job_id, segments)
        return int(answer["WaitSeconds"])

    assert [ask(100), ask(1), ask(3)] == [0, 0, 0]
    assert ask(1) > 0


def test_a_job_that_was_deleted_gets_no_turn(step: Callable[[str, dict[str, Any]], Any]) -> None:
    error = {"Error": "NoSuchJobError", "Cause": "gone"}
    assert step("turn", {"JobId": "gone", "Segments": {}}) == {"JobId": "gone", "Error": error}


def test_a_job_at_its_last_segment_keeps_one_function(
    step: Callable[[str, dict[str, Any]], Any],
    jobs: JobsTable,
    table: Any,
    aws: Any,
    bucket: str,
    tmp_path: Path,
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 3)
    etag = aws.client("s3").put_object(Bucket=bucket, Key="clip.mp4", Body=clip.read_bytes())["ETag"]
    job_id = jobs.accept(Submission(bucket, "clip.mp4", "f"), Found(etag, None), 20)
    Workspace(aws.client("s3"), bucket, job_id).write_plan(
        Plan(1.5, Fraction(25), True, [Segment(0, 0, 10_000), Segment(1, 10_000, 20_000)])
    )
    jobs.planned(job_id, {}, 2)
    assert step("turn", {"JobId": job_id, "Segments": {}})["WaitSeconds"] == 0
    step(_STEPS[1], {"JobId": job_id, "Segment": 0})
    (share,) = table.get_item(Key={"PK": "TURNS"})["Item"]["Shares"].values()
    assert (share["Use"], share["Functions"]) == ("DETECTING", 1)


@pytest.mark.parametrize("name", _STEPS)
def test_an_error_that_is_not_the_videos_is_raised_and_kept_nowhere(
    step: Callable[[str, dict[str, Any]], Any],
    jobs: JobsTable,
    aws: Any,
    bucket: str,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job_id = _job_of_text(jobs, aws, bucket)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(EndpointConnectionError):
        step(name, {"JobId": job_id, "Segment": 0})
    assert jobs.find(job_id).video_fault is None


def test_a_video_with_a_keyframe_too_far_from_its_end_is_refused_by_the_plan(
    jobs: JobsTable,
    aws: Any,
    step: Callable[[str, dict[str, Any]], dict[str, Any]],
    bucket: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clip = make_clip(
        tmp_path / "clip.mp4",
        700,
        1,
        (320, 180),
        options={"g": "9999", "sc_threshold": "0", "preset": "ultrafast"},
    )
    etag = aws.client("s3").put_object(Bucket=bucket, Key="clip.mp4", Body=clip.read_bytes())["ETag"]
    job_id = jobs.accept(Submission(bucket, "clip.mp4", "f"), Found(etag, None), 20)
    # A function that is small, and fast to end.
    monkeypatch.setenv("DETECT_MEMORY_MB", "128")
    monkeypatch.setenv("DETECT_SECONDS", "2")
    assert step("plan", {"JobId": job_id})["Error"]["Error"] == "VideoError"
    fault = jobs.find(job_id).video_fault
    assert fault is not None
    assert fault.startswith("The video has no keyframe for 11:40: ")
    assert "and 2 s can be spent." in fault


def _job_of_text(jobs: JobsTable, aws: Any, bucket: str) -> str:
    """A job, planned as one segment, whose object is no video."""
    etag = aws.client("s3").put_object(Bucket=bucket, Key="clip.mp4", Body=b"no video")["ETag"]
    job_id = jobs.accept(Submission(bucket, "clip.mp4", "f"), Found(etag, None), 20)
    Workspace(aws.client("s3"), bucket, job_id).write_plan(
        Plan(1.5, Fraction(25), True, [Segment(0, 0, 10_000)])
    )
    return job_id


def _written(aws: Any, bucket: str) -> list[tuple[str, Any]]:
    listed = aws.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    return [(found["Key"], found["ETag"]) for found in listed]

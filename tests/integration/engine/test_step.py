"""How the workflow's steps answer what no retry can cure: a deleted job, and a video at fault."""

from __future__ import annotations

import importlib
import sys
import uuid
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
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

_STEPS = ("engine.handlers.plan", "engine.handlers.detect", "engine.handlers.link")
_TURN = "engine.handlers.turn"
_CLIENTS = (engine_aws.dynamodb_table, engine_aws.s3)


@pytest.fixture
def step(
    aws: Any, table: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, dict[str, Any]], Any]]:
    """Runs a step's handler, fresh, on the embedded AWS."""
    for name, value in {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "JOBS_TABLE": table.name,
        "WORK_BUCKET": bucket,
        "FACES": "off",
        "DETECT_FUNCTIONS": "8",
        "SEGMENTS_AT_ONCE": "4",
        "READERS": "2",
        "ENGINE_MODELS": str(prepared()),
        "POWERTOOLS_SERVICE_NAME": "engine",
        "POWERTOOLS_METRICS_NAMESPACE": "Test",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)

    def forget() -> None:
        for client in _CLIENTS:
            client.cache_clear()
        for name in (*_STEPS, _TURN):
            sys.modules.pop(name, None)

    def run(name: str, event: dict[str, Any]) -> Any:
        context = SimpleNamespace(
            function_name=name,
            memory_limit_in_mb=128,
            invoked_function_arn=f"arn:aws:lambda:us-east-1:000000000000:function:{name}",
            aws_request_id=str(uuid.uuid4()),
        )
        return importlib.import_module(name).handler(event, context)

    forget()
    yield run
    forget()


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
        answer = step(_TURN, {"JobId": job_id, "Segments": segments})
        assert (answer["JobId"], answer["Segments"]) == (job_id, segments)
        return int(answer["WaitSeconds"])

    assert [ask(100), ask(1), ask(3)] == [0, 0, 0]
    assert ask(1) > 0


def test_a_job_that_was_deleted_gets_no_turn(step: Callable[[str, dict[str, Any]], Any]) -> None:
    error = {"Error": "NoSuchJobError", "Cause": "gone"}
    assert step(_TURN, {"JobId": "gone", "Segments": {}}) == {"JobId": "gone", "Error": error}


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
    assert step(_TURN, {"JobId": job_id, "Segments": {}})["WaitSeconds"] == 0
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

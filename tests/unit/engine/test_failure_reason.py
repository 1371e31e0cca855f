"""Why a job failed, in the line that its owner reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.jobs import failure_reason
from engine.jobs.model import Job, Status
from engine.stage import Stage
from shared.unexpected_failure import is_unexpected

JOB = Job(
    id="j",
    status=Status.IN_PROGRESS,
    stage=Stage.DETECTING,
    bucket="b",
    key="k",
    version=None,
    read_version=None,
    etag="e",
    tag=None,
    topic_arn=None,
    role_arn=None,
    secret=b"",
    created_at=0,
    completed_at=None,
    metadata=None,
    status_message=None,
    segments_total=0,
    segments_done=frozenset(),
    record_count=0,
    people_count=0,
    video_fault=None,
    notified=False,
)


@pytest.mark.parametrize("error", ["VideoError", "FAILED", "TIMED_OUT", "States.Timeout"])
def test_a_fault_of_the_video_is_the_reason_however_the_job_ended(error: str) -> None:
    job = replace(JOB, stage=Stage.PLANNING, video_fault="The file is empty (0 bytes).")
    assert failure_reason.reason(job, error) == "The file is empty (0 bytes)."


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("TIMED_OUT", "The time limit was reached while detecting people."),
        ("Sandbox.Timedout", "The time limit was reached while detecting people."),
        ("ABORTED", "The job was aborted while detecting people."),
        ("Runtime.OutOfMemory", "An unexpected error occurred while detecting people."),
        ("FAILED", "An unexpected error occurred while detecting people."),
    ],
)
def test_without_a_fault_of_the_video_the_reason_names_the_activity(error: str, reason: str) -> None:
    assert failure_reason.reason(JOB, error) == reason


@pytest.mark.parametrize("stage", Stage)
def test_only_an_unexpected_error_is_marked_as_one_whose_video_may_be_run_again(stage: Stage) -> None:
    job = replace(JOB, stage=stage)
    assert is_unexpected(failure_reason.reason(job, "FAILED"))
    assert is_unexpected(failure_reason.reason(job, "Runtime.HandlerError"))
    for error in ("TIMED_OUT", "ABORTED", "States.Timeout"):
        assert not is_unexpected(failure_reason.reason(job, error))
    assert not is_unexpected(failure_reason.reason(replace(job, video_fault="The file is empty."), "FAILED"))

"""Why a job failed, as its owner reads it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.jobs import failure_reason
from engine.jobs.table import Job, Stage, Status

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
    failed_stage=None,
    failure_reason=None,
    notified=False,
)


def test_what_a_step_said_of_the_video_is_the_reason() -> None:
    job = replace(
        JOB, stage=Stage.PLANNING, failed_stage="PLANNING", failure_reason="The file is empty (0 bytes)."
    )
    assert failure_reason.reason(job, "VideoError") == "The file is empty (0 bytes)."


def test_what_an_earlier_step_stumbled_over_and_got_past_is_not_the_reason() -> None:
    job = replace(JOB, failed_stage="PLANNING", failure_reason="An unexpected error.")
    assert (
        failure_reason.reason(job, "States.Timeout") == "The time limit was reached while detecting people."
    )


def test_a_job_that_ran_out_of_time_says_so_whatever_a_retry_had_mended_before() -> None:
    job = replace(JOB, failed_stage="DETECTING", failure_reason="An unexpected error.")
    assert failure_reason.reason(job, "TIMED_OUT") == "The time limit was reached while detecting people."


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
def test_a_step_that_could_not_say_is_named_by_what_it_was_doing(error: str, reason: str) -> None:
    assert failure_reason.reason(JOB, error) == reason


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_its_words(stage: Stage) -> None:
    assert failure_reason.reason(replace(JOB, stage=stage), "FAILED").startswith(
        "An unexpected error occurred while "
    )

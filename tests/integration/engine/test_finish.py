"""The last step as Lambda calls it: from the state machine, by EventBridge, through the queue."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.jobs.detection_turns import DetectionTurns
from engine.jobs.model import Status
from engine.jobs.shares import Budget
from engine.jobs.table import JobsTable
from engine.stage import Stage

EVENTS = Path(__file__).parents[2] / "events"


@pytest.fixture
def finish(handler_of: Callable[[str], Callable[[dict[str, Any]], Any]]) -> Callable[[dict[str, Any]], Any]:
    """The handler, fresh, on the embedded AWS."""
    return handler_of("finish")


@pytest.fixture
def jobs(table: Any) -> JobsTable:
    return JobsTable(table)


def execution(job_id: str, status: str) -> dict[str, Any]:
    """EventBridge's event of an execution that ended so."""
    event = json.loads((EVENTS / "execution_timed_out.json").read_text().replace("JOB", job_id))
    event["detail"]["status"] = status
    return dict(event)


def queued(*events: dict[str, Any]) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "receiptHandle": "r",
                "body": json.dumps(event),
                "attributes": {},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
            }
            for number, event in enumerate(events)
        ]
    }


def test_from_the_state_machine_a_job_ends_well(finish: Any, jobs: JobsTable, accept: Any) -> None:
    job_id = accept()
    assert finish({"JobId": job_id}) == {"JobId": job_id, "Status": "SUCCEEDED"}
    assert jobs.find(job_id).status is Status.SUCCEEDED


def test_from_a_catch_it_fails(finish: Any, jobs: JobsTable, accept: Any) -> None:
    job_id = accept()
    finish({"JobId": job_id, "Error": {"Error": "States.TaskFailed", "Cause": "secret details"}})
    job = jobs.find(job_id)
    assert job.status is Status.FAILED
    assert "secret" not in str(job.status_message)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("TIMED_OUT", "The time limit was reached while detecting people."),
        ("ABORTED", "The job was aborted while detecting people."),
        ("FAILED", "An unexpected error occurred while detecting people."),
    ],
)
@pytest.mark.parametrize("way", [queued, lambda event: event], ids=["queued", "bare"])
def test_an_execution_that_ended_by_itself_is_a_failed_job(
    finish: Any, jobs: JobsTable, accept: Any, way: Any, status: str, reason: str
) -> None:
    job_id = accept()
    jobs.enter(job_id, Stage.DETECTING)
    finish(way(execution(job_id, status)))
    job = jobs.find(job_id)
    assert (job.status, job.status_message) == (Status.FAILED, reason)


@pytest.mark.parametrize(
    "event", [{}, {"Error": {"Error": "VideoError", "Cause": "text"}}], ids=["succeeded", "failed"]
)
def test_a_job_that_is_over_gives_its_turn_to_detect_to_the_next(
    finish: Any, table: Any, accept: Any, event: dict[str, Any]
) -> None:
    turns, job_id = DetectionTurns(table), accept()
    budget = Budget(functions=4, reading=2)
    assert turns.ask(job_id, 4, budget) == 0
    assert turns.ask("next", 4, budget) > 0
    finish({"JobId": job_id, **event})
    assert turns.ask("next", 4, budget) == 0


def test_an_execution_that_was_stopped_gives_its_turn_back_too(finish: Any, table: Any, accept: Any) -> None:
    turns, job_id = DetectionTurns(table), accept()
    budget = Budget(functions=4, reading=2)
    turns.ask(job_id, 4, budget)
    finish(queued(execution(job_id, "ABORTED")))
    assert turns.ask("next", 4, budget) == 0


def test_one_bad_record_does_not_stop_the_others(finish: Any, jobs: JobsTable, accept: Any) -> None:
    first, last = accept(), accept()
    answer = finish(queued(execution(first, "ABORTED"), {"nonsense": 1}, execution(last, "ABORTED")))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert jobs.find(first).status is jobs.find(last).status is Status.FAILED


def test_an_execution_whose_job_is_deleted_is_no_failure(finish: Any, accept: Any) -> None:
    answer = finish(queued(execution("0" * 64, "FAILED"), execution(accept(), "FAILED")))
    assert answer == {"batchItemFailures": []}
    assert finish({"JobId": "0" * 64, "Error": {"Error": "NoSuchJobError"}}) == {"JobId": "0" * 64}

"""The jobs table on a DynamoDB: what holds when calls repeat, race, are cut off or come too late."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from engine.jobs.acceptance import LONGEST_SECONDS, NEVER_STARTED_SECONDS
from engine.jobs.items import KEPT_SECONDS
from engine.jobs.model import NoSuchJobError, Status, TokenTakenError, TooManyOpenJobsError
from engine.jobs.table import JobsTable
from engine.stage import Stage
from infra.workflow import EXECUTION_SECONDS

Accept = Callable[..., str]


def test_a_job_has_a_64_digit_hexadecimal_id_and_starts_in_progress(jobs: JobsTable, accept: Accept) -> None:
    job_id = accept(tag="tag", topic_arn="topic", role_arn="role", version="3")
    job = jobs.find(job_id)
    assert len(job_id) == 64
    assert set(job_id) <= set("0123456789abcdef")
    assert (job.status, job.stage) == (Status.IN_PROGRESS, Stage.ACCEPTED)
    assert (job.bucket, job.key, job.version, job.tag) == ("videos", "a.mp4", "3", "tag")
    assert (job.topic_arn, job.role_arn, job.notified) == ("topic", "role", False)
    assert len(job.secret) == 32


def test_a_token_binds_for_seven_days_and_no_longer(jobs: JobsTable, accept: Accept, clock: Any) -> None:
    first = accept(token="t")
    clock.now += KEPT_SECONDS - 1
    token = jobs.token("t")
    assert token is not None
    assert token.job_id == first
    with pytest.raises(TokenTakenError):
        accept(token="t")
    clock.now += 1
    assert jobs.token("t") is None
    assert accept(token="t") != first


def test_a_step_that_comes_late_does_not_reopen_a_job_that_is_over(jobs: JobsTable, accept: Accept) -> None:
    job_id = accept()
    jobs.complete(job_id, Status.FAILED, "The job was aborted.")
    jobs.planned(job_id, {"FrameRate": 25.0}, 3)
    jobs.linked(job_id, people=4, records=900)
    job = jobs.find(job_id)
    assert (job.status, job.stage, job.people_count) == (Status.FAILED, Stage.DONE, 0)


def test_calls_racing_with_one_token_make_one_job(jobs: JobsTable, accept: Accept, table: Any) -> None:
    def call(_: int) -> str | None:
        try:
            return accept(token="raced")
        except TokenTakenError:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = [job_id for job_id in pool.map(call, range(16)) if job_id]
    assert len(made) == 1
    assert _open(table) == set(made)


def test_jobs_racing_for_the_last_places_never_exceed_the_limit(accept: Accept, table: Any) -> None:
    def call(_: int) -> bool:
        try:
            accept(max_open=5)
        except TooManyOpenJobsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(call, range(16))) == 5
    assert len(_open(table)) == 5


def test_a_job_is_accepted_after_a_conflict_with_another(accept: Accept, table: Any) -> None:
    """DynamoDB refuses one of two transactions at a time on the item that counts open jobs."""
    calls: list[str] = []

    def refuse_twice(**_: Any) -> tuple[SimpleNamespace, dict[str, Any]] | None:
        calls.append("call")
        if len(calls) > 2:
            return None
        error = {"Code": "TransactionCanceledException", "Message": "Transaction cancelled"}
        reasons = [{"Code": "TransactionConflict"}, {"Code": "None"}]
        return SimpleNamespace(status_code=400), {
            "Error": error,
            "CancellationReasons": reasons,
            "ResponseMetadata": {},
        }

    table.meta.client.meta.events.register("before-call.dynamodb.TransactWriteItems", refuse_twice)
    job_id = accept()
    assert len(calls) == 3
    assert _open(table) == {job_id}


def test_a_finished_job_makes_room_for_another(jobs: JobsTable, accept: Accept) -> None:
    first = accept(max_open=1)
    with pytest.raises(TooManyOpenJobsError) as full:
        accept(max_open=1)
    assert full.value.count == 1
    jobs.complete(first, Status.SUCCEEDED)
    accept(max_open=1)


def test_a_job_whose_caller_ended_before_starting_it_does_not_hold_its_place(
    accept: Accept, clock: Any
) -> None:
    accept(max_open=1)
    clock.now += NEVER_STARTED_SECONDS + 1
    accept(max_open=1)


def test_a_started_job_holds_its_place_as_long_as_an_execution_can_take(
    jobs: JobsTable, accept: Accept, clock: Any
) -> None:
    jobs.started(accept(max_open=1))
    clock.now += LONGEST_SECONDS - 1
    with pytest.raises(TooManyOpenJobsError):
        accept(max_open=1)
    clock.now += 2
    accept(max_open=1)


def test_no_execution_outlasts_the_place_of_its_job() -> None:
    assert LONGEST_SECONDS >= EXECUTION_SECONDS + 3600


def test_an_abandoned_job_leaves_nothing(jobs: JobsTable, accept: Accept, table: Any) -> None:
    job_id = accept(token="t")
    assert jobs.abandon(job_id, "t")
    assert jobs.token("t") is None
    assert _open(table) == set()
    with pytest.raises(NoSuchJobError):
        jobs.find(job_id)


def test_a_job_that_has_started_is_not_abandoned(jobs: JobsTable, accept: Accept, table: Any) -> None:
    job_id = accept(token="t")
    jobs.started(job_id)
    assert not jobs.abandon(job_id, "t")
    assert jobs.find(job_id).stage is Stage.STARTED
    assert jobs.token("t") is not None
    assert _open(table) == {job_id}


def test_started_does_not_set_back_a_job_whose_first_step_was_faster(jobs: JobsTable, accept: Accept) -> None:
    job_id = accept()
    jobs.enter(job_id, Stage.PLANNING)
    jobs.started(job_id)
    assert jobs.find(job_id).stage is Stage.PLANNING


def test_progress_is_the_segments_done_of_all_however_often_one_is_reported(
    jobs: JobsTable, accept: Accept
) -> None:
    job_id = accept()
    jobs.planned(job_id, {"Codec": "h264", "FrameRate": 29.97, "DurationMillis": 90_000}, 3)
    for segment in (0, 2, 2):
        jobs.segment_done(job_id, segment)
    job = jobs.find(job_id)
    assert (job.stage, job.segments_total, job.segments_done) == (Stage.DETECTING, 3, {0, 2})
    assert job.metadata is not None
    assert float(job.metadata["FrameRate"]) == 29.97


def test_the_first_outcome_of_a_job_stands(jobs: JobsTable, accept: Accept) -> None:
    job_id = accept()
    jobs.complete(job_id, Status.FAILED, "why")
    job = jobs.complete(job_id, Status.SUCCEEDED)
    assert (job.status, job.status_message) == (Status.FAILED, "why")


def test_a_job_that_is_over_enters_no_stage(jobs: JobsTable, accept: Accept) -> None:
    job_id = accept()
    jobs.complete(job_id, Status.SUCCEEDED)
    jobs.enter(job_id, Stage.LINKING)
    assert jobs.find(job_id).stage is Stage.DONE


def test_results_are_kept_seven_days_from_the_end(jobs: JobsTable, accept: Accept, clock: Any) -> None:
    job_id = accept()
    clock.now += 3600
    jobs.complete(job_id, Status.SUCCEEDED)
    clock.now += KEPT_SECONDS - 1
    assert jobs.find(job_id).status is Status.SUCCEEDED
    clock.now += 1
    with pytest.raises(NoSuchJobError):
        jobs.find(job_id)


def test_a_report_of_a_job_that_is_gone_makes_no_new_one(jobs: JobsTable) -> None:
    jobs.segment_done("gone", 1)
    with pytest.raises(NoSuchJobError):
        jobs.find("gone")


def test_one_run_at_a_time_may_publish_and_none_after_it_has(
    jobs: JobsTable, accept: Accept, clock: Any
) -> None:
    job_id = accept()
    assert jobs.claim_notification(job_id, 60)
    assert not jobs.claim_notification(job_id, 60)
    clock.now += 61
    assert jobs.claim_notification(job_id, 60)
    jobs.release_notification(job_id)
    assert jobs.claim_notification(job_id, 60)
    jobs.notified(job_id)
    clock.now += 61
    assert not jobs.claim_notification(job_id, 60)


def _open(table: Any) -> set[str]:
    return set(table.get_item(Key={"PK": "OPEN"}).get("Item", {}).get("Jobs", set()))

"""The AWS CLI, unchanged, through the loopback endpoint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.integration.conformance.conftest import Engine, record


def test_start_then_get_as_aws_documents_them(engine: Engine, empty_scene: dict[str, Any]) -> None:
    started = engine.cli("start-person-tracking", "--video", json.dumps(empty_scene), "--job-tag", "cli")
    assert started.returncode == 0, started.stderr
    job_id = json.loads(started.stdout)["JobId"]
    engine.wait(job_id)
    got = engine.cli("get-person-tracking", "--job-id", job_id)
    assert got.returncode == 0, got.stderr
    answer = json.loads(got.stdout)
    assert (answer["JobStatus"], answer["JobTag"], answer["Persons"]) == ("SUCCEEDED", "cli", [])


def test_start_in_shorthand(engine: Engine, empty_scene: dict[str, Any]) -> None:
    where = empty_scene["S3Object"]
    started = engine.cli(
        "start-person-tracking",
        "--video",
        f"S3Object={{Bucket={where['Bucket']},Name={where['Name']}}}",
        "--output",
        "text",
    )
    assert started.returncode == 0, started.stderr
    assert len(started.stdout.strip()) == 64
    engine.wait(started.stdout.strip())


def test_paging_by_max_results_and_next_token(engine: Engine, long_job: str) -> None:
    arguments = ["get-person-tracking", "--job-id", long_job, "--max-results", "7", "--sort-by", "INDEX"]
    first = json.loads(engine.cli(*arguments).stdout)
    second = json.loads(engine.cli(*arguments, "--next-token", first["NextToken"]).stdout)
    found = first["Persons"] + second["Persons"]
    assert found == [json.loads(record("INDEX", number)) for number in range(14)]


def test_query_picks_members(engine: Engine, long_job: str) -> None:
    query = "Persons[].Person.Index"
    got = engine.cli("get-person-tracking", "--job-id", long_job, "--max-results", "12", "--query", query)
    assert json.loads(got.stdout) == [*range(10), 0, 1]


def test_output_as_text(engine: Engine, long_job: str) -> None:
    got = engine.cli("get-person-tracking", "--job-id", long_job, "--max-results", "2", "--output", "text")
    assert got.returncode == 0, got.stderr
    assert "SUCCEEDED" in got.stdout
    assert got.stdout.count("BOUNDINGBOX\t") == 2


def test_output_as_table(engine: Engine, long_job: str) -> None:
    got = engine.cli("get-person-tracking", "--job-id", long_job, "--max-results", "2", "--output", "table")
    assert got.returncode == 0, got.stderr
    assert "GetPersonTracking" in got.stdout
    assert "BoundingBox" in got.stdout


def test_cli_input_json(engine: Engine, long_job: str, tmp_path: Path) -> None:
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"JobId": long_job, "MaxResults": 3, "SortBy": "INDEX", "NextToken": ""}))
    got = engine.cli("get-person-tracking", "--cli-input-json", f"file://{request}")
    assert got.returncode == 0, got.stderr
    assert len(json.loads(got.stdout)["Persons"]) == 3


def test_an_error_is_named_with_its_message_and_operation(engine: Engine) -> None:
    got = engine.cli("get-person-tracking", "--job-id", "0" * 64)
    assert got.returncode != 0
    assert "(ResourceNotFoundException) when calling the GetPersonTracking operation" in got.stderr


def test_too_many_open_jobs_is_a_named_error(
    engine: Engine, empty_scene: dict[str, Any], all_jobs_open: int
) -> None:
    got = engine.cli("start-person-tracking", "--video", json.dumps(empty_scene))
    assert got.returncode != 0
    assert "LimitExceededException" in got.stderr
    assert "Maximum limit: 20" in got.stderr

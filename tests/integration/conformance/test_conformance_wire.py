"""The contract's wire: the form of calls and answers, for any client."""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from engine.jobs.model import Status
from tests.integration.conformance.conftest import Engine

GET = "RekognitionService.GetPersonTracking"
START = "RekognitionService.StartPersonTracking"


def test_an_answer_is_amazon_json_with_a_request_id(engine: Engine, long_job: str) -> None:
    status, headers, body = engine.post(GET, json.dumps({"JobId": long_job, "MaxResults": 1}))
    assert status == 200
    assert headers["Content-Type"] == "application/x-amz-json-1.1"
    assert uuid.UUID(headers["x-amzn-RequestId"])
    assert body["JobStatus"] == "SUCCEEDED"


def test_every_answer_has_a_request_id_of_its_own(engine: Engine, long_job: str) -> None:
    answers = [engine.rekognition.get_person_tracking(JobId=long_job, MaxResults=1) for _ in range(2)]
    first, second = (answer["ResponseMetadata"]["RequestId"] for answer in answers)
    assert first != second


def test_an_error_is_400_with_type_code_logref_and_message(engine: Engine) -> None:
    status, headers, body = engine.post(GET, json.dumps({"JobId": "0" * 64}))
    assert status == 400
    assert uuid.UUID(headers["x-amzn-RequestId"])
    assert set(body) == {"__type", "Code", "Logref", "Message"}
    assert body["__type"] == body["Code"] == "ResourceNotFoundException"
    assert uuid.UUID(body["Logref"])


def test_a_server_fault_is_500(engine: Engine) -> None:
    engine.table.put_item(Item={"PK": "JOB#broken", "ExpiresAt": 2**40})
    status, _, body = engine.post(GET, json.dumps({"JobId": "broken"}))
    assert (status, body["__type"]) == (500, "InternalServerError")


def test_boto3_raises_each_error_as_its_modelled_exception(engine: Engine) -> None:
    client = engine.rekognition
    with pytest.raises(client.exceptions.ResourceNotFoundException) as refused:
        client.get_person_tracking(JobId="0" * 64)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(
    "target", [None, "RekognitionService.Nonsense", "RekognitionService.DetectFaces", "x"]
)
def test_an_unknown_operation_is_404_unknown_operation(engine: Engine, target: str | None) -> None:
    status, headers, body = engine.post(target, "{}")
    assert (status, body["__type"]) == (404, "UnknownOperationException")
    assert headers["x-amzn-RequestId"]


@pytest.mark.parametrize("body", ["", "{", "[]", '"text"', "7", "\x00"])
def test_a_body_that_is_no_json_object_is_refused(engine: Engine, body: str) -> None:
    status, _, answer = engine.post(GET, body)
    assert status == 400
    assert answer["__type"] == ("InvalidParameterException" if body == "" else "SerializationException")


@pytest.mark.parametrize(
    "request_body",
    [
        {"JobId": 7},
        {"JobId": ["a"]},
        {"JobId": "a", "MaxResults": "ten"},
        {"JobId": "a", "MaxResults": 1.5},
        {"JobId": "a", "SortBy": 3},
    ],
)
def test_a_member_of_the_wrong_type_is_an_invalid_parameter(
    engine: Engine, request_body: dict[str, Any]
) -> None:
    status, _, answer = engine.post(GET, json.dumps(request_body))
    assert (status, answer["__type"]) == (400, "InvalidParameterException")


def test_unknown_members_are_ignored(engine: Engine, long_job: str) -> None:
    status, _, _ = engine.post(GET, json.dumps({"JobId": long_job, "MaxResults": 1, "Colour": "blue"}))
    assert status == 200


def test_what_boto3_lets_through_the_server_refuses(engine: Engine, empty_scene: dict[str, Any]) -> None:
    """Maximums, patterns and enums are not checked by boto3."""
    client = engine.rekognition
    calls: tuple[Callable[[], object], ...] = (
        lambda: client.get_person_tracking(JobId="a b"),
        lambda: client.get_person_tracking(JobId="a", NextToken="x" * 256),
        lambda: client.get_person_tracking(JobId="a", SortBy="COLOUR"),
        lambda: client.start_person_tracking(Video=empty_scene, JobTag="two words"),
        lambda: client.start_person_tracking(Video=empty_scene, ClientRequestToken="x" * 65),
    )
    for call in calls:
        with pytest.raises(
            client.exceptions.InvalidParameterException, match="Request has invalid parameters"
        ):
            call()


def test_only_the_endpoint_answers_and_only_post(engine: Engine) -> None:
    import urllib.error
    import urllib.request

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(engine.url, timeout=10)
    assert refused.value.code == 404
    assert json.loads(refused.value.read())["__type"] == "UnknownOperationException"


@pytest.fixture
def all_but_five_open(engine: Engine) -> Iterator[int]:
    """All jobs but five that may be open are; returns how many may."""
    limit = int(engine.variables["MAX_OPEN_JOBS"])
    opened = [engine.accept() for _ in range(limit - 5 - len(open_jobs(engine)))]
    yield limit
    for job_id in opened:
        engine.jobs.complete(job_id, Status.FAILED, "The test is over.")


def open_jobs(engine: Engine) -> set[str]:
    item = engine.table.get_item(Key={"PK": "OPEN"}, ConsistentRead=True).get("Item", {})
    return set(item.get("Jobs", ()))


def test_a_hundred_starts_at_once_are_accepted_limited_or_throttled(
    engine: Engine, empty_scene: dict[str, Any], all_but_five_open: int
) -> None:
    all_are_ready = threading.Barrier(100)

    def start(number: int) -> tuple[str, str]:
        all_are_ready.wait(60)
        status, _, body = engine.post(START, json.dumps({"Video": empty_scene, "JobTag": f"start-{number}"}))
        return ("JobId", body["JobId"]) if status == 200 else (f"{status} {body['__type']}", "")

    with ThreadPoolExecutor(100) as clients:
        answers = list(clients.map(start, range(100)))
    kinds = Counter(kind for kind, _ in answers)
    assert set(kinds) <= {"JobId", "400 LimitExceededException", "400 ThrottlingException"}, kinds
    job_ids = {job_id for _, job_id in answers if job_id}
    assert len(job_ids) == kinds["JobId"] >= 5
    assert kinds["400 LimitExceededException"] > 0, kinds
    assert len(open_jobs(engine)) <= all_but_five_open
    for job_id in job_ids:
        assert engine.wait(job_id)["JobStatus"] == "SUCCEEDED"


def test_errors_that_clients_may_retry_are_the_ones_botocore_retries(engine: Engine) -> None:
    """Standard retries know LimitExceeded, throttling and 5xx by name; an invalid parameter is final."""
    from botocore.retries.standard import ThrottledRetryableChecker

    throttled = ThrottledRetryableChecker._THROTTLED_ERROR_CODES  # type: ignore[attr-defined]
    assert {"LimitExceededException", "ThrottlingException", "ProvisionedThroughputExceededException"} <= set(
        throttled
    )
    assert "InvalidParameterException" not in throttled
    with pytest.raises(ClientError):
        engine.unvalidated.get_person_tracking(JobId="a", MaxResults=0)

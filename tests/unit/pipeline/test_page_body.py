"""A page's body read past botocore's parser gives what the parser gives, through a real client."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from pipeline.rekognition import engine_transport
from pipeline.rekognition.page_body import read_page_body
from testing.scripted_rekognition import People

PAGE = {
    "JobStatus": "SUCCEEDED",
    "VideoMetadata": {"Codec": "h264", "DurationMillis": 60_000, "FrameRate": 29.97},
    "NextToken": "next",
    "Persons": People(2, 30).page(0, 60),
}


def answered(body: bytes, *, hook: bool, status: int = 200) -> Any:
    client = boto3.client(
        "rekognition", region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none"
    )
    if hook:
        client.meta.events.register("before-parse.rekognition.GetPersonTracking", read_page_body)

    def answer(request: Any, **_: Any) -> AWSResponse:
        raw: Any = engine_transport._RawResponse(body)
        return AWSResponse(request.url, status, {}, raw)  # type: ignore[arg-type]

    client.meta.events.register("before-send.rekognition", answer)  # type: ignore[arg-type]
    page: dict[str, Any] = dict(client.get_person_tracking(JobId="job"))
    del page["ResponseMetadata"]
    return page


@pytest.mark.parametrize(
    "page",
    [
        PAGE,
        {**PAGE, "Persons": []},
        {**PAGE, "NextToken": None},
        {"JobStatus": "SUCCEEDED", "Persons": [{"Timestamp": 0, "Person": {"Index": 0, "Face": None}}]},
        {"JobStatus": "FAILED", "StatusMessage": "Die Datei »a« fehlt."},
        {},
    ],
)
def test_both_ways_give_the_same_page(page: dict[str, Any]) -> None:
    body = json.dumps(page).encode()
    assert answered(body, hook=True) == answered(body, hook=False)


def test_an_error_answer_is_botocores() -> None:
    body = json.dumps({"__type": "AccessDeniedException", "Message": "No."}).encode()
    with pytest.raises(ClientError, match="AccessDeniedException"):
        answered(body, hook=True, status=400)


@pytest.mark.parametrize("body", [b"{", b"[1]", b"text", b""])
def test_a_body_that_is_no_page_is_left_to_botocore(body: bytes) -> None:
    assert outcome(body, hook=True) == outcome(body, hook=False)


def outcome(body: bytes, *, hook: bool) -> Any:
    """The page, or the error's type."""
    try:
        return answered(body, hook=hook)
    except Exception as error:
        return type(error)

"""Requests against the rules of the service model, answers into its shapes."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from engine.api import contract, errors

VIDEO = {"S3Object": {"Bucket": "videos", "Name": "a.mp4"}}
CHANNEL = {
    "SNSTopicArn": "arn:aws:sns:us-east-1:123456789012:t",
    "RoleArn": "arn:aws:iam::123456789012:role/r",
}


def parse(operation: str, request: Any) -> dict[str, Any]:
    model = contract.operation_named(f"RekognitionService.{operation}")
    return contract.parse_request(model, json.dumps(request))


@pytest.mark.parametrize(
    ("operation", "request_body"),
    [
        ("StartPersonTracking", {"Video": VIDEO}),
        (
            "StartPersonTracking",
            {"Video": VIDEO, "ClientRequestToken": "aB-_9" * 12, "JobTag": "a.b:c+d=e/f-_"},
        ),
        ("StartPersonTracking", {"Video": VIDEO, "NotificationChannel": CHANNEL}),
        (
            "StartPersonTracking",
            {"Video": {"S3Object": {"Bucket": "abc", "Name": "é 🎬+.mp4", "Version": "v"}}},
        ),
        ("GetPersonTracking", {"JobId": "a"}),
        ("GetPersonTracking", {"JobId": "a" * 64, "MaxResults": 1, "NextToken": "", "SortBy": "INDEX"}),
        ("GetPersonTracking", {"JobId": "a", "MaxResults": 2**31 - 1, "NextToken": "x" * 255}),
    ],
)
def test_what_the_model_allows_passes_unchanged(operation: str, request_body: dict[str, Any]) -> None:
    assert parse(operation, request_body) == request_body


@pytest.mark.parametrize(
    ("operation", "request_body", "member"),
    [
        ("StartPersonTracking", {}, "Video is required"),
        ("StartPersonTracking", {"Video": None}, "Video is required"),
        ("StartPersonTracking", {"Video": "a.mp4"}, "Video must be a structure"),
        ("StartPersonTracking", {"Video": {"S3Object": []}}, "Video.S3Object must be a structure"),
        (
            "StartPersonTracking",
            {"Video": {"S3Object": {"Bucket": "ab", "Name": "n"}}},
            "Video.S3Object.Bucket",
        ),
        (
            "StartPersonTracking",
            {"Video": {"S3Object": {"Bucket": "a/b", "Name": "n"}}},
            "Video.S3Object.Bucket",
        ),
        ("StartPersonTracking", {"Video": {"S3Object": {"Bucket": "b" * 256, "Name": "n"}}}, "Bucket"),
        (
            "StartPersonTracking",
            {"Video": {"S3Object": {"Bucket": "abc", "Name": ""}}},
            "Video.S3Object.Name",
        ),
        ("StartPersonTracking", {"Video": {"S3Object": {"Bucket": "abc", "Name": "n" * 1025}}}, "Name"),
        ("StartPersonTracking", {"Video": VIDEO, "ClientRequestToken": "a b"}, "ClientRequestToken"),
        ("StartPersonTracking", {"Video": VIDEO, "ClientRequestToken": "a\n"}, "ClientRequestToken"),
        ("StartPersonTracking", {"Video": VIDEO, "ClientRequestToken": "a" * 65}, "ClientRequestToken"),
        ("StartPersonTracking", {"Video": VIDEO, "JobTag": "a b"}, "JobTag"),
        ("StartPersonTracking", {"Video": VIDEO, "JobTag": "a" * 1025}, "JobTag"),
        ("StartPersonTracking", {"Video": VIDEO, "NotificationChannel": {}}, "SNSTopicArn is required"),
        (
            "StartPersonTracking",
            {"Video": VIDEO, "NotificationChannel": {**CHANNEL, "RoleArn": "role"}},
            "NotificationChannel.RoleArn must match",
        ),
        (
            "StartPersonTracking",
            {"Video": VIDEO, "NotificationChannel": {**CHANNEL, "SNSTopicArn": "topic"}},
            "NotificationChannel.SNSTopicArn must match",
        ),
        ("GetPersonTracking", {}, "JobId is required"),
        ("GetPersonTracking", {"JobId": 7}, "JobId must be a string"),
        ("GetPersonTracking", {"JobId": "a.b"}, "JobId must match"),
        ("GetPersonTracking", {"JobId": "a", "MaxResults": 0}, "MaxResults must be at least 1"),
        ("GetPersonTracking", {"JobId": "a", "MaxResults": -1}, "MaxResults"),
        ("GetPersonTracking", {"JobId": "a", "MaxResults": "5"}, "MaxResults must be an integer"),
        ("GetPersonTracking", {"JobId": "a", "MaxResults": True}, "MaxResults must be an integer"),
        ("GetPersonTracking", {"JobId": "a", "MaxResults": 1.5}, "MaxResults must be an integer"),
        ("GetPersonTracking", {"JobId": "a", "MaxResults": 2**31}, "MaxResults must be an integer"),
        ("GetPersonTracking", {"JobId": "a", "NextToken": "x" * 256}, "NextToken"),
        ("GetPersonTracking", {"JobId": "a", "SortBy": "TIME"}, "SortBy must be one of INDEX, TIMESTAMP"),
        ("GetPersonTracking", {"JobId": "a", "SortBy": ""}, "SortBy"),
    ],
)
def test_what_breaks_a_rule_is_refused_saying_which_member_and_why(
    operation: str, request_body: dict[str, Any], member: str
) -> None:
    with pytest.raises(errors.InvalidParameterError) as refused:
        parse(operation, request_body)
    assert str(refused.value).startswith("Request has invalid parameters.")
    assert member in str(refused.value)


def test_half_a_surrogate_pair_is_an_invalid_parameter() -> None:
    with pytest.raises(errors.InvalidParameterError, match=r"Video\.S3Object\.Name must be valid Unicode\."):
        parse("StartPersonTracking", {"Video": {"S3Object": {"Bucket": "videos", "Name": "\ud800.mp4"}}})


def test_every_broken_member_is_named() -> None:
    with pytest.raises(errors.InvalidParameterError) as refused:
        parse("GetPersonTracking", {"MaxResults": 0, "SortBy": "X"})
    assert all(name in str(refused.value) for name in ("JobId", "MaxResults", "SortBy"))


def test_nulls_and_unknown_members_are_ignored() -> None:
    assert parse("GetPersonTracking", {"JobId": "a", "NextToken": None, "Colour": 7}) == {"JobId": "a"}


@pytest.mark.parametrize("body", ["not json", "[]", '"a"', "7", "{", "[" * 100_000])
def test_a_body_that_is_no_json_object_is_a_serialization_error(body: str) -> None:
    with pytest.raises(errors.SerializationError):
        contract.parse_request(contract.operation_named("RekognitionService.GetPersonTracking"), body)


@pytest.mark.parametrize(
    "target", ["", "GetPersonTracking", "RekognitionService.Nope", "Other.GetPersonTracking"]
)
def test_an_unknown_operation_is_refused(target: str) -> None:
    with pytest.raises(errors.UnknownOperationError):
        contract.operation_named(target)


def test_an_answer_has_only_what_the_model_has_in_the_models_types() -> None:
    answer = contract.shape_answer(
        contract.operation_named("RekognitionService.GetPersonTracking"),
        {
            "JobStatus": "SUCCEEDED",
            "StatusMessage": None,
            "Secret": "s",
            "VideoMetadata": {"FrameRate": Decimal("29.97"), "FrameWidth": Decimal(640), "Rotation": 90},
            "Persons": [{"Timestamp": 0, "Person": {"Index": 0, "Score": 0.5}}],
        },
    )
    assert answer == {
        "JobStatus": "SUCCEEDED",
        "VideoMetadata": {"FrameRate": 29.97, "FrameWidth": 640},
        "Persons": [{"Timestamp": 0, "Person": {"Index": 0}}],
    }
    assert isinstance(answer["VideoMetadata"]["FrameWidth"], int)


def test_every_error_of_both_operations_has_its_class_and_status() -> None:
    known = {error.name: error for error in errors.WireError.__subclasses__()}
    for operation in ("StartPersonTracking", "GetPersonTracking"):
        for shape in contract.service().operation_model(operation).error_shapes:
            if shape.name == "AccessDeniedException":
                continue  # IAM answers it, before the function runs
            assert known[shape.name].status == (500 if shape.name == "InternalServerError" else 400)


def test_an_errors_body_is_what_clients_read() -> None:
    body = json.loads(contract.error_body(errors.InvalidPaginationTokenError()))
    assert list(body) == ["__type", "Code", "Logref", "Message"]
    assert body["__type"] == body["Code"] == "InvalidPaginationTokenException"
    assert body["Message"] == "Invalid Pagination Token"

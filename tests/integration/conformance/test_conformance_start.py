"""The contract's StartPersonTracking, row by row."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from testing.clips import make_clip
from tests.integration.conformance.conftest import Engine

CHANNEL = {
    "SNSTopicArn": "arn:aws:sns:us-east-1:000000000000:t",
    "RoleArn": "arn:aws:iam::000000000000:role/r",
}


def invalid(engine: Engine, member: str, **request: Any) -> None:
    with pytest.raises(engine.unvalidated.exceptions.InvalidParameterException) as refused:
        engine.unvalidated.start_person_tracking(**request)
    message = refused.value.response["Error"]["Message"]
    assert message.startswith("Request has invalid parameters.")
    assert member in message


def with_object(video: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"S3Object": {**video["S3Object"], **changes}}


def test_video_is_required(engine: Engine) -> None:
    invalid(engine, "Video is required", JobTag="a")


@pytest.mark.parametrize("missing", ["S3Object", "Bucket", "Name"])
def test_nothing_can_be_tracked_without_bucket_and_name(
    engine: Engine, empty_scene: dict[str, Any], missing: str
) -> None:
    kept = {name: value for name, value in empty_scene["S3Object"].items() if name != missing}
    invalid(engine, "is required", Video={} if missing == "S3Object" else {"S3Object": kept})


@pytest.mark.parametrize("bucket", ["ab", "b" * 256, "no/slash", "no space", "ünicode"])
def test_bucket_is_3_to_255_of_letters_digits_dot_dash_underscore(
    engine: Engine, empty_scene: dict[str, Any], bucket: str
) -> None:
    invalid(engine, "Video.S3Object.Bucket", Video=with_object(empty_scene, Bucket=bucket))


@pytest.mark.parametrize("name", ["", "n" * 1025])
def test_name_is_1_to_1024_characters(engine: Engine, empty_scene: dict[str, Any], name: str) -> None:
    invalid(engine, "Video.S3Object.Name", Video=with_object(empty_scene, Name=name))


@pytest.mark.parametrize("version", ["", "v" * 1025])
def test_version_is_1_to_1024_characters(engine: Engine, empty_scene: dict[str, Any], version: str) -> None:
    invalid(engine, "Video.S3Object.Version", Video=with_object(empty_scene, Version=version))


def test_a_version_is_the_one_that_is_tracked_and_is_returned(
    engine: Engine, people_clip: bytes, tmp_path: Path
) -> None:
    """Six seconds of people, and over them two of nobody in frames of another size."""
    s3, key = engine.target.client("s3"), f"conformance/{uuid.uuid4().hex}"
    nobody = make_clip(tmp_path / "nobody.mp4", frames=50).read_bytes()
    old, new = (
        s3.put_object(Bucket=engine.videos, Key=key, Body=body)["VersionId"] for body in (people_clip, nobody)
    )
    videos = [
        {"S3Object": {"Bucket": engine.videos, "Name": key, "Version": version}} for version in (old, new)
    ]
    jobs = [engine.rekognition.start_person_tracking(Video=video)["JobId"] for video in videos]
    of_old, of_new = (engine.wait(job) for job in jobs)
    assert [answer["JobStatus"] for answer in (of_old, of_new)] == ["SUCCEEDED", "SUCCEEDED"]
    assert [answer["Video"] for answer in (of_old, of_new)] == videos
    assert [_seen(answer) for answer in (of_old, of_new)] == [(768, 576, 6000), (320, 240, 2000)]
    assert of_old["Persons"]
    assert of_new["Persons"] == []


def _seen(answer: dict[str, Any]) -> tuple[int, int, int]:
    metadata = answer["VideoMetadata"]
    return metadata["FrameWidth"], metadata["FrameHeight"], metadata["DurationMillis"]


@pytest.mark.parametrize("token", ["", "a" * 65, "a b", "a.b", "é"])
def test_client_request_token_is_1_to_64_of_its_pattern(
    engine: Engine, empty_scene: dict[str, Any], token: str
) -> None:
    invalid(engine, "ClientRequestToken", Video=empty_scene, ClientRequestToken=token)


@pytest.mark.parametrize("tag", ["", "a" * 1025, "a b", "a,b", "é"])
def test_job_tag_is_1_to_1024_of_its_pattern(engine: Engine, empty_scene: dict[str, Any], tag: str) -> None:
    invalid(engine, "JobTag", Video=empty_scene, JobTag=tag)


@pytest.mark.parametrize("missing", ["SNSTopicArn", "RoleArn"])
def test_notification_channel_needs_topic_and_role(
    engine: Engine, empty_scene: dict[str, Any], missing: str
) -> None:
    channel = {name: value for name, value in CHANNEL.items() if name != missing}
    invalid(engine, f"NotificationChannel.{missing}", Video=empty_scene, NotificationChannel=channel)


@pytest.mark.parametrize(
    ("member", "value"), [("SNSTopicArn", "topic"), ("RoleArn", "arn:aws:iam::1:role/r")]
)
def test_notification_channel_takes_only_arns(
    engine: Engine, empty_scene: dict[str, Any], member: str, value: str
) -> None:
    invalid(engine, member, Video=empty_scene, NotificationChannel={**CHANNEL, member: value})


def test_job_id_is_64_lower_case_hexadecimal_digits(engine: Engine, empty_scene: dict[str, Any]) -> None:
    job_id = engine.rekognition.start_person_tracking(Video=empty_scene)["JobId"]
    assert len(job_id) == 64
    assert set(job_id) <= set("0123456789abcdef")
    engine.wait(job_id)


def test_without_a_token_every_call_is_a_job(engine: Engine, empty_scene: dict[str, Any]) -> None:
    jobs = {engine.rekognition.start_person_tracking(Video=empty_scene)["JobId"] for _ in range(2)}
    assert len(jobs) == 2
    for job_id in jobs:
        engine.wait(job_id)


def test_the_same_token_and_parameters_give_the_same_job_which_runs_once(
    engine: Engine, empty_scene: dict[str, Any]
) -> None:
    request = {"Video": empty_scene, "ClientRequestToken": uuid.uuid4().hex, "JobTag": "again"}
    first = engine.rekognition.start_person_tracking(**request)["JobId"]
    engine.wait(first)
    assert engine.rekognition.start_person_tracking(**request)["JobId"] == first
    assert executions_named(engine, {first}) == [first]


def test_the_same_token_gives_its_job_even_when_the_object_is_gone(
    engine: Engine, people_clip: bytes
) -> None:
    video = engine.put(b"gone soon")
    request = {"Video": video, "ClientRequestToken": uuid.uuid4().hex}
    first = engine.rekognition.start_person_tracking(**request)["JobId"]
    where = video["S3Object"]
    engine.target.client("s3").delete_object(Bucket=where["Bucket"], Key=where["Name"])
    assert engine.rekognition.start_person_tracking(**request)["JobId"] == first
    engine.wait(first)


@pytest.mark.parametrize("change", ["Video", "JobTag", "NotificationChannel"])
def test_the_same_token_with_other_parameters_is_a_mismatch(
    engine: Engine, empty_scene: dict[str, Any], change: str
) -> None:
    token = uuid.uuid4().hex
    request = {"Video": empty_scene, "ClientRequestToken": token, "JobTag": "one"}
    job_id = engine.rekognition.start_person_tracking(**request)["JobId"]
    other = {
        "Video": with_object(empty_scene, Name="other"),
        "JobTag": "two",
        "NotificationChannel": CHANNEL,
    }[change]
    client = engine.rekognition
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException) as refused:
        client.start_person_tracking(**{**request, change: other})
    message = refused.value.response["Error"]["Message"]
    assert message == f"The ClientRequestToken: {token} you have supplied is already in use."
    engine.wait(job_id)


def test_calls_at_once_with_one_token_make_exactly_one_job(
    engine: Engine, empty_scene: dict[str, Any]
) -> None:
    request = {"Video": empty_scene, "ClientRequestToken": uuid.uuid4().hex}
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(engine.rekognition.start_person_tracking, **request) for _ in range(8)]
        jobs = {call.result()["JobId"] for call in calls}
    assert len(jobs) == 1
    assert executions_named(engine, jobs) == list(jobs)
    engine.wait(jobs.pop())


@pytest.mark.parametrize("missing", ["bucket", "key", "version"])
def test_an_object_that_is_not_there_is_refused_before_the_job(
    engine: Engine, empty_scene: dict[str, Any], missing: str
) -> None:
    change = {
        "bucket": {"Bucket": "no-such-bucket-anywhere"},
        "key": {"Name": "no/such/key"},
        "version": {"Version": "00000000"},
    }[missing]
    client = engine.rekognition
    with pytest.raises(client.exceptions.InvalidS3ObjectException) as refused:
        client.start_person_tracking(Video=with_object(empty_scene, **change))
    assert refused.value.response["Error"]["Message"] == (
        "Unable to get object metadata from S3. Check object key, region and/or access permissions."
    )


def test_the_twenty_first_open_job_is_refused_and_may_be_tried_later(
    engine: Engine, empty_scene: dict[str, Any], all_jobs_open: int
) -> None:
    client = engine.rekognition
    with pytest.raises(client.exceptions.LimitExceededException) as refused:
        client.start_person_tracking(Video=empty_scene)
    message = refused.value.response["Error"]["Message"]
    assert all_jobs_open == 20
    assert message.startswith("20 open Jobs for User ARN ")
    assert message.endswith(" Maximum limit: 20")


def test_a_refused_call_leaves_its_token_free(
    engine: Engine, empty_scene: dict[str, Any], all_jobs_open: int
) -> None:
    token = uuid.uuid4().hex
    client = engine.rekognition
    with pytest.raises(client.exceptions.LimitExceededException):
        client.start_person_tracking(Video=empty_scene, ClientRequestToken=token)
    assert engine.jobs.token(token) is None


def test_names_with_spaces_plus_accents_and_emoji_are_tracked(engine: Engine, people_clip: bytes) -> None:
    key = f"conformance/{uuid.uuid4().hex}/a b+c ü🎬 100%"
    engine.target.client("s3").put_object(Bucket=engine.videos, Key=key, Body=people_clip[:1000])
    video = {"S3Object": {"Bucket": engine.videos, "Name": key}}
    answer = engine.wait(engine.rekognition.start_person_tracking(Video=video)["JobId"])
    assert answer["Video"] == video


def executions_named(engine: Engine, job_ids: set[str]) -> list[str]:
    """The executions of the engine's state machine that are named for these jobs."""
    pages = (
        engine.target.client("stepfunctions")
        .get_paginator("list_executions")
        .paginate(stateMachineArn=engine.variables["STATE_MACHINE_ARN"])
    )
    names = [execution["name"] for page in pages for execution in page["executions"]]
    return [name for name in names if name in job_ids]

"""The contract's GetPersonTracking, row by row, on stored records and on a job that really ran."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.jobs.model import Status
from testing.people import FACE_HEIGHT
from tests.integration.conformance.conftest import METADATA, RECORDS, Engine, record

ORDERS = ("TIMESTAMP", "INDEX")
FACE_MEMBERS = {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}
LANDMARKS = {"eyeLeft", "eyeRight", "mouthLeft", "mouthRight", "nose"}


def pages(engine: Engine, job_id: str, **request: Any) -> Iterator[dict[str, Any]]:
    """Every page; the first is asked for with an empty token, as AWS's own samples do."""
    token: str | None = ""
    client = engine.rekognition
    while token is not None:
        page = client.get_person_tracking(JobId=job_id, NextToken=token, **request)
        yield page
        token = page.get("NextToken")


def persons(engine: Engine, job_id: str, **request: Any) -> list[dict[str, Any]]:
    return [person for page in pages(engine, job_id, **request) for person in page["Persons"]]


def stored(order: str) -> list[dict[str, Any]]:
    return [json.loads(record(order, number)) for number in range(RECORDS)]


# --- what is asked ---


@pytest.mark.parametrize("job_id", ["", "a" * 65, "a b", "a/b"])
def test_job_id_is_1_to_64_of_its_pattern(engine: Engine, job_id: str) -> None:
    with pytest.raises(engine.unvalidated.exceptions.InvalidParameterException, match="JobId"):
        engine.unvalidated.get_person_tracking(JobId=job_id)


def test_job_id_is_required(engine: Engine) -> None:
    with pytest.raises(engine.unvalidated.exceptions.InvalidParameterException, match="JobId is required"):
        engine.unvalidated.get_person_tracking()


def test_a_job_nobody_started_is_not_found(engine: Engine) -> None:
    client = engine.rekognition
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_person_tracking(JobId="f" * 64)


def test_max_results_is_1000_unless_said(engine: Engine, long_job: str) -> None:
    assert len(engine.rekognition.get_person_tracking(JobId=long_job)["Persons"]) == 1000


@pytest.mark.parametrize("asked", [1001, 2500, 2**31 - 1])
def test_max_results_above_1000_is_clipped_without_a_word(engine: Engine, long_job: str, asked: int) -> None:
    answer = engine.rekognition.get_person_tracking(JobId=long_job, MaxResults=asked)
    assert len(answer["Persons"]) == 1000


@pytest.mark.parametrize("asked", [1, 2, 999, 1000])
def test_max_results_up_to_1000_is_kept(engine: Engine, long_job: str, asked: int) -> None:
    answer = engine.rekognition.get_person_tracking(JobId=long_job, MaxResults=asked)
    assert len(answer["Persons"]) == asked


@pytest.mark.parametrize("asked", [0, -1])
def test_max_results_is_at_least_1(engine: Engine, long_job: str, asked: int) -> None:
    with pytest.raises(engine.unvalidated.exceptions.InvalidParameterException, match="MaxResults"):
        engine.unvalidated.get_person_tracking(JobId=long_job, MaxResults=asked)


def test_an_empty_token_is_the_first_page(engine: Engine, long_job: str) -> None:
    client = engine.rekognition
    with_token = client.get_person_tracking(JobId=long_job, NextToken="", MaxResults=3)
    assert with_token["Persons"] == stored("TIMESTAMP")[:3]


def test_a_token_is_at_most_255_characters_and_says_nothing(engine: Engine, long_job: str) -> None:
    token = engine.rekognition.get_person_tracking(JobId=long_job)["NextToken"]
    assert len(token) <= 255
    assert long_job not in token
    assert "1000" not in token


@pytest.mark.parametrize("forge", ["shortened", "changed", "made up", "unicode"])
def test_a_forged_token_is_an_invalid_pagination_token(engine: Engine, long_job: str, forge: str) -> None:
    client = engine.rekognition
    token = client.get_person_tracking(JobId=long_job)["NextToken"]
    forged = {
        "shortened": token[:-4],
        "changed": ("A" if token[0] != "A" else "B") + token[1:],
        "made up": "x" * 52,
        "unicode": "✓",
    }[forge]
    with pytest.raises(client.exceptions.InvalidPaginationTokenException) as refused:
        client.get_person_tracking(JobId=long_job, NextToken=forged)
    assert refused.value.response["Error"]["Message"] == "Invalid Pagination Token"


def test_another_jobs_token_is_an_invalid_pagination_token(engine: Engine, long_job: str) -> None:
    client = engine.rekognition
    token = client.get_person_tracking(JobId=engine.finish(1001))["NextToken"]
    with pytest.raises(client.exceptions.InvalidPaginationTokenException):
        client.get_person_tracking(JobId=long_job, NextToken=token)


def test_another_orders_token_is_an_invalid_pagination_token(engine: Engine, long_job: str) -> None:
    client = engine.rekognition
    token = client.get_person_tracking(JobId=long_job, SortBy="INDEX")["NextToken"]
    with pytest.raises(client.exceptions.InvalidPaginationTokenException):
        client.get_person_tracking(JobId=long_job, SortBy="TIMESTAMP", NextToken=token)


def test_a_token_older_than_24_hours_is_an_invalid_pagination_token(engine: Engine, long_job: str) -> None:
    import time

    from engine.api import pagination

    client, secret = engine.rekognition, engine.jobs.find(long_job).secret
    fresh = pagination.issue(secret, "TIMESTAMP", 5, time.time() - 23.9 * 3600)
    assert client.get_person_tracking(JobId=long_job, NextToken=fresh)["Persons"]
    old = pagination.issue(secret, "TIMESTAMP", 5, time.time() - 24 * 3600)
    with pytest.raises(client.exceptions.InvalidPaginationTokenException):
        client.get_person_tracking(JobId=long_job, NextToken=old)


def test_sort_by_is_timestamp_unless_said(engine: Engine, long_job: str) -> None:
    client = engine.rekognition
    unsaid = client.get_person_tracking(JobId=long_job)["Persons"]
    assert unsaid == client.get_person_tracking(JobId=long_job, SortBy="TIMESTAMP")["Persons"]
    assert unsaid == stored("TIMESTAMP")[:1000]


def test_sort_by_is_timestamp_or_index(engine: Engine, long_job: str) -> None:
    client = engine.rekognition
    with pytest.raises(client.exceptions.InvalidParameterException, match="SortBy"):
        client.get_person_tracking(JobId=long_job, SortBy="index")


# --- what is answered ---


@pytest.mark.parametrize("order", ORDERS)
@given(sizes=st.lists(st.integers(150, 1200), min_size=1, max_size=4))
@settings(max_examples=5, deadline=None)
def test_pages_of_any_sizes_are_the_whole_once_and_in_order(
    engine: Engine, long_job: str, order: str, sizes: list[int]
) -> None:
    client = engine.rekognition
    found: list[Any] = []
    token: str | None = ""
    turn = 0
    while token is not None:
        size = sizes[turn % len(sizes)]
        page = client.get_person_tracking(JobId=long_job, SortBy=order, MaxResults=size, NextToken=token)
        found += page["Persons"]
        token = page.get("NextToken")
        turn += 1
    assert found == stored(order)


def test_video_metadata_job_video_and_tag_are_on_every_page(engine: Engine, long_job: str) -> None:
    seen = list(pages(engine, long_job, MaxResults=1000))
    assert len(seen) == 3
    for page in seen:
        assert page["VideoMetadata"] == METADATA
        assert page["JobId"] == long_job
        assert page["Video"] == {"S3Object": {"Bucket": engine.videos, "Name": "a"}}
        assert page["JobTag"] == "conformance"
        assert page["JobStatus"] == "SUCCEEDED"
        assert "StatusMessage" not in page


def test_a_job_without_a_tag_answers_none(engine: Engine) -> None:
    job_id = engine.accept()
    assert "JobTag" not in engine.rekognition.get_person_tracking(JobId=job_id)
    engine.jobs.complete(job_id, Status.FAILED, "Enough was seen of it.")


def test_a_job_under_way_is_in_progress(engine: Engine) -> None:
    job_id = engine.accept(tag="t")
    answer = engine.rekognition.get_person_tracking(JobId=job_id)
    assert answer["JobStatus"] == "IN_PROGRESS"
    assert answer["Persons"] == []
    assert not {"NextToken", "VideoMetadata", "StatusMessage"} & set(answer)
    engine.jobs.complete(job_id, Status.FAILED, "Enough was seen of it.")


def test_results_are_kept_7_days_then_not_found(engine: Engine) -> None:
    import time

    job_id = engine.finish(1)
    kept = int(engine.table.get_item(Key={"PK": f"JOB#{job_id}"})["Item"]["ExpiresAt"]) - time.time()
    assert abs(kept - 7 * 24 * 3600) < 120
    engine.table.update_item(
        Key={"PK": f"JOB#{job_id}"},
        UpdateExpression="SET ExpiresAt = :past",
        ExpressionAttributeValues={":past": int(time.time()) - 1},
    )
    client = engine.rekognition
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_person_tracking(JobId=job_id)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty (0 bytes)."),
        (b"just some text, not a video at all\n" * 100, "Unsupported codec/format."),
    ],
)
def test_a_video_that_cannot_be_read_is_failed_with_its_reason(
    engine: Engine, content: bytes, reason: str
) -> None:
    job_id = engine.rekognition.start_person_tracking(Video=engine.put(content), JobTag="bad")["JobId"]
    answer = engine.wait(job_id)
    assert answer["JobStatus"] == "FAILED"
    assert answer["StatusMessage"].startswith(reason)
    assert "\n" not in answer["StatusMessage"]
    assert answer["Persons"] == []
    assert answer["JobTag"] == "bad"


def test_an_empty_scene_succeeds_with_nobody(engine: Engine, empty_scene: dict[str, Any]) -> None:
    answer = engine.wait(engine.rekognition.start_person_tracking(Video=empty_scene)["JobId"])
    assert answer["JobStatus"] == "SUCCEEDED"
    assert answer["Persons"] == []
    assert answer["VideoMetadata"]["DurationMillis"] == 2000


# --- a video of people, really tracked ---


def test_video_metadata_is_the_files(engine: Engine, people_job: str) -> None:
    answer = engine.rekognition.get_person_tracking(JobId=people_job, MaxResults=1)
    metadata = answer["VideoMetadata"]
    assert set(metadata) == set(METADATA)
    assert (metadata["FrameWidth"], metadata["FrameHeight"], metadata["FrameRate"]) == (768, 576, 10.0)
    assert metadata["Format"] == "AVI"
    assert metadata["DurationMillis"] == 6000
    assert metadata["ColorRange"] in ("LIMITED", "FULL")


def test_timestamps_are_those_of_the_15_hz_grid(engine: Engine, people_job: str) -> None:
    metadata = engine.rekognition.get_person_tracking(JobId=people_job, MaxResults=1)["VideoMetadata"]
    fps = Fraction(metadata["FrameRate"]).limit_denominator(1001)
    frames = (int(k * fps / 15) for k in range(metadata["DurationMillis"] * 15 // 1000 + 1))
    allowed = {int(1000 * frame / fps) for frame in frames}
    times = {person["Timestamp"] for person in persons(engine, people_job)}
    assert times <= allowed
    assert len(times) > 50


def test_by_timestamp_time_never_falls_and_nobody_is_twice_at_once(engine: Engine, people_job: str) -> None:
    keys = [(each["Timestamp"], each["Person"]["Index"]) for each in persons(engine, people_job)]
    assert keys == sorted(set(keys))


def test_index_starts_at_0_and_misses_none(engine: Engine, people_job: str) -> None:
    indexes = [each["Person"]["Index"] for each in persons(engine, people_job, SortBy="INDEX")]
    assert indexes == sorted(indexes)
    assert set(indexes) == set(range(max(indexes) + 1))
    assert 4 <= len(set(indexes)) <= 14


def test_by_index_a_person_is_not_sorted_by_time(engine: Engine, people_job: str) -> None:
    """By descending confidence: which is not in the answer, so what shows is that time is not the order."""
    by_person: dict[int, list[int]] = {}
    for each in persons(engine, people_job, SortBy="INDEX"):
        by_person.setdefault(each["Person"]["Index"], []).append(each["Timestamp"])
    assert any(times != sorted(times) for times in by_person.values())


def test_both_orders_hold_the_same_records(engine: Engine, people_job: str) -> None:
    by_time, by_index = (
        sorted(json.dumps(each) for each in persons(engine, people_job, SortBy=order)) for order in ORDERS
    )
    assert by_time == by_index


def test_boxes_are_ratios_of_the_frame(engine: Engine, people_job: str) -> None:
    for each in persons(engine, people_job):
        box = each["Person"]["BoundingBox"]
        assert set(box) == {"Width", "Height", "Left", "Top"}
        assert 0 < box["Width"] < 1
        assert 0 < box["Height"] < 1
        assert -0.5 < box["Left"] < 1
        assert -0.5 < box["Top"] < 1


def test_a_record_has_only_what_the_contract_has(engine: Engine, people_job: str) -> None:
    for each in persons(engine, people_job):
        assert set(each) == {"Timestamp", "Person"}
        assert set(each["Person"]) <= {"Index", "BoundingBox", "Face"}


def test_a_face_is_there_when_one_is_seen_with_its_five_members_and_no_other(
    engine: Engine, face_job: str
) -> None:
    faces = [each["Person"]["Face"] for each in persons(engine, face_job) if "Face" in each["Person"]]
    assert len(faces) >= 5
    for face in faces:
        assert set(face) == FACE_MEMBERS
        assert {landmark["Type"] for landmark in face["Landmarks"]} == LANDMARKS
        assert set(face["Pose"]) == {"Roll", "Yaw", "Pitch"}
        assert set(face["Quality"]) == {"Brightness", "Sharpness"}
        assert 50 < face["Confidence"] <= 100


def test_a_faces_box_is_in_ratios_of_the_whole_frame(engine: Engine, face_job: str) -> None:
    for each in persons(engine, face_job):
        face, body = each["Person"].get("Face"), each["Person"]["BoundingBox"]
        if face is not None:
            box = face["BoundingBox"]
            assert box["Height"] == pytest.approx(FACE_HEIGHT, rel=0.2)
            middle = box["Left"] + box["Width"] / 2
            assert body["Left"] < middle < body["Left"] + body["Width"]
            for landmark in face["Landmarks"]:
                assert box["Left"] < landmark["X"] < box["Left"] + box["Width"]
                assert box["Top"] < landmark["Y"] < box["Top"] + box["Height"]


def test_records_between_two_looks_have_no_face(engine: Engine, face_job: str) -> None:
    """At 5 Hz of 15 at most every third record of a person is of an analysed frame."""
    found = persons(engine, face_job)
    with_face = [each["Timestamp"] for each in found if "Face" in each["Person"]]
    assert 0 < len(with_face) <= len(found) / 3 + 1
    assert all(time % 200 == 0 for time in with_face)


def test_people_too_small_for_a_face_have_none(engine: Engine, people_job: str) -> None:
    assert not any("Face" in each["Person"] for each in persons(engine, people_job))


def test_job_video_and_tag_are_returned(
    engine: Engine, people_job: str, people_video: dict[str, Any]
) -> None:
    answer = engine.rekognition.get_person_tracking(JobId=people_job, MaxResults=1)
    assert answer["JobId"] == people_job
    assert answer["Video"] == people_video
    assert answer["JobTag"] == "people:1/a"

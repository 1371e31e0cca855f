"""Reading completion messages."""

import json

import pytest
from pydantic import ValidationError

from pipeline.messaging.completion_message import Completion, read_completion
from pipeline.video import Video
from testing.poison import poison_bodies
from tests.unit.pipeline.conftest import EventReader

_JOB = "1f0a7a5c6f1ddac8ff2c2cf0a5d5a9c2e0e5bd8e1b2a6e7b5e43b56aa0a0a0a0"


@pytest.mark.parametrize("name", ["completion", "completion_failed", "completion_in_sns_envelope"])
def test_a_completion_names_job_and_video_with_or_without_an_envelope(
    records_of: EventReader, name: str
) -> None:
    (record,) = records_of(name)
    assert read_completion(record["body"]) == Completion(_JOB, "8d5e957f297893487bd98fa830fa6413")


@pytest.mark.parametrize(
    "tag", ["", "x" * 190_000, "../" + "0" * 32, "0" * 31, "0" * 33, "A" * 32, "0" * 32 + "\n", "\x1b[31m"]
)
def test_a_tag_that_is_no_video_id_belongs_to_no_video(tag: str) -> None:
    body = json.dumps({"JobId": "a_b-C9", "Status": "SUCCEEDED", "JobTag": tag})
    assert read_completion(body) == Completion("a_b-C9", None)


@pytest.mark.parametrize("name", poison_bodies(Video("bucket", "a.mp4")))
def test_poison_is_refused_or_belongs_to_no_video(name: str) -> None:
    try:
        completion = read_completion(poison_bodies(Video("bucket", "a.mp4"))[name])
    except ValueError:
        return
    assert completion.video_id is None


def test_a_job_without_a_tag_belongs_to_no_video(records_of: EventReader) -> None:
    (record,) = records_of("completion_without_tag")
    assert read_completion(record["body"]).video_id is None


@pytest.mark.parametrize("body", ["{}", "[]", '{"Message": "{}"}', '{"JobId": ""}', "{"])
def test_anything_else_is_refused(body: str) -> None:
    with pytest.raises((ValidationError, ValueError)):
        read_completion(body)


def test_a_job_that_ended_with_error_is_a_fault_of_the_service(records_of: EventReader) -> None:
    (failed,) = records_of("completion_failed")
    body = {**json.loads(failed["body"]), "Status": "ERROR"}
    assert read_completion(json.dumps(body)).service_fault
    assert not read_completion(failed["body"]).service_fault

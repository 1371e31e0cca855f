"""Reading completion messages."""

import pytest
from pydantic import ValidationError

from pipeline.messaging.completion_message import Completion, read_completion
from tests.unit.pipeline.conftest import EventReader

_JOB = "1f0a7a5c6f1ddac8ff2c2cf0a5d5a9c2e0e5bd8e1b2a6e7b5e43b56aa0a0a0a0"


@pytest.mark.parametrize("name", ["completion", "completion_failed", "completion_in_sns_envelope"])
def test_a_completion_names_job_and_video_with_or_without_an_envelope(
    records_of: EventReader, name: str
) -> None:
    (record,) = records_of(name)
    assert read_completion(record["body"]) == Completion(_JOB, "8d5e957f297893487bd98fa830fa6413")


def test_a_job_without_a_tag_belongs_to_no_video(records_of: EventReader) -> None:
    (record,) = records_of("completion_without_tag")
    assert read_completion(record["body"]).video_id is None


@pytest.mark.parametrize("body", ["{}", "[]", '{"Message": "{}"}', '{"JobId": ""}', "{"])
def test_anything_else_is_refused(body: str) -> None:
    with pytest.raises((ValidationError, ValueError)):
        read_completion(body)

"""Reading messages of the answers queue."""

import json

import pytest

from pipeline.messaging.answer_message import VideosToFind, VideoToAnswer, read_answer_message
from pipeline.video import Video
from testing.poison import poison_bodies

_VIDEO = Video("bucket", "a.mp4").id


def test_a_scenes_event_names_bucket_and_keys() -> None:
    records = [
        {"eventName": event, "s3": {"bucket": {"name": "results"}, "object": {"key": key}}}
        for event, key in (
            ("ObjectCreated:Put", "scenes/a.json"),
            ("ObjectRemoved:Delete", "scenes/b+c.json"),
        )
    ]
    assert read_answer_message(json.dumps({"Records": records})) == VideosToFind(
        frozenset({"results"}), frozenset({"scenes/a.json", "scenes/b c.json"})
    )


def test_the_test_event_of_s3_names_nothing() -> None:
    assert read_answer_message('{"Service": "Amazon S3", "Event": "s3:TestEvent"}') == VideosToFind()


def test_the_pipelines_own_messages_are_read() -> None:
    assert read_answer_message(json.dumps({"AnswerVideo": _VIDEO})) == VideoToAnswer(_VIDEO)
    body = {"FindVideosAfter": "2026-11-20T09:14:03.000Z", "Keys": ["scenes/a.json"]}
    assert read_answer_message(json.dumps(body)) == VideosToFind(
        keys=frozenset({"scenes/a.json"}), after="2026-11-20T09:14:03.000Z"
    )


@pytest.mark.parametrize("name", poison_bodies(Video("bucket", "a.mp4")))
def test_poison_is_refused_or_names_no_scene(name: str) -> None:
    try:
        asked = read_answer_message(poison_bodies(Video("bucket", "a.mp4"))[name])
    except ValueError:
        return
    assert isinstance(asked, VideosToFind)
    assert not any(key.startswith("scenes/") for key in asked.keys)


@pytest.mark.parametrize("body", ['{"AnswerVideo": "../x"}', '{"AnswerVideo": 1}', "{}", "[]", '"x"'])
def test_anything_else_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        read_answer_message(body)

"""Reading upload messages."""

import json

import pytest
from pydantic import ValidationError

from pipeline.messaging.upload_message import Delivery, Upload, is_later, read_delivery, read_uploads
from pipeline.video import Video
from testing.poison import poison_bodies
from tests.unit.pipeline.conftest import EventReader


def test_an_upload_names_bucket_key_version_and_order(records_of: EventReader) -> None:
    (record,) = records_of("upload")
    video = Video("example-videos", "clips/entrance.mp4", "3sL4kqtJlcpXroDTDmJ.3rPBwdA7.8Ht")
    assert read_uploads(record["body"]) == [Upload(video, "0055AED6DCD90281E5")]


def test_a_bucket_without_versions_gives_the_version_null(records_of: EventReader) -> None:
    (record,) = records_of("upload_without_version")
    assert read_uploads(record["body"])[0].video.version == "null"


def test_every_record_of_every_message_is_read(records_of: EventReader) -> None:
    keys = [
        upload.video.key
        for record in records_of("upload_many_records")
        for upload in read_uploads(record["body"])
    ]
    assert keys == ["a.mp4", "b.MOV", "c.Avi", "d.mp4"]


def test_keys_are_decoded_from_their_url_form(records_of: EventReader) -> None:
    (record,) = records_of("upload_names")
    assert [upload.video.key for upload in read_uploads(record["body"])] == [
        "two words.mp4",
        "one+one.mp4",
        "größe/naïve.mov",
        "🚶‍♀️ 走る.mp4",
        "100%25.avi",
        "../../x<b>&\n.mp4",
    ]


def test_only_created_videos_are_read_whatever_the_case_of_the_suffix(records_of: EventReader) -> None:
    (record,) = records_of("upload_not_videos")
    assert [upload.video.key for upload in read_uploads(record["body"])] == ["kept.mP4"]


def test_the_test_event_of_s3_holds_no_upload(records_of: EventReader) -> None:
    (record,) = records_of("upload_test_event")
    assert read_uploads(record["body"]) == []


@pytest.mark.parametrize("body", ["[]", "{}", '"text"', '{"Records": [{}]}', '{"Records": null}', "{"])
def test_anything_else_is_refused(body: str) -> None:
    with pytest.raises((ValidationError, json.JSONDecodeError, ValueError)):
        read_uploads(body)


@pytest.mark.parametrize("name", poison_bodies(Video("bucket", "a.mp4")))
def test_poison_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="S3Event"):
        read_uploads(poison_bodies(Video("bucket", "a.mp4"))[name])


def test_a_new_message_has_no_earlier_deliveries(records_of: EventReader) -> None:
    (record,) = records_of("upload")
    assert read_delivery(record["messageAttributes"], record["attributes"]) == Delivery()


def test_a_message_carries_how_often_it_waited(records_of: EventReader) -> None:
    (record,) = records_of("upload_waiting")
    assert read_delivery(record["messageAttributes"], record["attributes"]) == Delivery(
        limited=3, unreadable=1
    )


@pytest.mark.parametrize("name", ["upload_redriven", "upload_redriven_by_sqs"])
def test_a_redriven_message_is_recognised(records_of: EventReader, name: str) -> None:
    (record,) = records_of(name)
    assert read_delivery(record["messageAttributes"], record["attributes"]).redriven


@pytest.mark.parametrize(
    ("one", "than", "later"),
    [
        ("0055AED6DCD90281E6", "0055AED6DCD90281E5", True),
        ("0055AED6DCD90281E5", "0055AED6DCD90281E5", False),
        ("0055AED6DCD90281E4", "0055AED6DCD90281E5", False),
        ("0055aed6", "0055AED5FF", True),
        ("0055AED6", "0055AED600", False),
        (None, "00", False),
        ("00", None, False),
    ],
)
def test_sequencers_order_uploads_to_one_key(one: str | None, than: str | None, later: bool) -> None:
    assert is_later(one, than) is later

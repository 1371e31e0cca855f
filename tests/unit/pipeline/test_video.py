"""Ids and tokens follow from the object version alone."""

import re

import pytest

from pipeline.video import Video, is_video


def test_the_same_object_version_always_has_the_same_id() -> None:
    assert Video("bucket", "key.mp4", "v1").id == Video("bucket", "key.mp4", "v1").id
    assert re.fullmatch("[0-9a-f]{32}", Video("bucket", "größe 🚶.mp4").id)


def test_another_version_key_or_bucket_has_another_id() -> None:
    videos = [Video("b", "k"), Video("b", "k", "v1"), Video("b", "k", "v2"), Video("b", "l"), Video("c", "k")]
    assert len({video.id for video in videos}) == len(videos)


def test_a_request_token_repeats_within_an_attempt_and_changes_with_it() -> None:
    video = Video("b", "k", "v")
    assert video.request_token(1) == video.request_token(1)
    assert video.request_token(1) != video.request_token(2)
    assert re.fullmatch("[a-zA-Z0-9_-]{1,64}", video.request_token(1))


def test_the_version_is_left_out_of_the_request_where_there_is_none() -> None:
    assert Video("b", "k").as_s3_object() == {"Bucket": "b", "Name": "k"}
    assert Video("b", "k", "v").as_s3_object() == {"Bucket": "b", "Name": "k", "Version": "v"}


@pytest.mark.parametrize(
    ("key", "video"),
    [("a.mp4", True), ("A.MP4", True), ("x/y.MoV", True), ("a.avi", True), ("a.mkv", False), ("mp4", False)],
)
def test_suffixes_count_in_any_letter_case(key: str, video: bool) -> None:
    assert is_video(key) is video

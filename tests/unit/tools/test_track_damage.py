"""A damaged video through the whole engine in one process: refused, or its people with a note."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.analysis.segment import Analyst
from engine.video.errors import VideoError
from testing.clips import grain, make_clip
from testing.mp4_rewriting import overwrite_media
from testing.spot_detector import SpotDetector
from tools.commands.track import Tracked, document, track


def clip_of(path: Path) -> Path:
    return make_clip(path, 100, size=(96, 64), options={"g": "25"}, picture=grain)


def tracked(path: Path) -> Tracked:
    with path.open("rb") as file:
        return track(file, Analyst(SpotDetector(), None, 5), lambda _: None)


def test_a_video_of_which_most_frames_do_not_decode_has_no_result(tmp_path: Path) -> None:
    clip = clip_of(tmp_path / "a.mp4")
    overwrite_media(clip, 0.2, 1)
    with pytest.raises(VideoError, match="of 100 frames could be decoded"):
        tracked(clip)


def test_a_few_bad_frames_are_in_the_status_message(tmp_path: Path) -> None:
    clip = clip_of(tmp_path / "a.mp4")
    overwrite_media(clip, 0.5, 0.6)
    answer = json.loads(b"".join(document(tracked(clip), "INDEX")))
    assert answer["JobStatus"] == "SUCCEEDED"
    assert "% of the frames could not be decoded without errors." in answer["StatusMessage"]


def test_so_is_an_end_that_was_cut_off(tmp_path: Path) -> None:
    clip = make_clip(
        tmp_path / "a.mp4", 100, size=(96, 64), options={"g": "25"}, movflags="faststart", picture=grain
    )
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size * 8 // 10])
    answer = json.loads(b"".join(document(tracked(clip), "INDEX")))
    assert answer["StatusMessage"].startswith("The file is cut off: ")
    assert answer["VideoMetadata"]["DurationMillis"] == pytest.approx(3200, abs=200)


def test_a_whole_video_has_no_status_message(tmp_path: Path) -> None:
    answer = json.loads(b"".join(document(tracked(clip_of(tmp_path / "a.mp4")), "INDEX")))
    assert "StatusMessage" not in answer

"""The report over a playing video: boxes are on the picture whatever the video's shape and clock."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, cycle, islice
from pathlib import Path

import av
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from engine.video.frames.segment_frames import read_frames
from engine.video.metadata import read_metadata
from engine.video.still import scene_still
from pipeline.path.person_path import PathBuilder, PersonPath
from pipeline.report import VideoFacts, write_report
from testing.clips import make_clip
from tests.e2e.conftest import PageMaker

MARKER = 0.1
"""Side of the white square in the clips, as a ratio of the width."""

MARGIN = 0.05
"""Between the square and the box around it, the same."""

STEADY = [Fraction(number, 25) for number in range(150)]
VARYING = [Fraction(0), *accumulate(islice(cycle([Fraction(1, 30), Fraction(2, 30), Fraction(1)]), 17))]


def draw(number: int, width: int, height: int) -> np.ndarray:
    """A white square on grey that goes to the right and starts again at the left."""
    picture = np.full((height, width, 3), 60, np.uint8)
    left = round((0.1 + number * 0.037 % 0.7) * width)
    picture[round(0.4 * height) : round(0.6 * height), left : left + round(MARKER * width)] = 255
    return picture


@dataclass(frozen=True)
class Tracked:
    """A clip, its square as the engine sees it, and when each of its frames is shown, in ms."""

    path: Path
    facts: VideoFacts
    person: PersonPath


def tracked(clip: Path) -> Tracked:
    with clip.open("rb") as file:
        metadata = read_metadata(file)
        builder = PathBuilder(0, metadata.aspect)
        for frame in read_frames(file, 0, metadata.duration_millis + 1000, 100):
            left = square_in(frame.resized(320, 180))
            assert left is not None
            builder.add(frame.timestamp_ms, (left - MARGIN, 0.3, MARKER + 2 * MARGIN, 0.4))
    facts = VideoFacts(
        "videos", clip.name, metadata.duration_millis, metadata.frame_width, metadata.frame_height
    )
    return Tracked(clip, facts, builder.finish())


def square_in(image: np.ndarray) -> float | None:
    """Where the white square of a picture (height, width, 3) begins, as a ratio of the width."""
    columns = np.nonzero((image.min(axis=2) > 190).sum(axis=0) > 0.1 * image.shape[0])[0]
    return float(columns[0] / image.shape[1]) if columns.size else None


def open_over(new_page: PageMaker, clip: Tracked, folder: Path) -> Page:
    """The report, its video under the boxes."""
    with (folder / "report.html").open("wb") as report, clip.path.open("rb") as video:
        write_report(report, clip.facts, [clip.person], scene_still(video, 0))
    page = new_page()
    page.goto(f"file://{folder}/report.html#video={clip.path.name}")
    expect(page.locator("#status")).to_have_text(f"Playing {clip.path.name} under the boxes.")
    return page


def settled(page: Page) -> None:
    """Waits until the frame that was sought is on the screen, and its boxes over it."""
    page.evaluate(
        """async () => {
          const video = document.getElementById("video");
          while (video.seeking) await new Promise(requestAnimationFrame);
          for (let n = 0; n < 4; n++) await new Promise(requestAnimationFrame);
        }"""
    )


def box_on_the_page(page: Page) -> float | None:
    """Where the box drawn in the scene begins, as a ratio of the width; None where none is."""
    found = page.evaluate(
        """() => {
          const canvas = document.getElementById("now"), { width, height } = canvas;
          const copy = document.createElement("canvas");
          copy.width = width; copy.height = height;
          const pen = copy.getContext("2d", { willReadFrequently: true });
          pen.drawImage(canvas, 0, 0);
          const pixels = pen.getImageData(0, 0, width, height).data;
          let left = width, right = -1;
          for (let i = 3; i < pixels.length; i += 4) if (pixels[i] > 200) {
            const x = (i >> 2) % width;
            left = Math.min(left, x); right = Math.max(right, x);
          }
          return right < 0 ? null : (left + 1) / width;
        }"""
    )
    return None if found is None else float(found)


def square_on_the_page(page: Page) -> float | None:
    """Where the square of the video on the screen begins, as a ratio of the width."""
    with av.open(io.BytesIO(page.locator("#scene").screenshot()), "r") as screenshot:
        return square_in(next(screenshot.decode(video=0)).to_ndarray(format="rgb24"))


def off_by(page: Page) -> float:
    """How far the box is from the square, as a ratio of the width."""
    box, square = box_on_the_page(page), square_on_the_page(page)
    assert box is not None
    assert square is not None
    return abs(box + MARGIN - square)


CLOCKS: dict[str, tuple[str, Sequence[Fraction], dict[str, object]]] = {
    "from the first frame on": ("clip.mp4", STEADY, {}),
    "late, alone": ("clip.mp4", [time + Fraction(3, 2) for time in STEADY], {}),
    "late, after the sound": ("clip.mp4", [time + Fraction(3, 2) for time in STEADY], {"sound": True}),
    "late, after the sound, MOV": ("clip.mov", [time + Fraction(7, 5) for time in STEADY], {"sound": True}),
    "an edit list hides the start": ("clip.mp4", [time - Fraction(1, 2) for time in STEADY], {}),
    "an edit list, with sound": ("clip.mov", [time - Fraction(1, 2) for time in STEADY], {"sound": True}),
    "a varying rate": ("clip.mp4", VARYING, {}),
    "a varying rate, late": ("clip.mov", [time + Fraction(7, 5) for time in VARYING], {"sound": True}),
    "a varying rate, edited": ("clip.mp4", [time - Fraction(1, 20) for time in VARYING], {"sound": True}),
    "fragments": (
        "clip.mp4",
        [time + Fraction(1, 2) for time in STEADY],
        {"movflags": "frag_keyframe+empty_moov+default_base_moof"},
    ),
}


@pytest.mark.parametrize("clock", CLOCKS)
def test_boxes_are_on_the_picture_at_every_second(new_page: PageMaker, tmp_path: Path, clock: str) -> None:
    name, times, options = CLOCKS[clock]
    clip = tracked(
        make_clip(
            tmp_path / name,
            len(times),
            25,
            times=times,
            picture=draw,
            options={"bf": "2", "g": "30"},
            **options,  # type: ignore[arg-type]
        )
    )
    page = open_over(new_page, clip, tmp_path)
    for second in range(clip.facts.duration_ms // 1000 + 1):
        page.evaluate(f"seek({1000 * second})")
        settled(page)
        assert off_by(page) < 0.012, f"at {second} s"
    page.evaluate("seek(0)")
    settled(page)
    page.locator("#play").click()
    page.wait_for_timeout(700)
    page.locator("#play").click()
    settled(page)
    assert off_by(page) < 0.012, "after playing"


@pytest.mark.parametrize(
    ("size", "pixels", "rotate"),
    [
        ((352, 480), Fraction(20, 11), 0),
        ((240, 270), Fraction(2), 0),
        ((640, 240), Fraction(2, 3), 0),
        ((480, 352), Fraction(11, 20), 90),
    ],
)
def test_the_scene_has_the_shape_in_which_the_video_plays(
    new_page: PageMaker, tmp_path: Path, pictures: Path, size: tuple[int, int], pixels: Fraction, rotate: int
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 50, 25, size, pixels=pixels, rotate=rotate)
    with clip.open("rb") as file:
        metadata, still = read_metadata(file), scene_still(file, 0)
    facts = VideoFacts("videos", "clip.mp4", 2000, metadata.frame_width, metadata.frame_height)
    with (tmp_path / "report.html").open("wb") as page:
        write_report(page, facts, [PersonPath(0, 0, 2000, 2.0, 0.5, 0, [])], still)
    shown = new_page()
    shown.goto(f"file://{tmp_path}/report.html#video=clip.mp4")
    expect(shown.locator("#status")).to_have_text("Playing clip.mp4 under the boxes.")
    box = shown.locator("#scene").bounding_box()
    assert box is not None
    assert box["width"] / box["height"] == pytest.approx(metadata.aspect, rel=0.01)
    playing = shown.evaluate("video.videoWidth / video.videoHeight")
    assert playing == pytest.approx(metadata.aspect, rel=0.01)
    shown.screenshot(path=pictures / f"report-shape-{size[0]}x{size[1]}.png")


def test_a_video_of_another_shape_is_said_to_be_one(new_page: PageMaker, tmp_path: Path) -> None:
    make_clip(tmp_path / "other.mp4", 50, 25, (320, 240))
    with make_clip(tmp_path / "clip.mp4", 50, 25, (320, 240), pixels=Fraction(4, 3)).open("rb") as file:
        still = scene_still(file, 0)
    with (tmp_path / "report.html").open("wb") as page:
        write_report(page, VideoFacts("videos", "clip.mp4", 2000, 320, 240), [], still)
    shown = new_page()
    shown.goto(f"file://{tmp_path}/report.html#video=other.mp4")
    expect(shown.locator("#status")).to_have_text(
        "This video has another shape than the one tracked: is it the right one?"
    )

"""Videos as phones and editors make them: who is where and when is reported as it is shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from engine.analysis.segment import Analyst
from infra.models import prepared
from testing.people import face_clip
from tools.commands.track import document, track

STEADY = [Fraction(number, 25) for number in range(50)]

Tracker = Callable[[Path], dict[str, Any]]


@pytest.fixture(scope="module")
def tracked() -> Tracker:
    analyst = Analyst.load("movenet", faces=True, hz=5, models=prepared())

    def run(path: Path) -> dict[str, Any]:
        with open(path, "rb") as file:
            return dict(json.loads(b"".join(document(track(file, analyst, lambda _: None), "TIMESTAMP"))))

    return run


@pytest.fixture(scope="module")
def upright(tracked: Tracker, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return tracked(face_clip(tmp_path_factory.mktemp("upright") / "clip.mp4"))


@pytest.mark.parametrize("quarter_turns", [1, 2, 3])
def test_a_turned_video_has_its_people_where_they_are_shown(
    tracked: Tracker, upright: dict[str, Any], tmp_path: Path, quarter_turns: int
) -> None:
    turned = tracked(face_clip(tmp_path / "turned.mp4", quarter_turns=quarter_turns))
    metadata = turned["VideoMetadata"]
    assert (metadata["FrameWidth"], metadata["FrameHeight"]) == (640, 480)
    assert timestamps(turned) == timestamps(upright)
    for one, other in zip(turned["Persons"], upright["Persons"], strict=True):
        near(one["Person"]["BoundingBox"], other["Person"]["BoundingBox"], 0.03)
        if "Face" in one["Person"] and "Face" in other["Person"]:
            near(one["Person"]["Face"]["BoundingBox"], other["Person"]["Face"]["BoundingBox"], 0.03)


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param((352, 480), id="half D1"),
        pytest.param((480, 480), id="HDV"),
        pytest.param((640, 320), id="higher than wide"),
    ],
)
def test_pixels_that_are_not_square_give_the_same_people(
    tracked: Tracker, upright: dict[str, Any], tmp_path: Path, stored: tuple[int, int]
) -> None:
    squeezed = tracked(face_clip(tmp_path / "squeezed.mp4", stored=stored))
    metadata = squeezed["VideoMetadata"]
    assert (metadata["FrameWidth"], metadata["FrameHeight"]) == stored
    same, all_boxes = 0, 0
    for record in upright["Persons"]:
        all_boxes += 1
        same += any(
            each["Timestamp"] == record["Timestamp"]
            and iou(each["Person"]["BoundingBox"], record["Person"]["BoundingBox"]) >= 0.5
            for each in squeezed["Persons"]
        )
    assert same >= 0.95 * all_boxes
    assert indexes(squeezed) == indexes(upright)
    faces = [each["Person"]["Face"] for each in squeezed["Persons"] if "Face" in each["Person"]]
    assert len(faces) >= 0.9 * sum("Face" in each["Person"] for each in upright["Persons"])


def test_with_a_variable_rate_timestamps_are_when_frames_are_shown(tracked: Tracker, tmp_path: Path) -> None:
    pauses = [Fraction(1 + number % 3, 45) for number in range(50)]
    times = [sum(pauses[:number], Fraction(0)) for number in range(50)]
    reported = timestamps(tracked(face_clip(tmp_path / "variable.mp4", times=times)))
    assert reported == [each for each in on_show(times) if reported[0] <= each <= reported[-1]]
    assert len(reported) >= 20


def test_after_a_late_start_timestamps_count_from_the_first_frame(
    tracked: Tracker, upright: dict[str, Any], tmp_path: Path
) -> None:
    late = tracked(face_clip(tmp_path / "late.mp4", times=[time + 3 for time in STEADY]))
    assert timestamps(late) == timestamps(upright)


def test_frames_that_an_edit_list_hides_have_no_records(
    tracked: Tracker, upright: dict[str, Any], tmp_path: Path
) -> None:
    edited = tracked(face_clip(tmp_path / "edited.mp4", times=[time - Fraction(1, 5) for time in STEADY]))
    reported = timestamps(edited)
    assert reported[0] == 0
    assert reported[-1] <= timestamps(upright)[-1] - 200
    assert edited["VideoMetadata"]["DurationMillis"] == pytest.approx(1800, abs=40)


def indexes(answer: dict[str, Any]) -> set[int]:
    return {each["Person"]["Index"] for each in answer["Persons"]}


def iou(one: dict[str, float], other: dict[str, float]) -> float:
    """Intersection over union of two boxes, in ratios of the frame."""
    overlap, sizes = 1.0, [each["Width"] * each["Height"] for each in (one, other)]
    for start, length in (("Left", "Width"), ("Top", "Height")):
        end = min(one[start] + one[length], other[start] + other[length])
        overlap *= max(0.0, end - max(one[start], other[start]))
    return overlap / (sum(sizes) - overlap)


def timestamps(answer: dict[str, Any]) -> list[int]:
    return [each["Timestamp"] for each in answer["Persons"]]


def on_show(times: Sequence[Fraction]) -> list[int]:
    """The contract's instants: of the frame on show at each fifteenth of a second, floored to ms."""
    samples = (Fraction(k, 15) for k in range(15 * 60))
    shown = {max(time for time in times if time <= sample) for sample in samples if sample <= times[-1]}
    return sorted(int(1000 * time) for time in shown)


def near(one: dict[str, float], other: dict[str, float], tolerance: float) -> None:
    assert one == pytest.approx(other, abs=tolerance)

"""Drawing people into a video."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from testing.clips import Image, make_clip
from tests.e2e.street import cut_street
from tools.commands.annotate import Person, people_in
from tools.drawing import color_of

ROOT = Path(__file__).parents[2]


def grey(_: int, width: int, height: int) -> Image:
    return np.full((height, width, 3), 128, np.uint8)


def tracks(path: Path, boxes: dict[int, dict[int, tuple[float, float, float, float]]]) -> Path:
    """A document like that of `make track`: person → ms → box."""
    names = ("Left", "Top", "Width", "Height")
    persons = [
        {"Timestamp": ms, "Person": {"Index": index, "BoundingBox": dict(zip(names, box, strict=True))}}
        for index, by_time in boxes.items()
        for ms, box in by_time.items()
    ]
    path.write_text(json.dumps({"JobStatus": "SUCCEEDED", "Persons": persons}))
    return path


def run(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.commands.annotate", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'lambdas'}"},
        capture_output=True,
        text=True,
        check=False,
    )


def rgb(frame: av.VideoFrame) -> NDArray[np.uint8]:
    return frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)


def frames(path: Path) -> list[tuple[float, NDArray[np.uint8]]]:
    with av.open(str(path)) as container:
        return [(frame.time, rgb(frame)) for frame in container.decode(video=0)]


def like(pixel: NDArray[np.uint8], color: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - color).max() < 60)


def test_boxes_move_with_people_and_every_frame_stays(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "in.mp4", 40, 20, (640, 480), picture=grey)
    people = tracks(tmp_path / "t.json", {3: {0: (0.1, 0.4, 0.2, 0.4), 2000: (0.6, 0.4, 0.2, 0.4)}})
    # A second is as long as an interpolation may be.
    document = json.loads(people.read_text())
    document["Persons"].insert(1, {"Timestamp": 1000, "Person": {**document["Persons"][0]["Person"]}})
    document["Persons"][1]["Person"]["BoundingBox"] = {"Left": 0.35, "Top": 0.4, "Width": 0.2, "Height": 0.4}
    people.write_text(json.dumps(document))

    ended = run(clip, tmp_path / "out.mp4", "--tracks", people)

    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.splitlines()[-1].endswith("out.mp4: 1 person drawn")
    drawn = frames(tmp_path / "out.mp4")
    assert [round(time, 3) for time, _ in drawn] == [n / 20 for n in range(40)]
    for place in (0, 10, 20, 30):
        left = round((0.1 + 0.25 * place / 20) * 640)
        assert like(drawn[place][1][300, left + 1], color_of(3)), place
        assert like(drawn[place][1][300, left + 64], (128, 128, 128)), place
    assert sorted(each.name for each in tmp_path.iterdir()) == ["in.mp4", "out.mp4", "t.json"]


def test_odd_sizes_variable_rates_and_boxes_outside_the_frame_are_drawn(tmp_path: Path) -> None:
    times = [Fraction(n * n, 100) for n in range(12)]
    clip = make_clip(tmp_path / "in.mp4", 12, 25, (322, 242), times=times, picture=grey)
    people = tracks(tmp_path / "t.json", {12345: {0: (-0.5, -0.5, 2, 2), 900: (0.9, 0.9, 0.5, 0.5)}})
    ended = run(clip, tmp_path / "out.mp4", "--tracks", people)
    assert ended.returncode == 0, ended.stderr
    assert [time for time, _ in frames(tmp_path / "out.mp4")] == pytest.approx(
        [float(time) for time in times], abs=0.002
    )


def test_nobody_is_drawn_where_nobody_is(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "in.mp4", 10, 10, (320, 240), picture=grey)
    ended = run(clip, tmp_path / "out.mp4", "--tracks", tracks(tmp_path / "t.json", {}))
    assert ended.returncode == 0, ended.stderr
    assert all(np.abs(image.astype(int) - 128).max() < 8 for _, image in frames(tmp_path / "out.mp4"))


@pytest.mark.parametrize("body", ["", "[]", '{"Persons": 3}', '{"Persons": [{"Timestamp": 0}]}'])
def test_tracks_that_are_none_are_one_clear_line(tmp_path: Path, body: str) -> None:
    clip = make_clip(tmp_path / "in.mp4", 2)
    (tmp_path / "t.json").write_text(body)
    ended = run(clip, tmp_path / "out.mp4", "--tracks", tmp_path / "t.json")
    assert ended.returncode == 1
    assert "is not what make track writes" in ended.stderr.splitlines()[-1]
    assert not (tmp_path / "out.mp4").exists()


def test_a_video_that_is_none_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "in.mp4").write_text("no video" * 100)
    ended = run(tmp_path / "in.mp4", tmp_path / "out.mp4", "--tracks", tracks(tmp_path / "t.json", {}))
    assert ended.returncode == 1
    assert "Unsupported codec/format." in ended.stderr.splitlines()[-1]


def test_the_video_is_not_written_over(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "in.mp4", 2)
    before = clip.read_bytes()
    ended = run(clip, clip)
    assert ended.returncode == 1
    assert "over itself" in ended.stderr
    assert clip.read_bytes() == before


@pytest.mark.parametrize(("out", "said"), [("nowhere/out.mp4", "There is no folder "), ("", "is a folder")])
def test_a_place_that_cannot_be_written_is_refused_before_tracking(
    tmp_path: Path, out: str, said: str
) -> None:
    ended = run(make_clip(tmp_path / "in.mp4", 2), tmp_path / out)
    assert ended.returncode == 1
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_person_is_nowhere_in_an_absence_and_has_no_trail_through_it(tmp_path: Path) -> None:
    here, there = (0.1, 0.1, 0.1, 0.1), (0.8, 0.8, 0.1, 0.1)
    (person,) = people_in(tracks(tmp_path / "t.json", {0: {0: here, 500: here, 2000: there, 2500: there}}))
    assert isinstance(person, Person)
    assert person.box_at(1200) is None
    assert person.box_at(2600) is None
    assert all(x > 0.5 for x, _ in person.trail(2500))


def test_without_tracks_the_people_are_found_first(tmp_path: Path) -> None:
    ended = run(cut_street(tmp_path / "in.mp4", 3), tmp_path / "out.mp4")
    assert ended.returncode == 0, ended.stderr
    last = ended.stderr.splitlines()[-1]
    assert 3 <= int(last.split(": ")[1].split()[0]) <= 8, last
    assert len(frames(tmp_path / "out.mp4")) == 30


@pytest.mark.parametrize(
    ("size", "pixels", "rotate", "shown"),
    [
        ((352, 480), Fraction(20, 11), 0, (640, 480)),
        ((320, 120), Fraction(1, 2), 0, (320, 240)),
        ((480, 352), Fraction(11, 20), 90, (640, 480)),
    ],
)
def test_it_draws_in_the_shape_the_video_is_shown_in(
    tmp_path: Path, size: tuple[int, int], pixels: Fraction, rotate: int, shown: tuple[int, int]
) -> None:
    video = make_clip(tmp_path / "in.mp4", 5, 25, size, picture=grey, pixels=pixels, rotate=rotate)
    reported = tracks(tmp_path / "t.json", {0: {0: (0.25, 0.25, 0.5, 0.5), 200: (0.25, 0.25, 0.5, 0.5)}})
    run(video, tmp_path / "out.mp4", "--tracks", reported).check_returncode()
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.streams.video[0].sample_aspect_ratio in (None, 1)
    (_, picture), *_ = frames(tmp_path / "out.mp4")
    width, height = shown
    assert picture.shape == (height, width, 3)
    assert like(picture[height // 2, width // 4], color_of(0))
    assert like(picture[3 * height // 4 - 1, width // 2], color_of(0))

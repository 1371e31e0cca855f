"""A degraded sequence's truth lies on its people, and a crowd's says who is hidden."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from bench.tracking.conditions import crowd, cutouts
from bench.tracking.conditions.catalogue import CONDITIONS, Condition, Scene
from bench.tracking.conditions.cutouts import Cutout
from bench.tracking.conditions.degraded import degraded, filtered, pictures_under, scene_of
from bench.tracking.conditions.encoding import write_video
from bench.tracking.conditions.figures import found_people
from bench.tracking.material import Material
from bench.tracking.mot import Rows, Sequence
from engine.analysis.detections import SegmentDetections

WIDTH, HEIGHT, FRAMES = 160, 120, 10
BOX = np.array([100, 20, 16, 40])
"""A white post on black, right of the middle and above it; it stands still."""

_BRIGHT = {condition.name: condition for condition in CONDITIONS}
_SHIFTED = [
    _BRIGHT[name]
    for name in (
        "as filmed",
        "1/3 the pixels a side, same view",
        "mirrored",
        "tilted 10 degrees",
        "tilted 25 degrees",
        "upside down",
        "on its side",
        "seen steeply: 0.6 of the height",
        "swaying by 1 % of the frame",
    )
]


@pytest.fixture
def post(tmp_path: Path) -> tuple[Sequence, Path]:
    """A sequence of the post, and its video."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    left, top, width, height = BOX
    picture[top : top + height, left : left + width] = 255
    write_video([picture] * FRAMES, Fraction(10), tmp_path / "post.mp4")
    sides = ",".join(str(side) for side in BOX)
    lines = [f"{frame},1,{sides},1" for frame in range(1, FRAMES + 1)]
    (tmp_path / "gt.txt").write_text("\n".join(lines) + "\n")
    return Sequence(tmp_path, "post", 10, FRAMES, WIDTH, HEIGHT), tmp_path / "post.mp4"


@pytest.mark.parametrize("condition", _SHIFTED, ids=lambda condition: condition.name)
def test_the_truth_is_where_the_person_is(
    post: tuple[Sequence, Path], condition: Condition, tmp_path: Path
) -> None:
    shown, video = degraded(*post, scene_of(*post, hz=10), condition, tmp_path)
    truth = shown.truth()
    assert truth.frames.tolist() == list(range(FRAMES))
    for number, picture in enumerate(filtered(video, FRAMES, ())):
        assert picture.shape[:2] == (shown.height, shown.width)
        rows, columns = np.nonzero(picture.min(axis=2) > 190)
        left, top, width, height = truth.boxes[number] * np.tile([shown.width, shown.height], 2)
        assert columns.mean() + 0.5 == pytest.approx(left + width / 2, abs=1.2)
        assert rows.mean() + 0.5 == pytest.approx(top + height / 2, abs=1.2)


def test_who_is_shown_several_times_is_several_people(post: tuple[Sequence, Path], tmp_path: Path) -> None:
    farther = _BRIGHT["people 1/3 as tall in the frame"]
    shown, video = degraded(*post, scene_of(*post, hz=10), farther, tmp_path)
    truth, picture = shown.truth(), next(filtered(video, FRAMES, ()))
    assert picture.shape[:2] == (shown.height, shown.width)
    assert sorted(truth.ids[truth.frames == 0].tolist()) == sorted(set(truth.ids.tolist()))
    here = truth.boxes[truth.frames == 0] * np.tile([shown.width, shown.height], 2)
    assert len(here) == 9
    for left, top, width, height in here.tolist():
        inside = picture[round(top) : round(top + height), round(left) : round(left + width)]
        assert inside.mean() > 150
    assert here[:, 2:].prod(1).sum() == pytest.approx((picture.min(axis=2) / 255).sum(), rel=0.1)


def test_of_a_fast_video_every_frame_kept_has_its_own_truth(tmp_path: Path) -> None:
    write_video([np.full((HEIGHT, WIDTH, 3), 40, np.uint8)] * 8, Fraction(30), tmp_path / "fast.mp4")
    (tmp_path / "gt.txt").write_text("".join(f"{frame},1,{frame},20,10,30,1\n" for frame in range(1, 9)))
    sequence = Sequence(tmp_path, "fast", 30, 8, WIDTH, HEIGHT)
    scene = scene_of(sequence, tmp_path / "fast.mp4", hz=10)
    shown, video = degraded(sequence, tmp_path / "fast.mp4", scene, _BRIGHT["as filmed"], tmp_path)
    assert (scene.fps, shown.length, len(list(filtered(video, 8, ())))) == (10, 3, 3)
    assert shown.truth().frames.tolist() == [0, 1, 2]
    assert (shown.truth().boxes[:, 0] * WIDTH).tolist() == pytest.approx([1, 4, 7])


def test_whoever_is_turned_out_of_the_frame_is_not_to_be_found(tmp_path: Path) -> None:
    write_video([np.zeros((HEIGHT, WIDTH, 3), np.uint8)] * 2, Fraction(10), tmp_path / "corner.mp4")
    (tmp_path / "gt.txt").write_text("1,1,0,0,10,20,1\n1,2,70,40,10,30,1\n")
    sequence = Sequence(tmp_path, "corner", 10, 2, WIDTH, HEIGHT)
    scene = scene_of(sequence, tmp_path / "corner.mp4", hz=10)
    shown, _ = degraded(sequence, tmp_path / "corner.mp4", scene, _BRIGHT["tilted 25 degrees"], tmp_path)
    assert shown.truth().ids.tolist() == [2]


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.name)
def test_a_condition_makes_the_same_pictures_each_time(
    post: tuple[Sequence, Path], condition: Condition
) -> None:
    sequence, video = post
    once, again = (
        np.stack(list(pictures_under(condition, scene_of(*post, hz=10), video, sequence.length)))
        for _ in range(2)
    )
    assert len(once) == FRAMES
    assert np.array_equal(once, again)


def test_a_smear_is_sideways_and_as_wide_as_it_says(tmp_path: Path) -> None:
    beside, below = (np.zeros((HEIGHT, WIDTH, 3), np.uint8) for _ in range(2))
    beside[:, WIDTH // 2 :], below[HEIGHT // 2 :] = 255, 255
    write_video([beside, below], Fraction(10), tmp_path / "edges.mp4", crf=0)
    smear, scene = _BRIGHT["motion blur, 20 % of body height"], Scene(WIDTH, HEIGHT, 10, body=100)
    beside, below = pictures_under(smear, scene, tmp_path / "edges.mp4", 2)
    rise = np.diff(beside[HEIGHT // 2, :, 0].astype(float)) / 255
    place = np.arange(len(rise))
    deviation = np.sqrt((rise * (place - (rise * place).sum()) ** 2).sum())
    assert deviation == pytest.approx(20 / np.sqrt(12), rel=0.1)
    assert below[HEIGHT // 2 - 1].max() < 5
    assert below[HEIGHT // 2].min() > 250


def test_a_dark_picture_is_as_bright_as_it_says(tmp_path: Path) -> None:
    write_video([np.full((HEIGHT, WIDTH, 3), 200, np.uint8)], Fraction(10), tmp_path / "grey.mp4")
    scene = Scene(WIDTH, HEIGHT, 10, body=40)
    for name, bright in (("dusk: 1/4 as bright, noise", 1 / 4), ("night: 1/8 as bright, noise", 1 / 8)):
        (dark,) = pictures_under(_BRIGHT[name], scene, tmp_path / "grey.mp4", 1)
        assert dark.mean() == pytest.approx(200 * bright, abs=1)


def test_every_condition_has_a_name_of_its_own() -> None:
    assert len(_BRIGHT) == len(CONDITIONS)


def person(left: int, top: int) -> Cutout:
    """A solid one of 10 x 20 pixels."""
    picture = np.full((20, 10, 3), 200, np.uint8)
    return Cutout(
        np.array([left, top, 10, 20], np.float32), (left, top), picture, np.ones((20, 10), np.float32)
    )


def test_in_a_crowd_whoever_is_nearer_hides_who_is_behind() -> None:
    near, far = [person(40, 40)], [person(45, 30)]
    planned = [crowd.Visit(1, 0, near, 0, mirrored=False), crowd.Visit(2, 0, far, 0, mirrored=False)]
    truth = io.StringIO()
    empty = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    list(crowd.pictures(empty, planned, range(1), truth))
    rows = {line.split(",")[1]: line.split(",") for line in truth.getvalue().splitlines()}
    assert float(rows["1"][8]) == 1
    assert float(rows["2"][8]) == 0.75


def test_a_mirrored_walk_has_mirrored_boxes() -> None:
    truth = io.StringIO()
    visit = crowd.Visit(1, 0, [person(40, 40)], 7, mirrored=True)
    picture = next(crowd.pictures(np.zeros((HEIGHT, WIDTH, 3), np.uint8), [visit], range(1), truth))
    assert np.nonzero(picture[50, :, 0])[0].tolist() == list(range(117, 127))
    assert [float(side) for side in truth.getvalue().split(",")[2:6]] == [117, 40, 10, 20]


def test_there_are_always_as_many_people_and_all_of_them_in_the_frame() -> None:
    walks = [[person(60 + step, 40) for step in range(length)] for length in (12, 20, 31)]
    planned = crowd.visits(walks, 6, 50, WIDTH)
    for frame in range(50):
        here = [visit for visit in planned if 0 <= frame - visit.first < len(visit.walk)]
        assert len(here) == 6
    truth = io.StringIO()
    assert (
        len(list(crowd.pictures(np.zeros((HEIGHT, WIDTH, 3), np.uint8), planned, range(0, 50, 2), truth)))
        == 25
    )
    lefts = [float(line.split(",")[2]) for line in truth.getvalue().splitlines()]
    assert min(lefts) >= 0
    assert max(lefts) <= WIDTH - 10


def test_people_are_cut_out_where_nobody_else_is_near(tmp_path: Path) -> None:
    frames = []
    for number in range(60):
        picture = np.full((HEIGHT, WIDTH, 3), 40, np.uint8)
        picture[40:80, 10 + 2 * number : 22 + 2 * number] = 220
        frames.append(picture)
    write_video(frames, Fraction(10), tmp_path / "walk.mp4")
    boxes = np.array([[10 + 2 * number, 40, 12, 40] for number in range(60)]) / [WIDTH, HEIGHT, WIDTH, HEIGHT]
    alone = Rows.of_paths([(1, np.arange(60), boxes)])
    empty = cutouts.background(tmp_path / "walk.mp4")
    assert np.abs(empty.astype(int) - 40).max() < 12
    (walk,) = cutouts.walks(tmp_path / "walk.mp4", alone, empty, least=10)
    assert len(walk) == 60
    assert walk[30].opacity.sum() == pytest.approx(12 * 40, rel=0.2)
    beside = boxes + np.array([0.02, 0, 0, 0])
    both = Rows.of_paths([(1, np.arange(60), boxes), (2, np.arange(60), beside)])
    assert cutouts.walks(tmp_path / "walk.mp4", both, empty, least=10) == []


def test_found_is_who_has_a_probable_detection_on_them(tmp_path: Path) -> None:
    (tmp_path / "gt.txt").write_text("1,1,40,40,20,40,1\n2,1,40,40,20,40,1\n3,1,40,40,20,40,1\n")
    sequence = Sequence(tmp_path, "one", 10, 3, 100, 100)
    boxes = [(0.4, 0.4, 0.2, 0.4), (0.4, 0.4, 0.2, 0.4), (0.7, 0.4, 0.2, 0.4)]
    found = SegmentDetections.of([0, 100, 200], [0, 1, 2], boxes, [0.9, 0.4, 0.9])
    whole = Material(sequence, np.arange(3) / 10, np.arange(3), found, "movenet")
    met, right = found_people(whole)
    assert met.tolist() == [True, False, False]
    assert right.tolist() == [True, False]

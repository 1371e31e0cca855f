"""Who comes back is counted; a video may be analysed from any frame."""

from pathlib import Path

import numpy as np

from bench.tracking.material import Material
from bench.tracking.mot import Sequence
from bench.tracking.rejoined import Tally, tally
from bench.tracking.starts import from_every_start
from engine.analysis.detections import SegmentDetections

FPS = 10
FRAMES = 7
TRUTH = "\n".join(f"{frame},1,10,10,20,40,1" for frame in range(1, FRAMES + 1))


def scene(folder: Path, frames: int) -> Material:
    """One person who stands still, seen in every frame at 5 Hz."""
    (folder / "gt.txt").write_text("\n".join(f"{frame},1,40,40,20,40,1" for frame in range(1, frames + 1)))
    seconds = np.arange(frames) / 5
    found = SegmentDetections.of(
        1000 * seconds,
        range(frames),
        np.tile((0.4, 0.4, 0.2, 0.4), (frames, 1)),
        np.full(frames, 0.9),
        appearance=np.full((frames, 48), 50, np.uint8),
    )
    return Material(
        Sequence(folder, "one", 5, frames, 100, 100), seconds, np.arange(frames), found, "movenet"
    )


def test_who_stands_where_they_stood_a_second_ago_is_joined(tmp_path: Path) -> None:
    assert tally(scene(tmp_path, 40), 1.0) == Tally(joined=1)


def test_who_is_gone_for_longer_than_any_join_is_missed(tmp_path: Path) -> None:
    assert tally(scene(tmp_path, 100), 12.0) == Tally(missed=1)


def test_who_is_not_in_view_long_enough_does_not_count(tmp_path: Path) -> None:
    assert tally(scene(tmp_path, 40), 7.0) == Tally()


def test_from_every_start_each_video_begins_with_an_analysed_frame_and_its_own_truth(tmp_path: Path) -> None:
    (tmp_path / "gt.txt").write_text(TRUTH)
    seconds = np.arange(FRAMES) / FPS
    boxes = [(0.1 + 0.01 * frame, 0.1, 0.2, 0.4) for frame in range(FRAMES)]
    found = SegmentDetections.of(1000 * seconds, range(FRAMES), boxes, np.full(FRAMES, 0.9))
    sequence = Sequence(tmp_path, "one", FPS, FRAMES, 100, 100)
    starts = from_every_start(Material(sequence, seconds, np.arange(FRAMES), found, "movenet"), 5)
    # The last frame is on show for longer than a step, so it is always analysed.
    assert [one.analysed.tolist() for one in starts] == [[0, 2, 4, 6], [0, 2, 4, 5]]
    assert [len(one.sequence.truth().frames) for one in starts] == [FRAMES, FRAMES - 1]
    for first, one in enumerate(starts):
        assert one.detections.timestamps_ms[0] == 0
        assert one.sequence.truth().frames[0] == 0
        assert np.allclose(one.detections.boxes[:, 0], 0.1 + 0.01 * (first + one.analysed))
        assert one.detector == "movenet"

"""What the tracker promises, on simulated people."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.analysis.detections import SegmentDetections
from engine.tracker import Track, link
from tests.unit.tracker.scenes import ASPECT, HEIGHT, WIDTH, Person, cut, seen, walking

RATES = (3.0, 5.0, 7.5, 15.0, 25.0)


def linked(whole: SegmentDetections) -> list[Track]:
    return link([whole], frame_aspect=ASPECT)


def same(first: list[Track], second: list[Track]) -> bool:
    return len(first) == len(second) and all(
        a.index == b.index
        and np.array_equal(a.timestamps_ms, b.timestamps_ms)
        and np.array_equal(a.boxes, b.boxes)
        and np.array_equal(a.scores, b.scores)
        and np.array_equal(a.rows, b.rows)
        for a, b in zip(first, second, strict=True)
    )


def middles(track: Track) -> np.ndarray:
    return track.boxes[:, 0] + track.boxes[:, 2] / 2


@pytest.mark.parametrize("hz", RATES)
def test_one_walker_gets_one_track_from_first_to_last_detection(hz: float) -> None:
    (track,) = linked(seen([Person(walking(0.1, 0.08))], 10, hz))
    assert track.index == 0
    assert track.timestamps_ms[0] == 0
    assert track.timestamps_ms[-1] == round(1000 * (round(10 * hz) - 1) / hz)
    assert (track.rows >= 0).all()
    expected = 0.1 + 0.08 * track.timestamps_ms / 1000
    assert np.abs(middles(track) - expected).max() < 0.01


@pytest.mark.parametrize("hz", RATES)
def test_two_people_who_cross_keep_their_identity(hz: float) -> None:
    people = [Person(walking(0.2, 0.06), colour=0), Person(walking(0.8, -0.06, y=0.82), colour=1)]
    tracks = linked(seen(people, 10, hz))
    assert len(tracks) == 2
    assert [middles(track)[-1] > middles(track)[0] for track in tracks] == [True, False]
    for track in tracks:
        assert abs(middles(track)[-1] - middles(track)[0]) > 0.5


def test_people_who_turn_round_where_they_meet_keep_their_identity_by_appearance() -> None:
    def there_and_back(start: float, speed: float) -> Person:
        colour = 0 if speed > 0 else 1
        return Person(lambda t: (start + speed * min(t, 10 - t), 0.8 + 0.02 * colour), colour=colour)

    tracks = linked(seen([there_and_back(0.25, 0.049), there_and_back(0.75, -0.049)], 10))
    assert len(tracks) == 2
    for track in tracks:
        assert abs(middles(track)[-1] - middles(track)[0]) < 0.1


@pytest.mark.parametrize("hz", RATES)
def test_a_gap_under_occlusion_is_bridged_and_interpolated(hz: float) -> None:
    front = Person(lambda _: (0.5, 0.9), colour=1)
    behind = Person(walking(0.2, 0.06), colour=2, hidden=lambda t: 4.4 < t < 5.6)
    tracks = linked(seen([front, behind], 10, hz))
    assert len(tracks) == 2
    walker = max(tracks, key=lambda track: np.ptp(middles(track)))
    assert (walker.rows == -1).any()
    expected = 0.2 + 0.06 * walker.timestamps_ms / 1000
    assert np.abs(middles(walker) - expected).max() < 0.03


def test_a_later_person_of_another_appearance_gets_another_track() -> None:
    people = [
        Person(walking(0.2, 0.05), colour=0, end=4.0),
        Person(walking(0.2, 0.05), colour=3, begin=5.0),
    ]
    assert len(linked(seen(people, 10))) == 2


def test_a_gap_without_occlusion_and_far_apart_is_not_bridged() -> None:
    people = [Person(lambda _: (0.1, 0.8), end=4.0), Person(lambda _: (0.9, 0.8), begin=5.0)]
    assert len(linked(seen(people, 10))) == 2


def test_a_short_track_in_a_long_video_is_dropped() -> None:
    assert linked(seen([Person(walking(0.3, 0.05), end=0.3)], 5)) == []


def test_a_person_of_low_confidence_throughout_is_dropped() -> None:
    assert linked(seen([Person(lambda _: (0.3, 0.8), score=0.4)], 10)) == []


def test_low_confidence_detections_continue_a_track_and_lead_up_to_it() -> None:
    whole = seen([Person(walking(0.1, 0.05))], 10)
    whole.scores[(whole.frame_of < 8) | (whole.frame_of > 40)] = 0.3
    (track,) = linked(whole)
    assert track.timestamps_ms[0] == 0
    assert track.timestamps_ms[-1] == whole.timestamps_ms[-1]


def test_a_duplicate_box_on_one_person_makes_no_second_track() -> None:
    once = seen([Person(walking(0.2, 0.05))], 10)
    twice = SegmentDetections.of(
        once.timestamps_ms,
        np.repeat(once.frame_of, 2),
        np.repeat(once.boxes, 2, axis=0) + np.tile([[0, 0, 0, 0], [0.004, 0.01, 0, 0]], (len(once.boxes), 1)),
        np.where(np.arange(2 * len(once.boxes)) % 2, 0.45, 0.9),
        appearance=np.repeat(once.appearance, 2, axis=0),
    )
    assert len(linked(twice)) == 1


@pytest.mark.parametrize("hz", [5.0, 15.0])
def test_a_panning_camera_is_compensated(hz: float) -> None:
    people = [
        Person(lambda _: (0.5, 0.8), colour=0, hidden=lambda t: 4 < t < 4.8),
        Person(lambda _: (0.8, 0.8), colour=1),
    ]
    tracks = linked(seen(people, 8, hz, pan=lambda t: 0.25 * np.sin(t)))
    assert len(tracks) == 2
    gone = next(track for track in tracks if (track.rows == -1).any())
    world = middles(gone) + 0.25 * np.sin(gone.timestamps_ms / 1000)
    assert np.abs(world - 0.5).max() < 0.03


@settings(max_examples=25, deadline=None)
@given(frames=st.lists(st.integers(1, 74), max_size=8))
def test_tracks_do_not_depend_on_how_the_video_was_divided(frames: list[int]) -> None:
    assert same(_crowd_linked(), link(cut(_crowd(), frames), frame_aspect=ASPECT))


def test_the_same_detections_give_the_same_tracks_again() -> None:
    assert same(linked(_crowd()), linked(_crowd()))


def _hidden_at(phase: float, seconds: float) -> bool:
    return (seconds + phase) % 5 < 0.7


def _crowd() -> SegmentDetections:
    random = np.random.default_rng(3)
    phases = random.uniform(0, 5, 8).tolist()
    people = [
        Person(
            walking(random.uniform(0.1, 0.9), random.normal(0, 0.05), random.uniform(0.5, 0.95)),
            colour=number,
            begin=random.uniform(0, 8),
            hidden=functools.partial(_hidden_at, phases[number]),
        )
        for number in range(8)
    ]
    return seen(people, 15, pan=lambda t: 0.05 * np.sin(t))


def _crowd_linked(memory: list[list[Track]] = []) -> list[Track]:  # noqa: B006 - linked once for all examples
    if not memory:
        memory.append(linked(_crowd()))
    return memory[0]


@settings(max_examples=25, deadline=None)
@given(
    starts=st.lists(st.floats(0.1, 0.9), min_size=1, max_size=6),
    speed=st.floats(-0.1, 0.1),
    hz=st.sampled_from(RATES),
    seed=st.integers(0, 1000),
)
def test_tracks_are_well_formed(starts: list[float], speed: float, hz: float, seed: int) -> None:
    people = [Person(walking(x, speed, 0.5 + 0.07 * n), colour=n) for n, x in enumerate(starts)]
    whole = seen(people, 5, hz, jitter=0.01, seed=seed)
    tracks = linked(whole)
    assert [track.index for track in tracks] == list(range(len(tracks)))
    firsts = [int(track.timestamps_ms[0]) for track in tracks]
    assert firsts == sorted(firsts)
    used = np.concatenate([track.rows[track.rows >= 0] for track in tracks] or [np.zeros(0, np.int64)])
    assert len(np.unique(used)) == len(used)
    for track in tracks:
        assert (np.diff(track.timestamps_ms) > 0).all()
        assert np.isin(track.timestamps_ms, whole.timestamps_ms).all()
        assert np.isfinite(track.boxes).all()
        assert (track.boxes[:, 2:] > 0).all()
        known = track.rows >= 0
        assert known[0]
        assert known[-1]
        assert (whole.timestamps_ms[whole.frame_of[track.rows[known]]] == track.timestamps_ms[known]).all()
        assert ((track.scores >= 0) & (track.scores <= 1)).all()


def test_sizes_are_kept() -> None:
    (track,) = linked(seen([Person(walking(0.2, 0.05))], 10))
    assert np.abs(track.boxes[:, 3] - HEIGHT).max() < 0.01
    assert np.abs(track.boxes[:, 2] - WIDTH).max() < 0.01


def test_no_detections_give_no_tracks() -> None:
    assert link([], frame_aspect=ASPECT) == []
    assert linked(SegmentDetections.of([0, 200, 400], [], [], [])) == []


def test_without_appearance_people_are_still_tracked() -> None:
    people = [Person(walking(0.2, 0.05)), Person(walking(0.5, 0.05, y=0.5))]
    assert len(linked(seen(people, 8, colours=False))) == 2


@pytest.mark.parametrize("size", [0, 60])
def test_segments_whose_descriptors_an_upgrade_has_changed_are_linked_without_them(size: int) -> None:
    whole = seen([Person(walking(0.1, 0.05)), Person(walking(0.9, -0.05, y=0.5))], 10)
    before, after = cut(whole, [25])
    after = replace(after, appearance=np.ones((len(after.boxes), size), np.uint8))
    tracks = link([before, after], frame_aspect=ASPECT)
    assert [track.timestamps_ms[[0, -1]].tolist() for track in tracks] == [[0, 9800], [0, 9800]]


def test_segments_out_of_order_are_refused() -> None:
    first, second = cut(seen([Person(walking(0.2, 0.05))], 4), [10])
    with pytest.raises(ValueError, match="begins at 0 ms"):
        link([second, first], frame_aspect=ASPECT)


def test_an_impossible_aspect_is_refused() -> None:
    with pytest.raises(ValueError, match="frame_aspect"):
        link([], frame_aspect=0)

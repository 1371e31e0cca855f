"""Tracks at low and dropping frame rates, and in videos of a frame or two."""

from __future__ import annotations

import numpy as np
import pytest

from engine.analysis.detections import SegmentDetections
from engine.tracker import Track, link
from engine.tracker.time_limits import frame_durations, within
from tests.unit.tracker.scenes import ASPECT, Person, descriptor, seen, walking

SLOW_RATES = (2.0, 1.0, 0.5)


def linked(whole: SegmentDetections) -> list[Track]:
    return link([whole], frame_aspect=ASPECT)


def middles(track: Track) -> np.ndarray:
    return track.boxes[:, 0] + track.boxes[:, 2] / 2


def assert_whole(track: Track, whole: SegmentDetections) -> None:
    """Detected in every analysed frame."""
    assert track.timestamps_ms.tolist() == whole.timestamps_ms.tolist()
    assert (track.rows >= 0).all()


@pytest.mark.parametrize("colours", [True, False])
@pytest.mark.parametrize("hz", SLOW_RATES)
def test_a_person_who_stands_has_one_track_at_a_low_rate(hz: float, colours: bool) -> None:
    whole = seen([Person(lambda _: (0.4, 0.8))], 20, hz, colours=colours)
    (track,) = linked(whole)
    assert_whole(track, whole)


@pytest.mark.parametrize("colours", [True, False])
@pytest.mark.parametrize("hz", SLOW_RATES)
def test_a_walker_whose_boxes_do_not_overlap_has_one_track_at_a_low_rate(hz: float, colours: bool) -> None:
    # 0.1 frame widths a second are 0.6 body heights: at 1 Hz the next box lies beside the last one.
    whole = seen([Person(walking(0.05, 0.1))], 9, hz, colours=colours)
    (track,) = linked(whole)
    assert_whole(track, whole)
    assert np.abs(middles(track) - 0.05 - 0.1 * track.timestamps_ms / 1000).max() < 0.02


@pytest.mark.parametrize("hz", [2.0, 1.0])
def test_two_people_who_cross_keep_their_identity_at_a_low_rate(hz: float) -> None:
    people = [Person(walking(0.2, 0.06), colour=0), Person(walking(0.8, -0.06, y=0.82), colour=1)]
    tracks = linked(seen(people, 10, hz))
    assert [middles(track)[-1] > middles(track)[0] for track in tracks] == [True, False]
    assert all(abs(middles(track)[-1] - middles(track)[0]) > 0.45 for track in tracks)


@pytest.mark.parametrize("hz", [2.0, 1.0])
def test_neighbours_who_walk_on_to_each_other_s_places_keep_their_identity(hz: float) -> None:
    # At 1 Hz each box is where the next person's was a frame earlier: by IoU all would switch.
    people = [Person(walking(0.1 + 0.1 * n, 0.1), colour=n, end=5.0) for n in range(3)]
    tracks = linked(seen(people, 5, hz))
    assert len(tracks) == 3
    for number, track in enumerate(sorted(tracks, key=lambda one: middles(one)[0])):
        assert abs(middles(track)[0] - 0.1 - 0.1 * number) < 0.02
        assert abs(middles(track)[-1] - middles(track)[0] - 0.1 * (5 - 1 / hz)) < 0.03


@pytest.mark.parametrize("hz", [1.0, 0.5])
def test_a_frame_without_detection_is_interpolated_at_a_low_rate(hz: float) -> None:
    whole = seen([Person(walking(0.1, 0.03), hidden=lambda t: t == 4.0)], 14, hz)
    (track,) = linked(whole)
    assert track.timestamps_ms.tolist() == whole.timestamps_ms.tolist()
    assert (track.rows == -1).sum() == 1


@pytest.mark.parametrize("hz", [1.0, 0.5])
def test_people_one_after_the_other_are_two_at_a_low_rate(hz: float) -> None:
    first = Person(lambda _: (0.2, 0.8), colour=0, end=8.0)
    second = Person(lambda _: (0.8, 0.8), colour=3, begin=8.0)
    tracks = linked(seen([first, second], 16, hz))
    assert [len(track.rows) for track in tracks] == [8 * hz, 8 * hz]


def test_a_track_goes_on_where_a_variable_frame_rate_drops() -> None:
    times = [*np.arange(0, 4, 0.2).tolist(), *np.arange(4, 13, 1.0).tolist()]
    people = [
        Person(walking(0.1, 0.05), colour=0),
        Person(lambda _: (0.4, 0.5), colour=1),
        Person(walking(0.9, -0.05, y=0.95), colour=2),
    ]
    whole = seen(people, 0, times=times)
    tracks = linked(whole)
    assert len(tracks) == 3
    for track in tracks:
        assert_whole(track, whole)


def test_a_track_goes_on_where_a_variable_frame_rate_rises_and_after_a_pause() -> None:
    standing = Person(lambda _: (0.4, 0.8))
    times = [*np.arange(0, 6, 1.0).tolist(), *np.arange(6, 8, 0.2).tolist(), 20.0, 20.2, 20.4, 20.6, 20.8]
    whole = seen([standing], 0, times=times)
    (track,) = linked(whole)
    assert_whole(track, whole)


@pytest.mark.parametrize("times", [[0.0], [0.0, 0.04], [0.0, 0.2], [0.0, 1.0], [0.0, 30.0]])
def test_in_a_video_of_a_frame_or_two_everyone_is_reported(times: list[float]) -> None:
    people = [Person(lambda _: (0.2, 0.8), colour=0), Person(lambda _: (0.7, 0.7), colour=1)]
    whole = seen(people, 0, times=times)
    tracks = linked(whole)
    assert len(tracks) == 2
    for track in tracks:
        assert_whole(track, whole)


def test_who_is_in_one_of_two_frames_is_reported() -> None:
    (track,) = linked(seen([Person(lambda _: (0.2, 0.8), begin=0.5)], 0, times=[0.0, 1.0]))
    assert track.timestamps_ms.tolist() == [1000]


def test_who_is_detected_once_at_a_low_rate_is_reported_where_confidence_is_high() -> None:
    def detected_once(score: float) -> list[Track]:
        return linked(seen([Person(lambda _: (0.2, 0.8), begin=5, end=6, score=score)], 20, 1.0))

    assert [track.timestamps_ms.tolist() for track in detected_once(0.9)] == [[5000]]
    assert detected_once(0.6) == []


@pytest.mark.parametrize("times", [[0.0], [0.0, 0.2], [0.0, 1.0, 2.0, 3.0]])
def test_an_empty_scene_stays_empty(times: list[float]) -> None:
    assert linked(seen([Person(lambda _: (0.2, 0.8), score=0.4)], 0, times=times)) == []


@pytest.mark.parametrize("first", [[0.32, 0.50, 0.28, 0.49], [0.28, 0.66, 0.22, 0.33]])
def test_someone_whose_box_the_border_cuts_off_is_the_one_who_enters(first: list[float]) -> None:
    # Half a body or less in the first frame, the whole of it a second later and further up.
    frames = 10
    boxes = [first, *[[0.5, 0.08, 0.19, 0.85]] * (frames - 1)]
    descriptors = np.stack([descriptor(1), *[descriptor(0)] * (frames - 1)])
    whole = SegmentDetections.of(
        np.arange(frames) * 1000, np.arange(frames), boxes, [0.95] * frames, appearance=descriptors
    )
    (track,) = linked(whole)
    assert_whole(track, whole)


def test_a_limit_of_time_allows_two_frames_however_far_apart() -> None:
    seconds, frames = np.array([0.4, 0.6, 2.0, 9.0, 9.0]), np.array([9, 9, 1, 2, 3])
    assert within(seconds, frames, 0.5).tolist() == [True, False, True, True, False]


def test_frames_stand_for_the_time_around_them() -> None:
    assert frame_durations(np.array([0, 200, 400, 1400, 2400])).tolist() == pytest.approx(
        [0.2, 0.2, 0.6, 1.0, 1.0]
    )
    assert frame_durations(np.array([40])).tolist() == [1.0]
    assert len(frame_durations(np.zeros(0, np.int64))) == 0

"""People in a crowd, who are in view only between one occlusion and the next."""

from __future__ import annotations

import numpy as np

from engine.tracker import Settings, Track, link
from engine.tracker.passes.forward_pass import track_forward
from engine.tracker.passes.gaps import Gaps
from engine.tracker.passes.occlusion import unoccluded_seconds
from engine.tracker.passes.stitch_evidence import log_likelihood_ratio
from engine.tracker.tracklets.ranges import expanded
from engine.tracker.tracklets.tracklet_ends import tracklet_ends
from engine.tracker.tracklets.tracklets import Tracklets
from tests.unit.tracker.scenes import ASPECT, HEIGHT, Person, seen, walking


def middles(track: Track) -> np.ndarray:
    return track.boxes[:, 0] + track.boxes[:, 2] / 2


def test_a_person_in_view_only_between_others_who_pass_in_front_is_reported() -> None:
    # Everyone in front crosses the one behind, so that each of the pieces between is a frame or two long.
    crowd = [Person(walking(0.2 - 0.16 * n, 0.16, y=0.84 + 0.01 * (n % 2)), colour=n % 3) for n in range(8)]
    behind = Person(lambda _: (0.5, 0.8), colour=4, hidden=lambda t: (t - 1.5) % 1.0 < 0.55)
    tracks = link([seen([*crowd, behind], 8)], frame_aspect=ASPECT)
    staying = [track for track in tracks if np.ptp(middles(track)) < 0.03]
    assert len(staying) == 1
    assert staying[0].timestamps_ms[-1] - staying[0].timestamps_ms[0] > 6000
    assert abs(np.median(middles(staying[0])) - 0.5) < 0.01


def test_coming_back_where_one_stood_is_much_better_evidence_than_half_a_body_away() -> None:
    def evidence(x: float) -> float:
        people = [Person(lambda _: (0.4, 0.8), end=4.0), Person(lambda _: (x, 0.8), begin=7.0)]
        store = track_forward([seen(people, 12, jitter=0.001)], ASPECT, Settings())
        tracklets = Tracklets.of(store)
        tails = tracklet_ends(store, tracklets, first=False)
        heads = tracklet_ends(store, tracklets, first=True)
        gaps = Gaps(tails, heads, np.array([0]), np.array([1]))
        return float(log_likelihood_ratio(store, gaps, 1.0)[0])

    half_a_body = HEIGHT / 2 / ASPECT
    assert evidence(0.4) - evidence(0.4 + half_a_body) > 1.0


def test_a_brief_track_of_middling_confidence_is_dropped_and_a_long_one_kept() -> None:
    def tracks(score: float, seconds: float) -> int:
        person = Person(lambda _: (0.3, 0.8), begin=4.9, end=4.9 + seconds, score=score)
        return len(link([seen([person], 20)], frame_aspect=ASPECT))

    assert tracks(0.6, 1.0) == 0
    assert tracks(0.9, 1.0) == 1
    assert tracks(0.6, 4.0) == 1


def test_somebody_seen_for_a_second_of_a_short_clip_is_reported() -> None:
    def people(clip: float) -> int:
        brief = Person(lambda _: (0.3, 0.8), end=0.9, score=0.65)
        return len(link([seen([brief], clip)], frame_aspect=ASPECT))

    assert people(2) == 1
    assert people(20) == 0


def test_a_detectors_confidences_are_its_own() -> None:
    def people(name: str) -> int:
        unsure = Person(lambda _: (0.3, 0.8), score=0.55)
        settings = Settings.for_detector(name)
        return len(link([seen([unsure], 20)], frame_aspect=ASPECT, settings=settings))

    assert people("movenet") == 0
    assert people("of another origin") == 1


def test_a_gap_counts_as_unoccluded_by_the_share_that_others_leave_visible() -> None:
    # Someone is gone for frames 10 to 14; in two of them a box in front covers 13/30 of
    # where they are expected, of the 2/3 that hide someone.
    gone = Person(lambda _: (0.5, 0.8), hidden=lambda t: 1.9 < t < 2.9)
    front = Person(lambda _: (0.5, 0.97), colour=1, begin=1.95, end=2.3)
    store = track_forward([seen([gone, front], 5, jitter=0.0)], ASPECT, Settings(lost_seconds=0.3))
    tracklets = Tracklets.of(store)
    before, after = 0, len(tracklets) - 1
    gaps = Gaps(
        tracklet_ends(store, tracklets, first=False),
        tracklet_ends(store, tracklets, first=True),
        np.array([before]),
        np.array([after]),
    )
    assert gaps.tails.frame[before] == 9
    assert gaps.heads.frame[after] == 15
    labels = tracklets.labels
    assert np.allclose(unoccluded_seconds(store, gaps, labels), 0.2 * (3 + 2 * (1 - 13 / 20)), atol=0.01)
    assert len(unoccluded_seconds(store, gaps.at(np.zeros(0, np.intp)), labels)) == 0


def test_the_ends_of_many_tracklets_are_those_of_each_alone() -> None:
    people = [Person(walking(0.1 + 0.2 * n, 0.03, y=0.6 + 0.08 * n), colour=n) for n in range(4)]
    whole = track_forward([seen(people, 6)], ASPECT, Settings())
    together = tracklet_ends(whole, Tracklets.of(whole), first=False)
    for number, person in enumerate(people):
        single = track_forward([seen([person], 6, jitter=0.0)], ASPECT, Settings())
        alone = tracklet_ends(single, Tracklets.of(single), first=False)
        assert np.abs(together.centre[number] - alone.centre[0]).max() < 0.01
        assert np.abs(together.velocity[number] - alone.velocity[0]).max() < 0.02
        assert abs(together.height[number] - HEIGHT) < 0.01
        assert (together.appearance[number] == alone.appearance[0]).all()


def test_ranges_are_expanded_to_their_numbers() -> None:
    of, numbers = expanded(np.array([3, 7, 7, 0]), np.array([5, 7, 6, 3]))
    assert of.tolist() == [0, 0, 3, 3, 3]
    assert numbers.tolist() == [3, 4, 0, 1, 2]

"""Figures of a scene over a period."""

from __future__ import annotations

from tests.unit.days.figures_read import HOUR_MS, line_hour, visit, zone_hour
from tools.page.days.figures import BANDS, Read, figures_of, flow_of
from tools.page.days.period import period_of

DAY = period_of("2026-11-20", "2026-11-20", "Europe/Berlin")
TEN, ELEVEN = "2026-11-20T10:00+01:00", "2026-11-20T11:00+01:00"


def test_the_videos_of_an_hour_are_added_up() -> None:
    hours = [zone_hour(TEN, 3, minutes=20), zone_hour(TEN, 4, video="b", minutes=30)]
    figures = figures_of(DAY, Read(zone_hours={"till": hours}))
    assert figures.zones[0].visits_by_hour[10] == 7
    assert figures.filmed_by_hour[10] == 50 * 60_000
    assert figures.videos == 2


def test_an_hour_without_video_has_no_count_and_one_without_anybody_has_zero() -> None:
    figures = figures_of(DAY, Read(zone_hours={"till": [zone_hour(TEN, 0)]}))
    assert figures.zones[0].paths_by_hour[10] == 0
    assert figures.zones[0].paths_by_hour[11] is None
    assert figures.filmed_by_hour[11] == 0


def test_both_hours_that_a_clock_shows_twice_are_counted_apart() -> None:
    day = period_of("2026-10-25", "2026-10-25", "Europe/Berlin")
    hours = [zone_hour("2026-10-25T02:00+02:00", 1), zone_hour("2026-10-25T02:00+01:00", 5)]
    zone = figures_of(day, Read(zone_hours={"till": hours})).zones[0]
    assert zone.visits_by_hour[2:4] == (1, 5)


def test_places_of_one_video_are_filmed_once() -> None:
    read = Read(
        zone_hours={"till": [zone_hour(TEN, 1)], "shelf": [zone_hour(TEN, 2, zone="shelf")]},
        line_hours={"door": [line_hour(TEN, 3, 2), line_hour(ELEVEN, 1, 0, minutes=30)]},
    )
    figures = figures_of(DAY, read)
    assert figures.filmed_ms == 1.5 * HOUR_MS
    assert (figures.lines[0].went_in, figures.lines[0].went_out) == (4, 2)
    assert figures.lines[0].in_by_hour[9:12] == (None, 3, 1)


def test_dwell_has_median_longest_mean_and_bands() -> None:
    visits = [visit(0, 2_000), visit(9_000, 5_000, index=1), visit(20_000, 4_000_000, index=1)]
    read = Read(zone_hours={"till": [zone_hour(TEN, 3)]}, visits={"till": visits})
    zone = figures_of(DAY, read).zones[0]
    assert (zone.dwell.median_ms, zone.dwell.longest_ms, zone.dwell.mean_ms) == (5_000, 4_000_000, 10_000)
    assert zone.dwell.bands == (1, 1, *[0] * (len(BANDS) - 2), 1)
    assert zone.paths == 2


def test_visits_that_were_only_counted_leave_paths_unknown() -> None:
    read = Read(zone_hours={"till": [zone_hour(TEN, 3)]}, visits={"till": [visit(0, 2_000)]})
    assert not read.knows_all_visits()
    zone = figures_of(DAY, read).zones[0]
    assert (zone.visits, zone.paths, zone.dwell.known) == (3, None, 1)


def test_a_scene_without_video_has_no_figures_but_its_hours() -> None:
    figures = figures_of(DAY, Read(zone_hours={"till": []}, line_hours={"door": []}))
    assert (figures.filmed_ms, figures.videos) == (0, 0)
    assert figures.zones[0].paths_by_hour == (None,) * 24
    assert figures.zones[0].dwell.median_ms is None


def test_flow_is_from_each_visit_of_a_path_to_its_next() -> None:
    shelf = [visit(0, 1, zone="shelf"), visit(50, 1, zone="shelf", video="b")]
    till = [visit(10, 1), visit(20, 1), visit(90, 1, index=1), visit(60, 1, video="b")]
    assert flow_of([till, shelf]) == {("shelf", "till"): 2, ("till", "till"): 1}

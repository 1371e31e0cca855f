"""Figures as CSV files."""

from __future__ import annotations

import pytest

from tests.unit.days.figures_read import line_hour, visit, zone_hour
from tools.page.days.comparison import compared
from tools.page.days.csv_tables import TABLES, comparison_text, table_text
from tools.page.days.figures import Figures, Read, figures_of
from tools.page.days.period import period_of

TEN = "2026-11-20T10:00+01:00"


def figures(zone: str = "till") -> Figures:
    read = Read(
        zone_hours={zone: [zone_hour(TEN, 2, zone=zone)]},
        line_hours={"door": [line_hour(TEN, 1, 0)]},
        visits={zone: [visit(0, 4_000, zone=zone), visit(9_000, 7_000, zone=zone)]},
    )
    return figures_of(period_of("2026-11-20", "2026-11-20", "Europe/Berlin"), read)


def test_an_hour_without_video_says_so_in_place_of_a_count() -> None:
    lines = table_text("zones-by-hour", figures()).splitlines()
    assert len(lines) == 25
    assert lines[0] == "zone,hour,minutes_of_video,paths,visits"
    assert lines[10] == "till,2026-11-20T09:00+01:00,0.0,no video,no video"
    assert lines[11] == f"till,{TEN},60.0,2,2"


def test_dwell_has_a_column_for_each_band() -> None:
    head, row = (line.split(",") for line in table_text("dwell", figures()).splitlines())
    found = dict(zip(head, row, strict=True))
    assert (found["median_dwell_ms"], found["from_0_to_5_s"], found["from_5_to_15_s"]) == ("5500", "1", "1")
    assert found["visits_per_hour_of_video"] == "2.0"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_name_that_begins_like_a_formula_is_text(name: str) -> None:
    now = figures(name)
    texts = [table_text(table, now) for table in TABLES if table != "lines-by-hour"]
    for text in [*texts, comparison_text(compared(now, now))]:
        assert f"'{name}" in text
        assert f"\n{name}" not in text
        assert f",{name}" not in text


def test_a_comparison_has_the_unit_of_each_figure() -> None:
    text = comparison_text(compared(figures(), figures()))
    assert text.splitlines()[0] == "kind,name,figure,this_period,other_period,change,percent"
    assert 'zone,till,"median dwell, ms",5500,5500,0,0.0' in text.splitlines()

"""What `make demo` says of the answers of its scene."""

from decimal import Decimal

from tools.commands.demo import answer_lines


def test_zones_and_lines_are_one_line_each_that_fits_a_terminal() -> None:
    zone = {"Name": "junction", "Paths": 18, "Visits": 26, "MedianDwellMillis": 3600, "MostPeople": 5}
    line = {"Name": "walkway", "In": 6, "Out": 10}
    numbers = {name: Decimal(value) if isinstance(value, int) else value for name, value in zone.items()}
    said = list(answer_lines({"Answers": {"Zones": [numbers], "Lines": [line]}}))
    assert said == [
        "zone junction: 26 visits of 18 paths, dwell 3.6 s median, at most 5 at once",
        "line walkway: 6 in, 10 out",
    ]
    assert max(map(len, said)) <= 80


def test_a_video_without_answers_has_none() -> None:
    assert list(answer_lines({})) == []

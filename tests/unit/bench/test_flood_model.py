"""The model of a flood: with turns to detect no message is given up, and little detection is lost."""

from dataclasses import replace

import pytest

from bench.flood_model import missed_goals, outcome, setting


@pytest.mark.parametrize("minutes", [1, 10])
def test_a_flood_on_ten_functions_keeps_detecting_and_collects_at_once(minutes: float) -> None:
    with_turns = setting(10)
    before = outcome(replace(with_turns, budget=None), 40, minutes, seeds=1)
    after = outcome(with_turns, 40, minutes, seeds=1)
    assert missed_goals(minutes, before, after) == []
    assert after.collected_worst < before.collected_worst / 2
    assert after.refused < before.refused


def test_more_functions_finish_the_same_flood_sooner() -> None:
    assert outcome(setting(40), 40, 10, seeds=1).finished < outcome(setting(10), 40, 10, seeds=1).finished / 2

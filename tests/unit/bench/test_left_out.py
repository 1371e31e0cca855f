"""The tracker's numbers are chosen by the sequences that are not left out."""

import pytest

from bench.tracking.left_out import GROUPS, Choice, best, chosen, combinations, together
from bench.tracking.trials import AS_IT_IS, Change, changed, known_names
from engine.tracker import Settings
from engine.tracker.passes import stitching

BOLD = (Change("lost_seconds", "times", 1.4),)
NEAR = (Change("stitching._NEAR", "plus", -1),)


def figures(hota: float) -> dict[str, float]:
    return {"HOTA": hota, "IDF1": 80.0}


def test_a_sequence_that_is_left_out_has_no_say() -> None:
    scores = {
        AS_IT_IS: {"street": figures(60), "campus": figures(70)},
        BOLD: {"street": figures(90), "campus": figures(65)},
    }
    assert best(scores, ["street", "campus"]) == BOLD
    assert best(scores, ["campus"]) == AS_IT_IS
    choice = chosen(scores)
    assert choice.by_others == {"street": AS_IT_IS, "campus": BOLD}
    assert choice.by_all == BOLD


def test_of_equals_the_value_in_force_is_chosen() -> None:
    scores = {AS_IT_IS: {"street": figures(60)}, BOLD: {"street": figures(60)}}
    assert best(scores, ["street"]) == AS_IT_IS


def test_groups_are_chosen_at_once_too() -> None:
    one, other = Choice({"street": AS_IT_IS}, BOLD), Choice({"street": NEAR}, NEAR)
    assert together([one, other]) == Choice({"street": NEAR}, (*BOLD, *NEAR))


def test_the_values_in_force_are_one_of_each_groups_combinations() -> None:
    for group in GROUPS.values():
        tried = combinations(group)
        assert tried[0] == AS_IT_IS
        assert len(set(tried)) == len(tried) == 27


def test_every_number_of_a_group_exists() -> None:
    names = {change.name for group in GROUPS.values() for trial in combinations(group) for change in trial}
    assert names - known_names() == set()


def test_a_trial_changes_settings_and_constants_for_its_own_time() -> None:
    before = stitching._NEAR
    with changed((*BOLD, *NEAR), Settings(lost_seconds=0.5)) as settings:
        assert settings.lost_seconds == pytest.approx(0.7)
        assert before - 1 == stitching._NEAR
    assert before == stitching._NEAR
    with pytest.raises(KeyError), changed((Change("no_such_setting", "plus", 1),), Settings()):
        pass


def test_a_share_stays_a_share_and_a_whole_number_whole() -> None:
    more, less = Change("any", "times", 1.4), Change("any", "times", 0.7)
    assert more.of(0.8) == pytest.approx(0.9)
    assert more.of(1.5) == pytest.approx(2.1)
    assert more.of((0.5, 2.0)) == pytest.approx((0.7, 2.8))
    assert [less.of(2), more.of(2), less.of(15), more.of(1)] == [1, 3, 10, 2]

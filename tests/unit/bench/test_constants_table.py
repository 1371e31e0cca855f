"""The table of what the tracker's numbers change shows those that matter in full, and the rest in a line."""

from pathlib import Path

import pytest

from bench.tracking.constants import Tried, report
from bench.tracking.left_out import Choice, summary
from bench.tracking.trials import AS_IT_IS, Change, KeptFigures

BOLD = (Change("lost_seconds", "times", 1.4),)


def figures(hota: float, idf1: float) -> dict[str, float]:
    return {"HOTA": hota, "IDF1": idf1}


def test_what_moves_a_sequence_by_a_hota_is_shown_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    before = {"street": figures(60, 70), "campus": figures(70, 90)}
    matters = {"street": figures(-1.2, -2), "campus": figures(0.2, 0)}
    not_much = {"street": figures(0.9, 0), "campus": figures(0, -0.04)}
    report(
        before,
        [
            Tried("lost_seconds", [0.6, 0.5], [matters, not_much]),
            Tried("pruning._WIDE", [1.3], [not_much] * 2),
        ],
    )
    lines = capsys.readouterr().out.splitlines()
    assert "| as it is | | | 60.0 / 70.0 | 70.0 / 90.0 | 65.0 / 80.0 |" in lines
    assert "| `lost_seconds` | 0.6 or 0.5 | x 0.7 | -1.2 / -2.0 | +0.2 / +0.0 | -0.5 / -1.0 |" in lines
    assert "|  |  | x 1.4 | +0.9 / +0.0 | +0.0 / +0.0 | +0.5 / +0.0 |" in lines
    assert "No sequence moves by 1 HOTA with the other 1: `pruning._WIDE`." in lines
    assert lines[-1].endswith(
        "`lost_seconds` x 1.4 (+0.5), `pruning._WIDE` x 0.7 (+0.5), `pruning._WIDE` x 1.4 (+0.5)."
    )


def test_a_choice_flatters_by_what_it_reaches_more_with_a_sequence_in_view(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scores = {
        AS_IT_IS: {"street": figures(60, 70), "campus": figures(70, 90)},
        BOLD: {"street": figures(63, 71), "campus": figures(69, 90)},
    }
    summary({"lost time": Choice({"street": AS_IT_IS, "campus": BOLD}, BOLD)}, scores)
    assert capsys.readouterr().out.splitlines()[-1] == (
        "| lost time | +3.0 / +1.0 | +0.0 / +0.0 | +1.5 / +0.5 | +0.5 / +0.0 |"
    )


def test_what_was_tried_is_known_after_an_interruption(tmp_path: Path) -> None:
    file = tmp_path / "trials.jsonl"
    KeptFigures(file).keep("movenet: as it is", {"street": figures(60, 70)})
    again = KeptFigures(file)
    assert "movenet: as it is" in again
    assert again["movenet: as it is"] == {"street": figures(60, 70)}
    assert "nanodet: as it is" not in again

"""Work in the background."""

from __future__ import annotations

import threading

import pytest

from tools.page.days.work import Progress, Report, Work


def test_its_progress_is_given_until_it_is_done_and_then_what_it_made() -> None:
    work: Work[str] = Work()
    reached, go_on = threading.Event(), threading.Event()

    def make(report: Report) -> str:
        report(3, 10)
        reached.set()
        go_on.wait(30)
        return "made"

    work.ask("key", make)
    assert reached.wait(30)
    assert work.ask("key", make) == Progress(3, 10)
    go_on.set()
    assert work.wait("key", make) == "made"
    assert work.ask("key", make) == "made"


def test_it_is_made_once_and_again_only_when_it_is_old() -> None:
    now = [0.0]
    work: Work[int] = Work(lambda: now[0])
    made: list[int] = []

    def make(_: Report) -> int:
        made.append(len(made))
        return made[-1]

    assert [work.wait("key", make), work.wait("key", make)] == [0, 0]
    now[0] = 3600.0
    assert work.wait("key", make) == 1
    assert work.wait("other", make) == 2


def test_what_failed_is_said_and_tried_again() -> None:
    work: Work[int] = Work()

    def fail(_: Report) -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        work.wait("key", fail)
    assert work.wait("key", lambda _: 5) == 5

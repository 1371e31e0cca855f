"""Progress: rewritten in place on a terminal, few plain lines elsewhere."""

import io

import pytest

from tools.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_without_a_terminal_a_stage_is_shown_once_in_a_while() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    for percent in range(100):
        progress.show(f"detecting: {percent}%")
    progress.show("linking the paths")
    progress.done("done")
    assert stream.getvalue() == "00:00  detecting: 0%\n00:00  linking the paths\n00:00  done\n"


def test_on_a_terminal_one_line_is_rewritten() -> None:
    stream = Terminal()
    progress = Progress(stream)
    progress.show("detecting: 1%")
    progress.show("detecting: 2%")
    progress.done("done")
    assert (
        stream.getvalue() == "\r\x1b[K00:00  detecting: 1%\r\x1b[K00:00  detecting: 2%\r\x1b[K00:00  done\n"
    )


def test_a_line_never_wraps_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    stream = Terminal()
    Progress(stream).show("x" * 100)
    assert len(stream.getvalue().removeprefix("\r\x1b[K")) == 19


def test_an_unfinished_line_is_cleared_before_something_else_is_printed() -> None:
    stream = Terminal()
    progress = Progress(stream)
    progress.show("detecting")
    progress.close()
    progress.close()
    assert stream.getvalue().endswith("detecting\r\x1b[K")

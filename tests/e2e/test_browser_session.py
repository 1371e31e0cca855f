"""The browser of these tests: whatever it does not answer ends in time, and the next test has another."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from testing.errors import ChromiumError
from tests.e2e.browser_session import BrowserSession
from tests.e2e.chromium import Chromium

_ANSWERS = 'echo "1 /x" > "$PROFILE/DevToolsActivePort"'
"""What Chromium does once it can be debugged."""
_IGNORES_TERM = "trap '' TERM; while :; do sleep 0.1; done"


def program(folder: Path, script: str) -> str:
    """A program that stands in for Chromium; `$PROFILE` is its profile's folder."""
    made = folder / "chromium"
    made.write_text(f'#!/bin/bash\nPROFILE="${{@: -1}}"; PROFILE="${{PROFILE#*=}}"\n{script}\n')
    made.chmod(0o755)
    return str(made)


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def session(playwright: Playwright, chromium_program: str) -> Iterator[BrowserSession]:
    """One of its own, with little patience."""
    made = BrowserSession(playwright, chromium_program, call_seconds=3)
    yield made
    made.close()


def test_one_that_does_not_answer_at_start_is_started_once_more(
    tmp_path: Path, playwright: Playwright, chromium_program: str
) -> None:
    """Its profiles differ."""
    first_silent = program(
        tmp_path,
        f'echo "$PROFILE" >> {tmp_path}/profiles\n'
        f"if [[ $(wc -l < {tmp_path}/profiles) == 1 ]]; then exit 7; fi\n"
        f'exec {chromium_program} "$@"',
    )
    session = BrowserSession(playwright, first_silent)
    try:
        assert session.browser().is_connected()
    finally:
        session.close()
    profiles = (tmp_path / "profiles").read_text().splitlines()
    assert len(set(profiles)) == 2
    assert not any(Path(each).exists() for each in profiles)


def test_one_that_never_answers_fails_in_a_clear_line(tmp_path: Path, playwright: Playwright) -> None:
    silent = program(tmp_path, "echo cannot open display; exec sleep 60")
    with pytest.raises(
        ChromiumError, match=r"^Chromium has not answered 0\.5 s after its start: cannot open display$"
    ):
        BrowserSession(playwright, silent, start_seconds=0.5).browser()


def test_one_that_ends_at_start_fails_at_once(tmp_path: Path) -> None:
    with pytest.raises(ChromiumError, match=r"^Chromium ended at start with 7\.$"):
        Chromium(program(tmp_path, "exit 7"))


def test_one_that_does_not_end_is_killed_with_its_children(tmp_path: Path) -> None:
    stubborn = program(tmp_path, f"sleep 60 & echo $! > {tmp_path}/child\n{_ANSWERS}\n{_IGNORES_TERM}")
    chromium = Chromium(stubborn)
    child = int((tmp_path / "child").read_text())
    chromium.stop(seconds=1)
    assert chromium.process.returncode == -signal.SIGKILL
    end = time.monotonic() + 10
    while runs(child) and not _is_zombie(child):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_one_that_cannot_be_killed_is_left_behind_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stubborn = program(tmp_path, f"{_ANSWERS}\n{_IGNORES_TERM}")
    chromium = Chromium(stubborn)
    # As a kernel does that has lost it: signals have no effect.
    with monkeypatch.context() as lost:
        lost.setattr(os, "killpg", lambda *_: None)
        with pytest.warns(UserWarning, match=r"process \d+\) does not end, not even by SIGKILL"):
            chromium.stop(seconds=0.3)
    assert chromium.process.poll() is None
    os.killpg(chromium.process.pid, signal.SIGKILL)
    chromium.process.wait(10)


def test_a_call_that_is_not_answered_ends_and_the_next_test_has_another_browser(
    session: BrowserSession,
) -> None:
    with session.contexts() as new_context:
        page = new_context().new_page()
        first = session._chromium
        assert first is not None
        with pytest.raises(ChromiumError, match=r"^Chromium has not answered a call for 3 s\.$"):
            page.evaluate("() => { for (;;); }")
    assert first.process.returncode is not None
    with session.contexts() as new_context:
        assert new_context().new_page().evaluate("1 + 1") == 2
        assert session._chromium is not first


def test_one_that_crashed_is_replaced(session: BrowserSession) -> None:
    first = session.browser()
    chromium = session._chromium
    assert chromium is not None
    chromium.process.kill()
    chromium.process.wait(10)
    with session.contexts() as new_context:
        assert new_context().new_page().evaluate("1 + 1") == 2
    assert session.browser() is not first


def _is_zombie(pid: int) -> bool:
    shown = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False, timeout=10
    )
    return shown.stdout.strip().startswith("Z")

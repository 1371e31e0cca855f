"""One browser for all tests of a session, replaced when it stops answering."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright._impl._sync_base import SyncBase
from playwright.sync_api import Browser, BrowserContext, Error, Playwright, sync_playwright

from testing.errors import ChromiumError
from tests.e2e.chromium import END_SECONDS, START_SECONDS, Chromium

CALL_SECONDS = 60.0
"""Longer than the longest of Playwright's own timeouts, which not all of its calls have."""


class BrowserSession:
    """A browser that is started when it is first asked for.

    Args:
        program: Chromium's path.
        start_seconds, call_seconds: the longest waits for its start and for each call of it.
    """

    def __init__(
        self,
        playwright: Playwright,
        program: str,
        start_seconds: float = START_SECONDS,
        call_seconds: float = CALL_SECONDS,
    ) -> None:
        self._playwright, self._program = playwright, program
        self._start_seconds, self._call_seconds = start_seconds, call_seconds
        self._chromium: Chromium | None = None
        self._browser: Browser | None = None
        self._is_silent = False

    def browser(self) -> Browser:
        """The browser; started once more, with a fresh profile, where it does not answer at first.

        Raises:
            ChromiumError: nor does it the second time.
        """
        if not self._is_well():
            self.close()
        if self._browser is None:
            try:
                self._browser = self._start()
            except ChromiumError:
                self._browser = self._start()
        return self._browser

    @contextmanager
    def contexts(self) -> Iterator[Callable[..., BrowserContext]]:
        """Makes contexts, closed at the end; every call of Playwright's in the block has a deadline.

        Raises:
            ChromiumError: a call has not been answered in time; the next block has another browser.
        """
        browser = self.browser()
        made: list[BrowserContext] = []

        def make(**options: Any) -> BrowserContext:
            made.append(browser.new_context(**options))
            return made[-1]

        with _deadline(self._call_seconds, self._note_silence):
            yield make
            for context in made:
                if self._is_well():
                    context.close()
        if not self._is_well():
            self.close()

    def _is_well(self) -> bool:
        """Whether the browser, if there is one, answers as far as is known."""
        if self._chromium is None or self._browser is None:
            return True
        # Playwright notices its end only when it waits for something.
        return not self._is_silent and not self._chromium.has_ended() and self._browser.is_connected()

    def _note_silence(self) -> None:
        self._is_silent = True

    def close(self) -> None:
        """End the browser, if there is one."""
        chromium, self._chromium, self._browser, self._is_silent = self._chromium, None, None, False
        if chromium is not None:
            chromium.stop()

    def _start(self) -> Browser:
        self._chromium = Chromium(self._program, self._start_seconds)
        try:
            with _deadline(self._start_seconds, self._note_silence):
                return self._playwright.chromium.connect_over_cdp(self._chromium.address, is_local=True)
        except (Error, ChromiumError) as error:
            self.close()
            raise ChromiumError(
                f"Chromium cannot be connected to at its start: {str(error).splitlines()[0]}"
            ) from error


@contextmanager
def playwright_with_an_end(seconds: float = END_SECONDS) -> Iterator[Playwright]:
    """Playwright, whose driver is killed where it does not end by itself."""
    manager = sync_playwright()
    playwright = manager.__enter__()
    driver = manager._client._transport._proc  # type: ignore[union-attr]

    def kill() -> None:
        with contextlib.suppress(ProcessLookupError):
            driver.kill()

    try:
        yield playwright
    finally:
        timer = threading.Timer(seconds, kill)
        timer.daemon = True
        timer.start()
        manager.__exit__()
        timer.cancel()


@contextmanager
def _deadline(seconds: float, missed: Callable[[], None]) -> Iterator[None]:
    """Let no call of Playwright's wait longer; several of them know no timeout, `evaluate` for one.

    Args:
        missed: called when one has waited as long.
    """
    unlimited = SyncBase._sync

    def limited(self: SyncBase, awaitable: Awaitable[Any]) -> Any:
        __tracebackhide__ = True

        async def answer() -> Any:
            return await asyncio.wait_for(awaitable, seconds)

        try:
            return unlimited(self, answer())
        except TimeoutError as error:  # Playwright's own are of another class
            missed()
            raise ChromiumError(f"Chromium has not answered a call for {seconds:g} s.") from error

    SyncBase._sync = limited  # type: ignore[method-assign]
    try:
        yield
    finally:
        SyncBase._sync = unlimited  # type: ignore[method-assign]

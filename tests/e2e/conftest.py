"""A real browser for the tests that look at pages."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, Playwright

from tests.e2e.browser_session import BrowserSession, playwright_with_an_end

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_PICTURES = Path(__file__).parents[2] / ".local" / "screenshots"

PageMaker = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium_program() -> str:
    """Where Chromium is."""
    if _CHROMIUM is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    return _CHROMIUM


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with playwright_with_an_end() as made:
        yield made


@pytest.fixture(scope="session")
def browser_session(playwright: Playwright, chromium_program: str) -> Iterator[BrowserSession]:
    """Headless Chromium, one for all tests."""
    session = BrowserSession(playwright, chromium_program)
    yield session
    session.close()


@pytest.fixture
def new_page(browser_session: BrowserSession) -> Iterator[PageMaker]:
    """Makes pages, each in a context of its own; fails the test for whatever reached the page's console."""
    complaints: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    with browser_session.contexts() as new_context:

        def make(width: int = 1440, height: int = 1000, **options: object) -> Page:
            page = new_context(viewport={"width": width, "height": height}, **options).new_page()
            page.set_default_timeout(30_000)
            page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
            page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
            page.on("dialog", dismiss)
            return page

        yield make
    assert complaints == []


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where pictures of pages are kept for a person to look at; not part of the repository."""
    _PICTURES.mkdir(parents=True, exist_ok=True)
    return _PICTURES

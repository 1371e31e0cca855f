"""The demo's clip: fetched once, verified each time, and one clear line where it cannot be had."""

from pathlib import Path

import pytest

from tools.clip import cache, demo_clip
from tools.errors import ToolError


@pytest.fixture(autouse=True)
def machine_without_apt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PEOPLE_PATHING_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))


def test_without_apt_the_error_says_what_to_do() -> None:
    with pytest.raises(
        ToolError, match=r"does not have\. Use a video of your own instead: make demo VIDEO=path$"
    ):
        demo_clip()


def test_a_damaged_clip_in_the_cache_is_not_used() -> None:
    clip = cache() / "clips" / "vtest.avi"
    clip.parent.mkdir(parents=True)
    clip.write_bytes(b"damaged")
    with pytest.raises(ToolError):
        demo_clip()

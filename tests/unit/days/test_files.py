"""The files of the page of a scene over days."""

from __future__ import annotations

from tools.embedded.embedded_aws import ROOT
from tools.page.days.files import SCRIPT_PARTS, STYLE_PARTS, html, script, style


def test_every_part_is_served_once() -> None:
    for folder, parts, served in (("js", SCRIPT_PARTS, script()), ("css", STYLE_PARTS, style())):
        assert set((ROOT / "tools" / "page" / "days" / folder).iterdir()) <= set(parts)
        for part in parts:
            assert served.count(part.read_text("utf-8")) == 1, part.name


def test_the_page_has_no_script_or_style_of_its_own() -> None:
    for forbidden in ("<style", "style=", "onclick", "<script>"):
        assert forbidden not in html()

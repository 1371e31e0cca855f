"""The report's section of zones and lines, and its replacement when the scene has changed.

The section stands between two comments of the page, which no name can write: names are escaped. The script
and the style sheet are the same with and without it, so that their digests hold when it is replaced.
"""

from __future__ import annotations

from html import escape
from typing import Any

from pipeline.answers.output.summary import summary_of
from pipeline.answers.output.tables import PREFIX, Answered
from pipeline.answers.scenes.stored_scene import StoredScene
from pipeline.report.answers.block import answers_block, left_out
from pipeline.report.answers.tables import flow_table, lines_table, zones_table
from pipeline.report.answers.time_of_day import TimeOfDay
from pipeline.report.inert_json import inert_json
from pipeline.report.outside_text import escaped

BEGIN, END = "<!--answers-->", "<!--/answers-->"
"""The comments around the section, in the template."""

_PATHS = (
    "A path is a person as long as the tracker follows them: someone lost and found again may be two paths, "
    "so these are counts of paths, not of visitors."
)


def answers_section(answered: Answered, stored: StoredScene, answered_at: str) -> str:
    """The section's HTML with its data; empty where the scene has neither zones nor lines.

    Args:
        answered: the video's answers.
        stored: the scene that asked.
        answered_at: when, ISO-8601.
    """
    scene = answered.scene
    if not (scene.zones or scene.lines):
        return ""
    times = TimeOfDay(answered)
    data = answers_block(answered, times)
    summary = summary_of(answered.answers, scene)
    asked = (
        f"Scene <bdi>{escaped(scene.name)}</bdi> as it was {escape(answered_at)} (revision {stored.revision})"
    )
    return (
        '\n  <section class="card answers" aria-labelledby="answers-title">\n'
        f'    <div class="head"><h2 id="answers-title">{_title(answered)}</h2><p>{asked}</p></div>\n'
        f'    <div class="tables">\n{_tables(answered, summary, times)}    </div>\n'
        f"{_chart(answered)}{_downloads(data['csv'])}"
        f'    <p class="caveat">{_PATHS} {escape(times.sentence())}</p>\n'
        f'    <script type="application/json" id="answers-data">{inert_json(data)}</script>\n'
        "  </section>\n"
    )


def with_section(page: bytes, section: str) -> bytes | None:
    """A page with another section in place of its own; None where it has no place for one."""
    begin, end = BEGIN.encode(), END.encode()
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        return None
    return before + begin + section.encode("utf-8", "replace") + end + after


def _title(answered: Answered) -> str:
    scene = answered.scene
    if scene.zones and scene.lines:
        return "Zones and lines"
    return "Zones" if scene.zones else "Lines"


def _tables(answered: Answered, summary: dict[str, Any], times: TimeOfDay) -> str:
    tables = []
    if answered.scene.zones:
        tables.append(zones_table(summary["Zones"], answered.answers.visits(), times))
    if answered.scene.lines:
        tables.append(lines_table(summary["Lines"]))
    if answered.scene.zones:
        tables.append(flow_table(answered.answers.flow(), [zone.name for zone in answered.scene.zones]))
    return "".join(tables)


def _chart(answered: Answered) -> str:
    if not answered.scene.zones:
        return ""
    return (
        '    <h3>In each zone over time</h3>\n    <canvas id="occupancy" role="img" '
        'aria-label="How many were in each zone over time; occupancy.csv has the same as numbers"></canvas>\n'
    )


def _downloads(offered: dict[str, str]) -> str:
    buttons = "".join(f'<button type="button" data-csv="{name}">{name}</button>' for name in offered)
    missing = left_out(offered)
    rest = (
        f"<span>Too long for this page: {', '.join(missing)}; all rows are under {PREFIX} in the "
        "results bucket.</span>"
        if missing
        else ""
    )
    return (
        '    <div class="downloads" role="group" aria-label="Downloads" hidden>'
        f'{buttons}<span id="saved" role="status"></span>{rest}</div>\n'
    )

"""Write the report page of one video.

The page is one file that asks the network for nothing: a Content-Security-Policy allows the one script and
the one style sheet in it by their digests and nothing else. Everything that comes with the video (its name
above all) reaches the page as escaped text or as JSON in a block that is never executed.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from pipeline.path.person_path import PersonPath
from pipeline.report.answers.section import BEGIN, END
from pipeline.report.data_blocks import data_blocks
from pipeline.report.outside_text import escaped
from pipeline.report.people_table import people_table
from pipeline.report.reduction import within
from pipeline.report.script import script
from pipeline.report.still import shown_aspect
from pipeline.report.style import style
from pipeline.report.tiles import tiles
from pipeline.report.video_facts import VideoFacts
from shared.quantities import count
from shared.still import Still

POINTS_A_PAGE = 200_000
"""Most boxes in one page: 2.4 MB of them, 3.2 MB as text, some 50 MB while the page is written."""

_TEMPLATE = Path(__file__).parent / "report.html"
_MARK = re.compile(r"\{\{(\w+)\}\}")


class Writable(Protocol):
    """Anything that bytes can be written to."""

    def write(self, data: bytes, /) -> object: ...


def write_report(
    file: Writable,
    video: VideoFacts,
    people: Iterable[PersonPath],
    still: Still | None,
    answers: str = "",
) -> None:
    """Write the page into `file`.

    Args:
        file: what to write to, an open file for one.
        video: about the video.
        people: in order of their Index; read once.
        still: of the scene, to draw on, or None for a plain ground.
        answers: the section of zones and lines, empty where no scene asked.
    """
    for piece in render(video, people, still, answers):
        file.write(piece)


def render(
    video: VideoFacts, people: Iterable[PersonPath], still: Still | None, answers: str = ""
) -> Iterator[bytes]:
    """The page, in pieces; arguments as for :func:`write_report`."""
    shown = within(people, POINTS_A_PAGE)
    aspect = shown_aspect(video.width, video.height, still)
    parts = {
        **_code(aspect),
        **_about(video),
        "people": count(len(shown), "person", "people"),
        **tiles(video, shown),
        **people_table(shown),
        "still": _still(still),
        "answers": BEGIN + answers + END,
        **data_blocks(video, shown, aspect, still.at_ms if still else 0),
    }
    for position, piece in enumerate(_MARK.split(_TEMPLATE.read_text("utf-8"))):
        yield (parts[piece] if position % 2 else piece).encode("utf-8", "replace")


def _code(aspect: float) -> dict[str, str]:
    """Script and style sheet with the digests that allow them."""
    styled = f":root {{ --ratio: {aspect:.5f} }}\n{style()}"
    return {
        "script": script(),
        "style": styled,
        "script_digest": _digest(script()),
        "style_digest": _digest(styled),
    }


def _about(video: VideoFacts) -> dict[str, str]:
    facts = {
        "Video": video.address,
        "Format": ", ".join(part for part in (video.format, video.codec) if part),
        "Tracked": video.completed_at,
        "Video id": video.video_id,
        "Job id": video.job_id,
    }
    return {
        "title": escaped(video.name),
        "source": escaped(video.address),
        "note": f'<p class="note"><bdi>{escaped(video.note)}</bdi></p>' if video.note else "",
        "about": "".join(
            f"<dt>{name}</dt><dd><bdi>{escaped(value)}</bdi></dd>"
            for name, value in facts.items()
            if value.strip()
        ),
    }


def _still(still: Still | None) -> str:
    if still is None:
        return ""
    return f'<img id="still" alt="" src="data:image/jpeg;base64,{base64.b64encode(still.jpeg).decode()}">'


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

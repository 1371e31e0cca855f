"""Write the report page of one video.

The page is one file that asks the network for nothing: a Content-Security-Policy allows the one script and
the one style sheet in it by their digests and nothing else. Everything that comes with the video (its name
above all) reaches the page as escaped text or as JSON in a block that is never executed.
"""

import base64
import hashlib
import html
import json
import re
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.path.person_path import PersonPath
from pipeline.report.script import script
from pipeline.report.still import shown_aspect
from shared.still import Still

POINTS_A_PAGE = 200_000
"""Most boxes in one page: 2.4 MB of them, 3.2 MB as text, some 50 MB while the page is written."""

SCALE = 10_000
"""Boxes are written as 16-bit integers of a ratio times this, which reaches 3.2 frames beyond the frame."""

_NOBODY = '<tr class="nobody"><td colspan="6">Nobody was seen</td></tr>\n'
_HERE = Path(__file__).parent
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MARK = re.compile(r"\{\{(\w+)\}\}")


class Writable(Protocol):
    """Anything that bytes can be written to."""

    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True)
class VideoFacts:
    """What the page says about the video itself.

    Attributes:
        bucket, key: where the video was dropped.
        duration_ms, width, height, frame_rate, codec, format: from VideoMetadata; width and height in pixels.
        completed_at: when its tracking completed, ISO-8601.
        video_id, job_id: its ids in the table and at the tracking service.
        note: what the tracking service says of a job that succeeded, if anything.
    """

    bucket: str
    key: str
    duration_ms: int
    width: int
    height: int
    frame_rate: float = 0.0
    codec: str = ""
    format: str = ""
    completed_at: str = ""
    video_id: str = ""
    job_id: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        return self.key.rsplit("/", 1)[-1] or self.key


def write_report(
    file: Writable, video: VideoFacts, people: Iterable[PersonPath], still: Still | None
) -> None:
    """Write the page into `file`.

    Args:
        file: what to write to, an open file for one.
        video: about the video.
        people: in order of their Index; read once.
        still: of the scene, to draw on, or None for a plain ground.
    """
    for piece in render(video, people, still):
        file.write(piece)


def render(video: VideoFacts, people: Iterable[PersonPath], still: Still | None) -> Iterator[bytes]:
    """The page, in pieces; arguments as for :func:`write_report`."""
    shown = _within(people, POINTS_A_PAGE)
    aspect = shown_aspect(video.width, video.height, still)
    style = f":root {{ --ratio: {aspect:.5f} }}\n" + (_HERE / "report.css").read_text("utf-8")
    most, when = _most_at_once(shown)
    parts = {
        "title": html.escape(_shown(video.name)),
        "source": html.escape(_shown(f"s3://{video.bucket}/{video.key}")),
        "script": script(),
        "style": style,
        "script_digest": _digest(script()),
        "style_digest": _digest(style),
        "people": _count(len(shown), "person", "people"),
        "people_number": str(len(shown)),
        "most": str(most),
        "most_when": f"at {clock(when)}" if most else "nobody in view",
        "median": _time_seen(_median([person.seconds_seen for person in shown])),
        "length": clock(video.duration_ms),
        "frame": f"{video.width} × {video.height}"
        + (f", {video.frame_rate:g} fps" if video.frame_rate else ""),
        "note": f'<p class="note"><bdi>{html.escape(_shown(video.note))}</bdi></p>' if video.note else "",
        "about": _about(video),
        "rows": "".join(_row(person) for person in shown) or _NOBODY,
        "still": _still(still),
        "data": _inert({**_data(video, shown), "stillAt": still.at_ms if still else 0, "aspect": aspect}),
        "times": _base64("I", (point[0] for person in shown for span in person.spans for point in span)),
        "boxes": _base64(
            "h",
            (
                max(-32_767, min(32_767, round(value * SCALE)))
                for person in shown
                for span in person.spans
                for point in span
                for value in point[1:]
            ),
        ),
    }
    template = (_HERE / "report.html").read_text("utf-8")
    for position, piece in enumerate(_MARK.split(template)):
        yield (parts[piece] if position % 2 else piece).encode("utf-8", "replace")


def clock(ms: float) -> str:
    """Milliseconds as ``m:ss``, or ``h:mm:ss`` from one hour."""
    seconds = int(ms // 1000)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _within(people: Iterable[PersonPath], budget: int) -> list[PersonPath]:
    """The people in at most `budget` boxes together, reducing those who have most."""
    held: list[PersonPath] = []
    total = 0
    for person in people:
        held.append(person)
        total += person.points
        if total > budget * 1.25:
            held = _levelled(held, budget)
            total = sum(each.points for each in held)
    return held if total <= budget else _levelled(held, budget)


def _levelled(people: list[PersonPath], budget: int) -> list[PersonPath]:
    low, high = 2, max(person.points for person in people)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(person.points, middle) for person in people) <= budget:
            low = middle
        else:
            high = middle - 1
    return [person if person.points <= low else person.reduced(low) for person in people]


def _most_at_once(people: Sequence[PersonPath]) -> tuple[int, int]:
    """Most people in view at one time, and the first time (ms) that was so."""
    steps = sorted(
        step
        for person in people
        for span in person.spans
        for step in ((span[0][0], 1), (span[-1][0] + 1, -1))
    )
    most = now = when = 0
    for ms, step in steps:
        now += step
        if now > most:
            most, when = now, ms
    return most, when


def _median(values: list[float]) -> float | None:
    return sorted(values)[len(values) // 2] if values else None


def _time_seen(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return f"{seconds:.1f} s" if seconds < 59.95 else clock(round(seconds) * 1000)


def _shown(name: str) -> str:
    """A name in which marks that turn the reading direction are shown and have no effect."""
    return _TURNING.sub(lambda mark: f"⟨U+{ord(mark[0]):X}⟩", name)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _row(person: PersonPath) -> str:
    return (
        f'<tr data-index="{person.index}"><th scope="row"><button type="button" aria-pressed="false">'
        f'<i class="swatch"></i><span><span class="word">Person </span>{person.index}</span></button></th>'
        f'<td data-value="{person.seconds_seen}">{person.seconds_seen:.1f}</td>'
        f'<td data-value="{person.distance}">{person.distance:.2f}</td>'
        f'<td data-value="{person.first_ms}">{clock(person.first_ms)}</td>'
        f'<td data-value="{person.last_ms}">{clock(person.last_ms)}</td>'
        f'<td data-value="{person.faces}">{person.faces or "–"}</td></tr>\n'
    )


def _about(video: VideoFacts) -> str:
    facts = {
        "Video": f"s3://{video.bucket}/{video.key}",
        "Format": ", ".join(part for part in (video.format, video.codec) if part),
        "Tracked": video.completed_at,
        "Video id": video.video_id,
        "Job id": video.job_id,
    }
    return "".join(
        f"<dt>{name}</dt><dd><bdi>{html.escape(_shown(value))}</bdi></dd>"
        for name, value in facts.items()
        if value.strip()
    )


def _still(still: Still | None) -> str:
    if still is None:
        return ""
    return f'<img id="still" alt="" src="data:image/jpeg;base64,{base64.b64encode(still.jpeg).decode()}">'


def _data(video: VideoFacts, people: Sequence[PersonPath]) -> dict[str, object]:
    return {
        "name": video.name,
        "duration": video.duration_ms,
        "scale": SCALE,
        "people": [
            {
                "index": person.index,
                "first": person.first_ms,
                "last": person.last_ms,
                "spans": [len(span) for span in person.spans],
            }
            for person in people
        ],
    }


def _inert(data: object) -> str:
    """JSON that cannot end the block it stands in, nor open a comment or a tag there."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _base64(kind: str, values: Iterable[int]) -> str:
    """Little-endian numbers of one kind of `array` as base64."""
    numbers = array(kind, values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(numbers).decode()


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

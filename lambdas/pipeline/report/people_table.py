"""The report's table of people, complete without its script."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.path.person_path import PersonPath
from shared.links import PathLinks
from shared.quantities import clock, duration

_SURE_COLUMN = (
    '          <th scope="col"><button type="button" title="How likely the path is of one person">'
    "Sure</button></th>\n"
)
_FACES_COLUMN = '          <th scope="col"><button type="button">Faces</button></th>\n'

_SURE = 0.9
"""A path is unsure when it is one person's with a probability below this."""

_NOBODY = '<tr class="nobody"><td colspan="5">Nobody was seen</td></tr>\n'


def people_table(people: Sequence[PersonPath]) -> dict[str, str]:
    """The columns that only some tables have and the rows, by their names in the template.

    There is a column of faces where there are faces, and one of confidence where a path is unsure.
    """
    faces = any(person.faces for person in people)
    unsure = any(person.links and person.links.confidence < _SURE for person in people)
    return {
        "sure_column": _SURE_COLUMN if unsure else "",
        "faces_column": _FACES_COLUMN if faces else "",
        "rows": "".join(_row(person, faces, unsure) for person in people) or _NOBODY,
    }


def _row(person: PersonPath, faces: bool, unsure: bool) -> str:
    return (
        f'<tr data-index="{person.index}"><th scope="row"><button type="button" aria-pressed="false">'
        f'<i class="swatch"></i><span><span class="word">Person </span>{person.index}</span></button></th>'
        f'<td data-value="{person.seconds_seen}">{duration(1000 * person.seconds_seen)}</td>'
        f'<td data-value="{person.distance}">{person.distance:.2f}</td>'
        f'<td data-value="{person.first_ms}">{clock(person.first_ms)}</td>'
        f'<td data-value="{person.last_ms}">{clock(person.last_ms)}</td>'
        + (_confidence(person.links) if unsure else "")
        + (f'<td data-value="{person.faces}">{person.faces or "–"}</td>' if faces else "")
        + "</tr>\n"
    )


def _confidence(links: PathLinks | None) -> str:
    """The cell that says how likely a path is one person's, with its weakest link as a tooltip."""
    confidence, weakest = (1.0, None) if links is None else (links.confidence, links.weakest)
    said = f' title="From {clock(weakest.at_ms)} on it may be someone else"' if weakest else ""
    # Rounded down, so that what is not certain is never 100 %.
    return f'<td data-value="{confidence}"{said}>{int(100 * confidence)} %</td>'

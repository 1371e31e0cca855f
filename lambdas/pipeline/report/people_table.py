"""The report's table of people, complete without its script."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.path.person_path import PersonPath
from shared.quantities import clock, duration

_FACES_COLUMN = '          <th scope="col"><button type="button">Faces</button></th>\n'
_NOBODY = '<tr class="nobody"><td colspan="5">Nobody was seen</td></tr>\n'


def people_table(people: Sequence[PersonPath]) -> dict[str, str]:
    """The column of faces, only where there are faces, and the rows, by their names in the template."""
    faces = any(person.faces for person in people)
    return {
        "faces_column": _FACES_COLUMN if faces else "",
        "rows": "".join(_row(person, faces) for person in people) or _NOBODY,
    }


def _row(person: PersonPath, faces: bool) -> str:
    return (
        f'<tr data-index="{person.index}"><th scope="row"><button type="button" aria-pressed="false">'
        f'<i class="swatch"></i><span><span class="word">Person </span>{person.index}</span></button></th>'
        f'<td data-value="{person.seconds_seen}">{duration(1000 * person.seconds_seen)}</td>'
        f'<td data-value="{person.distance}">{person.distance:.2f}</td>'
        f'<td data-value="{person.first_ms}">{clock(person.first_ms)}</td>'
        f'<td data-value="{person.last_ms}">{clock(person.last_ms)}</td>'
        + (f'<td data-value="{person.faces}">{person.faces or "–"}</td>' if faces else "")
        + "</tr>\n"
    )

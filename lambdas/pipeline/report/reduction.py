"""People's paths in a limited number of boxes."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.path.person_path import PersonPath


def within(people: Iterable[PersonPath], budget: int) -> list[PersonPath]:
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

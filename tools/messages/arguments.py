"""Values on the command line that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable

ANSWERS_OF_WHAT = (
    "Tracks, scene or output missing. Run: make answers TRACKS=doc.json SCENE=scene.json OUT=folder "
    "(or of a stack: make answers ARGS=--help)"
)
ZONE_OR_LINE = "Give a scene (see make scenes) and one of its zones or lines: --scene ID --zone NAME"
OVER_ITSELF = "The video would be written over itself. Give another OUT."


def not_a_port(text: str) -> str:
    return f"PORT={text} is no port: give a number from 1 to 65535, or 0 for a free one."


LONGER_THAN_OF_VISITS = "--longer-than is of the visits of a zone: leave --line and --hours out."


def no_scene(scene: str, known: Iterable[str]) -> str:
    return f"There is no scene {scene}; {_those('scenes', known)}."


def no_place(scene: str, kind: str, name: str, known: Iterable[str]) -> str:
    return f"The scene {scene} has no {kind} {name}; {_those(f'{kind}s', known)}."


def _those(kind: str, known: Iterable[str]) -> str:
    names = ", ".join(known)
    return f"{kind}: {names}" if names else f"there are no {kind}"


def not_seconds(text: str) -> str:
    return f"{text}: not a number of seconds of 0 or more"


def until_before_since(until: str, since: str) -> str:
    return f"--until {until} is not after --since {since}. Give a later --until."

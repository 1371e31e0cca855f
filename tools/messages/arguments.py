"""Values on the command line that cannot be used."""

from __future__ import annotations

ANSWERS_OF_WHAT = (
    "Tracks, scene or output missing. Run: make answers TRACKS=doc.json SCENE=scene.json OUT=folder "
    "(or of a stack: make answers ARGS=--help)"
)
ZONE_OR_LINE = "Give a scene (see make scenes) and one of its zones or lines: --scene ID --zone NAME"
OVER_ITSELF = "The video would be written over itself. Give another OUT."


def not_a_port(text: str) -> str:
    return f"PORT={text} is no port: give a number from 1 to 65535, or 0 for a free one."


def until_before_since(until: str, since: str) -> str:
    return f"--until {until} is not after --since {since}. Give a later --until."

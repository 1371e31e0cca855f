"""Scenes under `scenes/` in the results bucket: ids, revisions, and which one a video belongs to."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.answers.scenes.scene import Scene

PREFIX = "scenes/"
"""Where scenes are stored; `<id>.json` after it."""

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
"""The form of an id: it stands in keys, in partitions of Athena and in sort keys as it is."""

_ANSWERING = 1
"""Raised when the same scene and paths give other answers than before, so that videos are answered again."""


@dataclass(frozen=True)
class StoredScene:
    """A scene as it is stored.

    Attributes:
        id: of its object, lower-case letters, digits, - and _.
        revision: 12 hex digits that change with everything that may change an answer.
    """

    id: str
    scene: Scene
    revision: str

    @classmethod
    def of(cls, scene_id: str, scene: Scene) -> StoredScene:
        """The stored scene of a document."""
        document = scene.model_dump(mode="json", by_alias=True)
        text = json.dumps([_ANSWERING, document], sort_keys=True)
        return cls(scene_id, scene, hashlib.sha256(text.encode()).hexdigest()[:12])


def scene_for(scenes: Iterable[StoredScene], key: str) -> StoredScene | None:
    """The scene of the video with this key: that of the longest prefix; of two, the one whose id is first."""
    fitting = [stored for stored in scenes if key.startswith(stored.scene.prefix)]
    return min(fitting, key=lambda stored: (-len(stored.scene.prefix), stored.id), default=None)


def key_of(scene_id: str) -> str:
    """The key of the object in the results bucket."""
    return f"{PREFIX}{scene_id}.json"


def id_in(key: str) -> str | None:
    """The scene's id in a key, None where it is no scene's."""
    name = key.removeprefix(PREFIX).removesuffix(".json")
    return name if key == key_of(name) and _ID.fullmatch(name) else None


def id_from(name: str) -> str:
    """The id for a scene's name: `Entrance hall` is `entrance-hall`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")[:100]
    return slug or f"scene-{hashlib.sha256(name.encode()).hexdigest()[:8]}"

"""The scenes of a stack as the page shows and changes them."""

from __future__ import annotations

import json
import re
import threading
from typing import Any

from botocore.exceptions import ClientError

from pipeline.answers.scenes.scene import Scene, parse_scene
from pipeline.answers.scenes.stored_scene import StoredScene, id_in, key_of
from pipeline.errors import SceneError
from shared.aws_errors import code_of
from tools.errors import ToolError
from tools.page.editor.messages import NO_SCENE, SCENE_CHANGED, SCENE_NOT_OBJECT, scene_exists
from tools.page.refusals import RefusedError
from tools.stored_scenes import (
    SceneProgress,
    delete_scene,
    scene_progress,
    store_scene,
    stored_scenes,
)
from tools.target import Target

_PLACE = re.compile(r"([a-z_]+)(?:\[(\d+)\])?((?:\.[a-z_]+|\[\d+\])*)(?: \(.*?\))?:? (.*)", re.DOTALL)
"""Of a fault: member of the scene, index, member of that, what is wrong; see "Faults" in docs/scenes.md."""
_MEMBERS = frozenset(Scene.model_fields)


class Scenes:
    """The scenes of one stack. May be used by several threads."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._s3 = target.client("s3", retries={"mode": "standard"})
        self._results = target.output("ResultsBucket")
        self._one_at_a_time = threading.Lock()

    def listed(self) -> list[dict[str, Any]]:
        """Every scene, with how far its answers are, or its faults; `id` is None where the key has none."""
        with self._one_at_a_time:
            scenes = stored_scenes(self._target)
            rows = [_row(progress) for progress in scene_progress(self._target, scenes)]
        return rows + [
            {"id": id_in(key), "name": key, "faults": list(faults)} for key, faults in scenes.faults.items()
        ]

    def opened(self, scene_id: str) -> dict[str, Any]:
        """A stored document as it is, with its revision. Raises RefusedError where there is none."""
        text = self._text(scene_id)
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            raise RefusedError(SCENE_NOT_OBJECT)
        return {
            "id": scene_id,
            "document": document,
            "revision": _revision(scene_id, text),
            "faults": self.faults(text),
        }

    def faults(self, text: bytes) -> list[dict[str, Any]]:
        """What is wrong with a document; nothing where it can be stored."""
        try:
            parse_scene(text)
        except SceneError as error:
            return [fault_with_place(fault) for fault in error.faults]
        return []

    def add(self, text: bytes) -> StoredScene:
        """Store a new scene. Raises SceneError, RefusedError."""
        name = parse_scene(text).name
        with self._one_at_a_time:
            if any(other.scene.name == name for other in stored_scenes(self._target).usable):
                raise RefusedError(scene_exists(name))
            return self._store(text, None)

    def replace(self, scene_id: str, revision: str, text: bytes) -> StoredScene:
        """Store a scene in place of the revision that was opened. Raises SceneError, RefusedError."""
        parse_scene(text)
        with self._one_at_a_time:
            if _revision(scene_id, self._text(scene_id)) != revision:
                raise RefusedError(SCENE_CHANGED)
            return self._store(text, scene_id)

    def remove(self, scene_id: str) -> None:
        """Delete a scene; the answers to it go as well."""
        with self._one_at_a_time:
            delete_scene(self._target, scene_id)

    def _store(self, text: bytes, replaces: str | None) -> StoredScene:
        try:
            return store_scene(self._target, text, replaces)
        except ToolError as error:
            raise RefusedError(str(error)) from error

    def _text(self, scene_id: str) -> bytes:
        try:
            text: bytes = self._s3.get_object(Bucket=self._results, Key=key_of(scene_id))["Body"].read()
        except ClientError as error:
            if code_of(error) != "NoSuchKey":
                raise
            raise RefusedError(NO_SCENE) from error
        return text


def fault_with_place(fault: str) -> dict[str, Any]:
    """A fault, with the member of the scene that it is about and its number there, where it names them.

    `text` says of what member there it is, but not again of which zone or line.
    """
    match = _PLACE.fullmatch(fault)
    if match is None or match[1] not in _MEMBERS:
        return {"member": None, "index": None, "text": fault}
    member, index, inner, what = match.groups()
    part = inner.removeprefix(".").replace("_", " ")
    text = f"{part} {what}" if part else what
    return {"member": member, "index": None if index is None else int(index), "text": _capital(text)}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _revision(scene_id: str, text: bytes) -> str:
    """Of the document; "" of one that is no scene."""
    try:
        return StoredScene.of(scene_id, parse_scene(text)).revision
    except SceneError:
        return ""


def _row(progress: SceneProgress) -> dict[str, Any]:
    scene = progress.stored.scene
    return {
        "id": progress.stored.id,
        "name": scene.name,
        "prefix": scene.prefix,
        "zones": len(scene.zones),
        "lines": len(scene.lines),
        "rules": len(scene.rules),
        "revision": progress.stored.revision,
        "videos": progress.videos,
        "answered": progress.answered,
        "older": progress.older,
    }

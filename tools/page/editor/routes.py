"""HTTP of the scene editor: its files, scenes, and the stills that they are drawn on."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pipeline.errors import SceneError
from tools.page.answer import Answer, json_answer
from tools.page.editor.messages import SCENE_FAULTY
from tools.page.editor.scenes import Scenes, fault_with_place
from tools.page.refusals import RefusedError
from tools.page.stills import Stills
from tools.target import Target

MOST_BYTES = 2_000_000
"""Of a request's body; a longer document is no scene."""

_ID = r"([a-z0-9][a-z0-9_-]{0,99})"


class Editor:
    """Answers requests about the scenes of one stack. May be used by several threads."""

    def __init__(self, target: Target) -> None:
        self._scenes, self._stills = Scenes(target), Stills(target)

    def get(self, path: str) -> Answer | None:
        """The answer to a GET, None where the path is none of the editor's."""
        address = urlsplit(path)
        try:
            if address.path == "/api/scenes":
                return json_answer({"scenes": self._scenes.listed()})
            if match := re.fullmatch(f"/api/scenes/{_ID}", address.path):
                return json_answer(self._scenes.opened(match[1]))
            if address.path == "/api/stills":
                prefix = parse_qs(address.query).get("prefix", [""])[0]
                return json_answer({"videos": self._stills.videos(prefix)})
            if match := re.fullmatch(r"/still/([0-9a-f]{32})", address.path):
                return _still(self._stills.jpeg(match[1]))
        except RefusedError as error:
            return _refusal(HTTPStatus.NOT_FOUND, str(error))
        return None

    def takes(self, method: str, path: str) -> bool:
        """Whether a request that changes something is about scenes."""
        there = urlsplit(path).path
        if method == "POST":
            return there in ("/api/scenes", "/api/scene-faults")
        return re.fullmatch(f"/api/scenes/{_ID}", there) is not None

    def change(self, method: str, path: str, body: bytes) -> Answer:
        """The answer to a request that `takes` accepts."""
        address = urlsplit(path)
        scene_id = address.path.rpartition("/")[2]
        try:
            if address.path == "/api/scene-faults":
                return json_answer({"faults": self._scenes.faults(body)})
            if method == "DELETE":
                self._scenes.remove(scene_id)
                return json_answer({"id": scene_id})
            if method == "POST":
                stored = self._scenes.add(body)
            else:
                revision = parse_qs(address.query).get("revision", [""])[0]
                stored = self._scenes.replace(scene_id, revision, body)
        except SceneError as error:
            faults = [fault_with_place(fault) for fault in error.faults]
            return _refusal(HTTPStatus.UNPROCESSABLE_ENTITY, SCENE_FAULTY, faults=faults)
        except RefusedError as error:
            return _refusal(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        return json_answer({"id": stored.id, "revision": stored.revision})


def _still(jpeg: bytes | None) -> Answer:
    # Empty without a still, and no error, of which the browser's console would tell: the page draws on plain
    # ground then.
    return Answer(jpeg or b"", "image/jpeg")


def _refusal(status: HTTPStatus, reason: str, **more: Any) -> Answer:
    return json_answer({"error": reason, **more}, status)

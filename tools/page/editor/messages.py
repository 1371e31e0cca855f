"""What the scene editor's part of the server says to its users, in one place."""

from __future__ import annotations

NO_SCENE = "There is no such scene: it may have been deleted."
SCENE_NOT_OBJECT = "The scene is no JSON object: put another in its place with make scene."
SCENE_FAULTY = "The scene is not saved: it has faults."
SCENE_CHANGED = "The scene was changed elsewhere since you opened it: export yours, and open it again."
SCENE_TOO_LONG = "The scene is longer than a scene may be."


def scene_exists(name: str) -> str:
    return f"There is a scene {name} already: open it to change it, or give this one another name."

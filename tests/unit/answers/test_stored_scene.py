"""Which scene a video belongs to, and when its answers are out of date."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.answers.scenes.scene import Scene
from pipeline.answers.scenes.stored_scene import StoredScene, id_from, id_in, key_of, scene_for


def stored(scene_id: str, prefix: str, **members: Any) -> StoredScene:
    document = {"version": 1, "name": scene_id, "prefix": prefix, **members}
    return StoredScene.of(scene_id, Scene.model_validate(document))


def test_the_longest_prefix_wins() -> None:
    scenes = [stored("all", ""), stored("site", "site-3/"), stored("door", "site-3/door")]
    found = [scene_for(scenes, key) for key in ("a.mp4", "site-3/b.mp4", "site-3/door/c.mp4")]
    assert [scene.id for scene in found if scene] == ["all", "site", "door"]
    assert scene_for(scenes[1:], "a.mp4") is None


def test_of_two_scenes_of_one_prefix_always_the_same_wins() -> None:
    scenes = [stored("b", "x/"), stored("a", "x/")]
    assert [(scene_for(order, "x/1.mp4") or scenes[0]).id for order in (scenes, scenes[::-1])] == ["a", "a"]


def test_a_revision_changes_with_what_is_asked_and_not_with_how_it_is_written() -> None:
    one = stored("a", "x/", least_dwell_seconds=2)
    assert one.revision == stored("a", "x/", least_dwell_seconds=2.0, zones=[]).revision
    assert one.revision != stored("a", "x/", least_dwell_seconds=3).revision


@pytest.mark.parametrize(
    ("name", "scene_id"),
    [
        ("Entrance hall", "entrance-hall"),
        ("Größe 2", "groe-2"),
        ("till_1", "till_1"),
        ("../../x", "x"),
        ("a" * 100, "a" * 100),
    ],
)
def test_an_id_follows_from_the_name_and_is_safe_in_keys(name: str, scene_id: str) -> None:
    assert id_from(name) == scene_id
    assert id_in(key_of(scene_id)) == scene_id


def test_a_name_without_latin_letters_has_an_id_of_its_own() -> None:
    one, other = id_from("入口"), id_from("出口")
    assert one != other
    assert id_in(key_of(one)) == one


@pytest.mark.parametrize(
    "key", ["scenes/", "scenes/A.json", "scenes/a/b.json", "scenes/a.txt", "a.json", "scenes/.json"]
)
def test_other_keys_are_no_scenes(key: str) -> None:
    assert id_in(key) is None

"""`make scene`, `make scenes` and `make answers` of a stack."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from reader.people_pathing_reader import Reader
from testing.pipeline_environment import EmbeddedPipeline
from testing.scripted_rekognition import ScriptedTracking
from tests.integration.pipeline.target import target_of
from tests.integration.pipeline.test_answering import KEY, collected, scene
from tests.integration.reader.conftest import STORY
from tools.commands.ask import answers_in, check_place, print_rows
from tools.commands.scene import put_scene, scene_rows
from tools.errors import ToolError
from tools.stored_scenes import stored_scenes


def written(folder: Path, document: dict[str, Any]) -> Path:
    path = folder / "scene.json"
    path.write_text(json.dumps(document))
    return path


def asked(**given: Any) -> argparse.Namespace:
    nothing = dict.fromkeys(("scene", "zone", "line", "since", "until"))
    return argparse.Namespace(**{**nothing, "hours": False, "longer_than": 0.0, **given})


def test_a_scene_is_put_listed_with_its_progress_and_asked(
    pipeline: EmbeddedPipeline,
    tracking: ScriptedTracking,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tracking.people, tracking.after_start = STORY, pipeline.complete
    target = target_of(pipeline)
    assert list(scene_rows(target)) == ["no scenes: make scene FILE=scene.json"]
    collected(pipeline)

    stored = put_scene(target, written(tmp_path, scene(name="Shop 1")))

    assert stored.id == "shop-1"
    (row,) = scene_rows(target)
    assert row == "shop-1  Shop 1  shop/  2 zones, 1 lines, 0 rules  0 of 1 videos answered"
    pipeline.answer_all()
    (row,) = scene_rows(target)
    assert row.endswith("1 of 1 videos answered")

    reader = Reader(pipeline.table, pipeline.dynamodb)
    rows = list(answers_in(reader, asked(scene="shop-1", zone="door", longer_than=10.0)))
    assert [row.index for row in rows] == [0]
    capsys.readouterr()  # the handlers' logs
    print_rows(rows, as_json=False)
    header, line = capsys.readouterr().out.splitlines()
    assert header.split()[:3] == ["zone", "key", "index"]
    assert line.split()[:3] == ["door", KEY, "0"]
    (passed,) = answers_in(reader, asked(scene="shop-1", line="middle"))
    assert passed.direction == "in"
    assert len(list(answers_in(reader, asked(scene="shop-1", zone="door", hours=True)))) == 2
    assert len(list(answers_in(reader, asked(scene="shop-1", line="middle", hours=True)))) == 2


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        ({"name": "shop!", "prefix": "b/"}, "The scene shop! would replace the scene Shop"),
        ({"name": "Till"}, "The scene Shop has the same prefix, 'shop/'"),
        ({"name": "Till", "zones": [{"name": "a", "polygon": [[0, 0], [1, 1]]}]}, "needs at least 3 points"),
    ],
)
def test_a_scene_that_is_in_anothers_way_or_faulty_is_not_stored(
    pipeline: EmbeddedPipeline, tmp_path: Path, other: dict[str, Any], fault: str
) -> None:
    target = target_of(pipeline)
    put_scene(target, written(tmp_path, scene()))
    with pytest.raises(ToolError, match=fault):
        put_scene(target, written(tmp_path, scene(**other)))
    assert len(list(scene_rows(target))) == 1


def test_a_scene_takes_the_place_of_the_one_of_its_name_whatever_its_id(
    pipeline: EmbeddedPipeline, tmp_path: Path
) -> None:
    pipeline.put_scene("renamed-since", scene(name="Shop 1"))
    stored = put_scene(target_of(pipeline), written(tmp_path, scene(name="Shop 1", bridge_seconds=2)))
    assert stored.id == "renamed-since"
    assert len(list(scene_rows(target_of(pipeline)))) == 1


def test_an_object_that_is_no_scene_is_listed_with_its_fault(pipeline: EmbeddedPipeline) -> None:
    pipeline.put_scene("broken", scene(version=2))
    pipeline.put_scene("UPPER", scene())
    first, second = scene_rows(target_of(pipeline))
    assert first.startswith("scenes/UPPER.json  cannot be used: The object's name must be")
    assert second.startswith("scenes/broken.json  cannot be used: version 2 is not known")


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"scene": "shop"}, r"Give a scene \(see make scenes\) and one of its zones or lines"),
        ({"scene": "shop", "zone": "a", "line": "b"}, "Give a scene"),
        ({"scene": "shop", "zone": "a", "since": "soon"}, "soon: not a time"),
        ({"scene": "shop", "zone": "a", "since": "2026-11-20", "until": "2026-11-19"}, "is not after"),
        ({"scene": "shop", "zone": "a", "since": "2026-11-20", "until": "2026-11-20T00:00"}, "is not after"),
        ({"scene": "shop", "line": "a", "longer_than": 5.0}, "--longer-than is of the visits"),
        ({"scene": "shop", "zone": "a", "hours": True, "longer_than": 5.0}, "--longer-than is of the visits"),
    ],
)
def test_nonsense_is_refused_with_one_line(
    pipeline: EmbeddedPipeline, given: dict[str, Any], fault: str
) -> None:
    with pytest.raises(ToolError, match=fault):
        list(answers_in(Reader(pipeline.table, pipeline.dynamodb), asked(**given)))


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"scene": "shp", "zone": "door"}, "There is no scene shp; scenes: shop."),
        ({"scene": "shop", "zone": "dor"}, "The scene shop has no zone dor; zones: door, corner."),
        ({"scene": "shop", "line": "door"}, "The scene shop has no line door; lines: middle."),
    ],
)
def test_what_no_scene_has_is_named(pipeline: EmbeddedPipeline, given: dict[str, Any], fault: str) -> None:
    pipeline.put_scene("shop", scene())
    scenes = stored_scenes(target_of(pipeline))
    check_place(scenes, asked(scene="shop", zone="door"))
    with pytest.raises(ToolError) as refused:
        check_place(scenes, asked(**given))
    assert str(refused.value) == fault

"""Scenes of a stack as commands and the page change them, and how far their answers are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.conditions import Key

from pipeline.answering.stored_scenes import Scenes, read_scenes
from pipeline.answers.scenes.scene import parse_scene
from pipeline.answers.scenes.stored_scene import StoredScene, id_from, key_of, scene_for
from tools.errors import ToolError
from tools.inert import inert
from tools.messages import scenes as messages
from tools.target import Target


@dataclass(frozen=True)
class SceneProgress:
    """A scene and its videos.

    Attributes:
        videos: how many are tracked.
        answered: how many of them have the answers to the scene as it is now.
        older: how many keep counts of an earlier revision, since their paths are deleted.
    """

    stored: StoredScene
    videos: int
    answered: int
    older: int


def stored_scenes(target: Target) -> Scenes:
    """Every scene of the stack."""
    return read_scenes(target.client("s3"), target.output("ResultsBucket"))


def store_scene(target: Target, text: bytes, replaces: str | None = None) -> StoredScene:
    """Store a scene's document as it is.

    Args:
        replaces: the id of the scene that it replaces. By default that of the stored scene of its name, or
            the id that follows from the name.

    Raises:
        SceneError: the document is no scene; with every fault.
        ToolError: another scene is in its way.
    """
    scene = parse_scene(text)
    others = stored_scenes(target).usable
    scene_id = replaces or next(
        (other.id for other in others if other.scene.name == scene.name), id_from(scene.name)
    )
    stored = StoredScene.of(scene_id, scene)
    for other in others:
        if other.id != replaces:
            _check_apart(stored, other)
    target.client("s3").put_object(
        Bucket=target.output("ResultsBucket"), Key=key_of(scene_id), Body=text, ContentType="application/json"
    )
    return stored


def delete_scene(target: Target, scene_id: str) -> None:
    """Delete a scene; the answers to it go as well."""
    target.client("s3").delete_object(Bucket=target.output("ResultsBucket"), Key=key_of(scene_id))


def scene_progress(target: Target, scenes: Scenes) -> list[SceneProgress]:
    """How far the answers to each usable scene are."""
    videos = list(_tracked(target)) if scenes.usable else []
    return [
        _progress(stored, [video for video in videos if scene_for(scenes.usable, video["Key"]) is stored])
        for stored in scenes.usable
    ]


def _progress(stored: StoredScene, videos: list[dict[str, Any]]) -> SceneProgress:
    behind = [video for video in videos if video.get("Answers", {}).get("Revision") != stored.revision]
    older = sum("PathsDropped" in video for video in behind)
    return SceneProgress(stored, len(videos), len(videos) - len(behind), older)


def _check_apart(stored: StoredScene, other: StoredScene) -> None:
    name, others = inert(stored.scene.name), inert(other.scene.name)
    if other.id == stored.id:
        if other.scene.name != stored.scene.name:
            raise ToolError(messages.would_replace(name, others))
    elif other.scene.name == stored.scene.name:
        raise ToolError(messages.same_name(others))
    elif other.scene.prefix == stored.scene.prefix:
        raise ToolError(messages.same_prefix(others, inert(repr(stored.scene.prefix))))


def _tracked(target: Target) -> Iterator[dict[str, Any]]:
    """META of every video whose tracks are ready."""
    table = target.resource("dynamodb").Table(target.output("TracksTable"))
    query: dict[str, Any] = {
        "IndexName": "by-status",
        "KeyConditionExpression": Key("GSI1PK").eq("STATUS#SUCCEEDED"),
    }
    while True:
        page = table.query(**query)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

"""`make scene` and `make scenes`: put a scene in the running stack, or list its scenes and their progress.

python -m tools.commands.scene [--stack NAME] put FILE
python -m tools.commands.scene [--stack NAME] list
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from boto3.dynamodb.conditions import Key

from pipeline.answering.stored_scenes import Scenes, read_scenes
from pipeline.answers.scenes.scene import Scene
from pipeline.answers.scenes.stored_scene import StoredScene, id_from, key_of, scene_for
from tools.arguments import Parser
from tools.commands.answers import read_scene
from tools.errors import ToolError, command
from tools.inert import inert
from tools.messages import scenes as messages
from tools.target import Target, current


def put_scene(target: Target, path: Path) -> StoredScene:
    """Store the scene in a file, under the id that follows from its name. Raises ToolError."""
    scene = read_scene(path)
    stored = StoredScene.of(id_from(scene.name), scene)
    s3, bucket = target.client("s3"), target.output("ResultsBucket")
    for other in read_scenes(s3, bucket).usable:
        _check_apart(stored, other)
    s3.put_object(
        Bucket=bucket, Key=key_of(stored.id), Body=path.read_bytes(), ContentType="application/json"
    )
    return stored


def _check_apart(stored: StoredScene, other: StoredScene) -> None:
    name, others = inert(stored.scene.name), inert(other.scene.name)
    if other.id == stored.id:
        if other.scene.name != stored.scene.name:
            raise ToolError(messages.would_replace(name, others))
    elif other.scene.prefix == stored.scene.prefix:
        raise ToolError(messages.same_prefix(others, inert(repr(stored.scene.prefix))))


def scene_rows(target: Target) -> Iterator[str]:
    """A line for each scene, with how many of its videos are answered, and one for each faulty object."""
    scenes = read_scenes(target.client("s3"), target.output("ResultsBucket"))
    videos = list(_videos(target)) if scenes.usable else []
    for stored in scenes.usable:
        yield _row(stored, scenes, videos)
    for key, faults in scenes.faults.items():
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        yield f"{inert(key)}  cannot be used: {inert(faults[0])}{more}"
    if not scenes.usable and not scenes.faults:
        yield "no scenes: make scene FILE=scene.json"


def _row(stored: StoredScene, scenes: Scenes, videos: list[dict[str, Any]]) -> str:
    mine = [video for video in videos if scene_for(scenes.usable, video["Key"]) is stored]
    done = sum(video.get("Answers", {}).get("Revision") == stored.revision for video in mine)
    lost = sum(
        "PathsDropped" in video
        for video in mine
        if video.get("Answers", {}).get("Revision") != stored.revision
    )
    scene: Scene = stored.scene
    asks = f"{len(scene.zones)} zones, {len(scene.lines)} lines, {len(scene.rules)} rules"
    older = f", {lost} with counts of before" if lost else ""
    return (
        f"{stored.id}  {inert(scene.name)}  {inert(scene.prefix) or '(every video)'}  {asks}  "
        f"{done} of {len(mine)} videos answered{older}"
    )


def _videos(target: Target) -> Iterator[dict[str, Any]]:
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


def main() -> None:
    parser = Parser(prog="make scene", description=__doc__)
    parser.add_argument("--stack", help="a stack deployed to AWS; default: the one `make up` left running")
    acts = parser.add_subparsers(dest="act", required=True)
    put = acts.add_parser("put", help="store a scene; its videos are answered again")
    put.add_argument("file", type=Path)
    acts.add_parser("list", help="list the scenes")
    arguments = parser.parse_args()
    target = current(arguments.stack)
    if arguments.act == "list":
        for row in scene_rows(target):
            print(row)
        return
    stored = put_scene(target, arguments.file)
    print(f"stored: s3://{target.output('ResultsBucket')}/{key_of(stored.id)}")
    print("Its videos are being answered, those to come as they are tracked; progress: make scenes")


if __name__ == "__main__":
    command(main)

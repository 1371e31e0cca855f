"""`make scene` and `make scenes`: put a scene in the running stack, or list its scenes and their progress.

python -m tools.commands.scene [--stack NAME] put FILE
python -m tools.commands.scene [--stack NAME] list
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.answers.scenes.scene import Scene
from pipeline.answers.scenes.stored_scene import StoredScene, key_of
from tools.arguments import Parser
from tools.commands.answers import read_scene
from tools.errors import command
from tools.inert import inert
from tools.stored_scenes import SceneProgress, scene_progress, store_scene, stored_scenes
from tools.target import Target, current


def put_scene(target: Target, path: Path) -> StoredScene:
    """Store the scene in a file. Raises ToolError."""
    read_scene(path)
    return store_scene(target, path.read_bytes())


def scene_rows(target: Target) -> Iterator[str]:
    """A line for each scene, with how many of its videos are answered, and one for each faulty object."""
    scenes = stored_scenes(target)
    yield from map(_row, scene_progress(target, scenes))
    for key, faults in scenes.faults.items():
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        yield f"{inert(key)}  cannot be used: {inert(faults[0])}{more}"
    if not scenes.usable and not scenes.faults:
        yield "no scenes: make scene FILE=scene.json"


def _row(progress: SceneProgress) -> str:
    stored = progress.stored
    scene: Scene = stored.scene
    asks = f"{len(scene.zones)} zones, {len(scene.lines)} lines, {len(scene.rules)} rules"
    older = f", {progress.older} with counts of before" if progress.older else ""
    return (
        f"{stored.id}  {inert(scene.name)}  {inert(scene.prefix) or '(every video)'}  {asks}  "
        f"{progress.answered} of {progress.videos} videos answered{older}"
    )


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

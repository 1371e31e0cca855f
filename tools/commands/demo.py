"""A video on its way through the real stack, on a temporary AWS on this machine.

python -m tools.commands.demo [--video PATH]
"""

import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.answers.scenes.scene import parse_scene
from pipeline.answers.scenes.stored_scene import id_from, key_of
from shared.quantities import count, duration
from tools.arguments import Parser
from tools.clip import demo_clip
from tools.commands.drop import check_name, drop, print_people, print_report
from tools.deployment.deploy import deploy
from tools.deployment.synth import synthesize
from tools.embedded.embedded_aws import ROOT, throw_away
from tools.errors import command
from tools.progress import Progress
from tools.target import Target, embedded

_SCENE = ROOT / "docs" / "examples" / "demo-scene.json"
_MOST_ROWS = 8
"""So that all of the result fits in a terminal of 24 lines."""
_NEXT = """
That was the real stack, in an AWS on this machine that is gone again. Next:
  make up                    start it, keep it running, with a page for videos
  make drop VIDEO=clip.mp4   track a video of your own in it
  make paths                 query its table: who was where, and when
  make deploy                deploy it to your AWS account; see README.md"""


@contextlib.contextmanager
def throw_away_stack(
    progress: Progress, context: dict[str, str] | None = None, functions: int = 0
) -> Iterator[Target]:
    """The real stack on an embedded AWS of its own; both are removed afterwards with all they stored.

    `functions`: how many Lambda functions its account runs at once; 0: as many as memory allows.
    """
    with tempfile.TemporaryDirectory(prefix="people-pathing-") as folder:
        assembly = synthesize(Path(folder) / "assembly", progress, context)
        progress.done("the stack is synthesized")
        with throw_away(functions) as aws:
            progress.done(f"the embedded AWS is running at {aws.endpoint}")
            target = deploy(embedded(aws.endpoint), assembly, progress)
            progress.done("the stack is deployed")
            yield target


def put_demo_scene(target: Target, key: str) -> None:
    """Store the demo clip's scene, for the video of this key."""
    document = {**json.loads(_SCENE.read_text()), "prefix": key}
    scene = parse_scene(json.dumps(document))
    target.client("s3").put_object(
        Bucket=target.output("ResultsBucket"),
        Key=key_of(id_from(scene.name)),
        Body=json.dumps(document).encode(),
    )


def answer_lines(meta: dict[str, Any]) -> Iterator[str]:
    """A line for each zone and line of the video's scene; none where it has no answers."""
    answers = meta.get("Answers", {"Zones": [], "Lines": []})
    for zone in answers["Zones"]:
        dwell = f"dwell {duration(int(zone['MedianDwellMillis']))} median"
        visits = f"{count(zone['Visits'], 'visit', 'visits')} of {count(zone['Paths'], 'path', 'paths')}"
        yield f"zone {zone['Name']}: {visits}, {dwell}, at most {zone['MostPeople']} at once"
    for line in answers["Lines"]:
        yield f"line {line['Name']}: {line['In']} in, {line['Out']} out"


def main() -> None:
    parser = Parser(prog="make demo", description="From a dropped video to its people, on this machine.")
    parser.add_argument("--video", type=Path, help="an .mp4, .mov or .avi file instead of the demo clip")
    arguments = parser.parse_args()
    progress = Progress()
    video = arguments.video or demo_clip(progress)
    check_name(video)
    with throw_away_stack(progress) as target:
        if arguments.video is None:
            put_demo_scene(target, video.name)
        found = drop(target, video, progress)
        print_people(found, _MOST_ROWS)
        for line in answer_lines(found.meta):
            print(line)
        print_report(target, found, video, progress)
    print(_NEXT)


if __name__ == "__main__":
    command(main)

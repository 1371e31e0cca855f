"""The whole way of a video on a throw-away AWS in this machine.

python -m tools.commands.demo [--video PATH]
"""

import argparse
import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.clip import demo_clip
from tools.commands.drop import check_name, drop, print_found
from tools.deployment.deploy import deploy
from tools.deployment.synth import synthesize
from tools.embedded.embedded_aws import throw_away
from tools.errors import command
from tools.progress import Progress
from tools.target import Target, embedded


@contextlib.contextmanager
def throw_away_stack(progress: Progress, context: dict[str, str] | None = None) -> Iterator[Target]:
    """The real stack on an embedded AWS of its own; both are gone afterwards, with everything they stored."""
    with tempfile.TemporaryDirectory(prefix="people-pathing-") as folder:
        assembly = synthesize(Path(folder) / "assembly", progress, context)
        progress.done("the stack is synthesized")
        with throw_away() as aws:
            progress.done(f"the embedded AWS is up at {aws.endpoint}")
            target = deploy(embedded(aws.endpoint), assembly, progress)
            progress.done("the stack is deployed")
            yield target


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="tools.commands.demo", description="From a dropped video to its people."
    )
    parser.add_argument("--video", type=Path, help="an .mp4, .mov or .avi file instead of the demo clip")
    arguments = parser.parse_args()
    progress = Progress()
    video = arguments.video or demo_clip(progress)
    check_name(video)
    with throw_away_stack(progress) as target:
        found = drop(target, video, progress)
        print_found(target, found, video)


if __name__ == "__main__":
    command(main)

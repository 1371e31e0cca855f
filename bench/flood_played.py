"""A flood on an account of ten functions, played: short videos through the real stack, which Lambda
throttles.

python -m bench.flood_played [--videos 200] [--functions 10] [--seconds 2]

Nothing is modelled: the stack is deployed to an embedded AWS that runs so many functions at once and refuses
the rest, as Lambda does; every video is decoded, detected, linked and collected. Functions share the
processors of this machine, so that time says nothing of AWS; what each function had of the functions' time
does. Prints one JSON document; exits with 1 when a video did not finish or a message was given up.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.flood_watch import flood
from testing.clips import make_clip
from tools.arguments import Parser
from tools.commands.demo import throw_away_stack
from tools.errors import command
from tools.progress import Progress
from tools.target import Target

_DURATION = re.compile(r"REPORT .*?Duration: ([\d.]+) ms")


def main() -> None:
    options = _options()
    with (
        tempfile.TemporaryDirectory(prefix="people-pathing-") as folder,
        throw_away_stack(Progress(), {"functions": str(options.functions)}, options.functions) as target,
    ):
        fps = 10
        clip = make_clip(Path(folder) / "clip.mp4", frames=round(options.seconds * fps), fps=fps).read_bytes()
        flooded = flood(target, options.videos, clip, options.stuck_after)
        used = {module: _used(target, name, group) for module, name, group in _functions(target)}
    running = sum(each["seconds"] for each in used.values())
    flooded.report(
        {
            "functions at once": options.functions,
            "functions running on average": round(running / flooded.seconds, 2),
            "of which detect": f"{used['detect']['seconds'] / running:.0%}",
            "by function": used,
        }
    )


def _options() -> argparse.Namespace:
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--videos", type=int, default=200)
    parser.add_argument("--functions", type=int, default=10, help="that the account runs at once")
    parser.add_argument("--seconds", type=float, default=2, help="length of a video")
    parser.add_argument("--stuck-after", type=float, default=3600, help="seconds until it counts as stuck")
    return parser.parse_args()


def _functions(target: Target) -> Iterator[tuple[str, str, str]]:
    """Each function's module, name and log group."""
    for page in target.client("lambda").get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            module = function["Handler"].removesuffix(".handler").rpartition(".")[2]
            name = function["FunctionName"]
            yield module, name, function.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{name}"


def _used(target: Target, name: str, log_group: str) -> dict[str, float]:
    """How often a function ran and how often it was refused, and how long it ran in all, in seconds."""
    pages = (
        target.client("logs")
        .get_paginator("filter_log_events")
        .paginate(logGroupName=log_group, filterPattern="REPORT")
    )
    lasted = [
        float(found[1])
        for page in pages
        for event in page["events"]
        if (found := _DURATION.search(event["message"]))
    ]
    return {
        "ran": len(lasted),
        "throttled": _throttled(target, name),
        "seconds": round(sum(lasted) / 1000, 1),
    }


def _throttled(target: Target, name: str) -> int:
    now = datetime.now(UTC)
    found = target.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Throttles",
        Dimensions=[{"Name": "FunctionName", "Value": name}],
        StartTime=now - timedelta(hours=12),
        EndTime=now + timedelta(minutes=1),
        Period=86_400,
        Statistics=["Sum"],
    )
    return round(sum(float(point["Sum"]) for point in found["Datapoints"]))


if __name__ == "__main__":
    command(main)

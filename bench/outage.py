"""Videos that are dropped before an outage in which every Lambda worker is killed, on the real stack.

python -m bench.outage [--videos 14] [--seconds 25] [--wait 2700]

The stack runs in an embedded AWS that this process starts; only that one's workers are killed. Prints one
JSON document; exits with 1 when a video did not succeed or a message was given up.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from testing.clips import copy_beginning
from tools.arguments import Parser
from tools.clip import demo_clip
from tools.commands.demo import throw_away_stack
from tools.errors import ToolError, command
from tools.progress import Progress
from tools.target import Target

_CLIP_SECONDS = 12
_SEGMENT_SECONDS = 5
"""Short, so that a video has several tasks."""

_POLL_SECONDS = 0.5
_WORKER = "_worker.py"
"""In the command lines of the embedded AWS's Lambda workers."""


@dataclass
class Outage:
    """What an outage did. `killed`: workers; the times are those of `time.monotonic`."""

    begun: float = 0.0
    ended: float = 0.0
    killed: int = 0


def main() -> None:
    options = _arguments()
    progress = Progress()
    with (
        tempfile.TemporaryDirectory() as folder,
        throw_away_stack(progress, {"segment_seconds": str(_SEGMENT_SECONDS)}) as target,
    ):
        clip = copy_beginning(demo_clip(progress), Path(folder, "clip.avi"), _CLIP_SECONDS)
        dropped = time.monotonic()
        _drop(target, clip, options.videos)
        _wait_until_detecting(target, options.wait)
        outage = _kill_workers(options.seconds, progress)
        videos = _wait_until_finished(target, options.videos, options.wait, progress)
        last = time.monotonic()
        report = {
            **_outcome(videos, options.videos),
            "dead-letter messages": _dead_letter_messages(target),
            "workers killed": outage.killed,
            "tasks run again": _failed_tasks(target),
            "outage from, s after the drop": round(outage.begun - dropped),
            "outage to": round(outage.ended - dropped),
            "last done": round(last - dropped),
        }
    print(json.dumps(report, indent=2))
    if report["succeeded"] != options.videos or report["dead-letter messages"]:
        raise ToolError("not every video succeeded, or a message was given up.")


def _drop(target: Target, clip: Path, videos: int) -> None:
    s3, bucket = target.client("s3"), target.output("VideosBucket")
    with ThreadPoolExecutor(videos) as pool:
        uploads = (
            pool.submit(s3.upload_file, str(clip), bucket, f"outage/{n:02d}.avi") for n in range(videos)
        )
        for upload in list(uploads):
            upload.result()


def _wait_until_detecting(target: Target, seconds: float) -> None:
    jobs = target.resource("dynamodb").Table(target.output("JobsTable"))
    end = time.monotonic() + seconds
    while not any(item.get("Stage") == "DETECTING" for item in _items(jobs)):
        if time.monotonic() > end:
            raise ToolError("No video reached detection before the outage.")
        time.sleep(_POLL_SECONDS)


def _kill_workers(seconds: float, progress: Progress) -> Outage:
    outage = Outage(time.monotonic())
    killed: set[int] = set()
    while time.monotonic() < outage.begun + seconds:
        for pid in _workers() - killed:
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
        progress.show(f"outage: {len(killed)} workers killed")
        time.sleep(_POLL_SECONDS)
    outage.ended, outage.killed = time.monotonic(), len(killed)
    progress.done(f"{len(killed)} workers killed in {seconds:g} s")
    return outage


def _workers() -> set[int]:
    """Process ids of the Lambda workers of the embedded AWS that is this process's child.

    That one leads the group of its workers.
    """
    table = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,pgid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 3) for line in table.splitlines()]
    servers = {
        row[0]
        for row in rows
        if int(row[1]) == os.getpid() and "embedded_server.py" in row[3] and row[0] == row[2]
    }
    return {int(row[0]) for row in rows if row[2] in servers and row[0] not in servers and _WORKER in row[3]}


def _wait_until_finished(
    target: Target, videos: int, seconds: float, progress: Progress
) -> list[dict[str, Any]]:
    """META of all videos, once each is finished for good or the time is over."""
    table = target.resource("dynamodb").Table(target.output("TracksTable"))
    end = time.monotonic() + seconds
    while True:
        metas = [item for item in _items(table) if item["SK"] == "META"]
        states = Counter(str(meta["Status"]) for meta in metas)
        progress.show(", ".join(f"{number} {state}" for state, number in sorted(states.items())))
        if states["SUCCEEDED"] + states["FAILED"] == videos or time.monotonic() > end:
            progress.close()
            return metas
        time.sleep(_POLL_SECONDS)


def _outcome(metas: list[dict[str, Any]], videos: int) -> dict[str, Any]:
    return {
        "videos": videos,
        "succeeded": sum(meta["Status"] == "SUCCEEDED" for meta in metas),
        "reasons of others": sorted(
            f"{meta['Status']}: {meta.get('StatusMessage')}"
            for meta in metas
            if meta["Status"] != "SUCCEEDED"
        ),
        "people a video": sorted({int(meta.get("PeopleCount", 0)) for meta in metas}),
        "attempts a video": dict(Counter(str(meta["Attempt"]) for meta in metas)),
        "run again by themselves": sum(int(meta.get("AutomaticRetries", 0)) for meta in metas),
    }


def _items(table: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    asked: dict[str, Any] = {"ConsistentRead": True}
    while True:
        page = table.scan(**asked)
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            return items
        asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _dead_letter_messages(target: Target) -> dict[str, int]:
    """Messages in the dead-letter queues that have any."""
    sqs = target.client("sqs")
    name = "ApproximateNumberOfMessages"
    found = {
        output: int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])
        for output, url in target.outputs.items()
        if output.endswith("DeadLetters")
    }
    return {output: number for output, number in found.items() if number}


def _failed_tasks(target: Target) -> int:
    """Attempts of the workflow's tasks that failed, in all executions."""
    workflow = target.client("stepfunctions")
    failed = 0
    for machine in workflow.list_state_machines()["stateMachines"]:
        for page in workflow.get_paginator("list_executions").paginate(
            stateMachineArn=machine["stateMachineArn"]
        ):
            for execution in page["executions"]:
                history = workflow.get_paginator("get_execution_history")
                for part in history.paginate(executionArn=execution["executionArn"]):
                    failed += sum(event["type"] == "TaskFailed" for event in part["events"])
    return failed


def _arguments() -> argparse.Namespace:
    parser = Parser(prog="python -m bench.outage", description=__doc__.partition("\n")[0])
    parser.add_argument("--videos", type=int, default=14)
    parser.add_argument("--seconds", type=float, default=25, help="how long workers are killed")
    parser.add_argument(
        "--wait", type=float, default=2700, help="seconds until what is not finished is given up"
    )
    return parser.parse_args()


if __name__ == "__main__":
    command(main)

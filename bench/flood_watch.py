"""A flood of videos on a stack: dropping them, watching them finish, what was given up, and the report."""

from __future__ import annotations

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NoReturn

from tools.target import Target


@dataclass(frozen=True)
class Flood:
    """What became of a flood. `dead_letters`: messages in each dead-letter queue."""

    videos: int
    finished: int
    seconds: float
    dead_letters: dict[str, int]

    def report(self, measured: dict[str, Any], further_faults: dict[str, bool] | None = None) -> NoReturn:
        """Print one JSON document, and end the process: with 1 where there was a fault.

        `further_faults`: each by its text, and whether it happened, besides videos that did not finish and
        messages that were given up.
        """
        possible = {
            f"{self.videos - self.finished} videos did not finish": self.finished != self.videos,
            f"dead-letter messages: {self.dead_letters}": any(self.dead_letters.values()),
            **(further_faults or {}),
        }
        faults = [text for text, happened in possible.items() if happened]
        report = {
            "videos": self.videos,
            "finished": self.finished,
            "seconds": round(self.seconds, 1),
            **measured,
            "dead-letter messages": self.dead_letters,
            "faults": faults,
        }
        print(json.dumps(report, indent=2))
        sys.exit(1 if faults else 0)


def flood(target: Target, videos: int, content: bytes, stuck_after: float) -> Flood:
    """Drop so many videos of this content at once; watch them finish, for so many seconds at most."""
    begun = time.monotonic()
    _drop_videos(target, videos, content)
    finished = _wait_until_succeeded(target, videos, stuck_after)
    return Flood(videos, finished, time.monotonic() - begun, _dead_letter_messages(target))


def _drop_videos(target: Target, videos: int, content: bytes) -> None:
    """Put so many objects in the videos bucket, twenty at a time."""
    s3, bucket = target.client("s3", max_pool_connections=20), target.output("VideosBucket")
    with ThreadPoolExecutor(20) as pool:
        list(
            pool.map(
                lambda n: s3.put_object(Bucket=bucket, Key=f"flood/{n:04d}.mp4", Body=content), range(videos)
            )
        )


def _wait_until_succeeded(target: Target, videos: int, stuck_after: float) -> int:
    """How many videos finished in time; says so on the way."""
    table = target.resource("dynamodb").Table(target.output("TracksTable"))
    end, shown = time.monotonic() + stuck_after, threading.Event()
    finished = 0
    while finished < videos and time.monotonic() < end:
        shown.wait(2)
        finished = sum(
            page["Count"]
            for page in table.meta.client.get_paginator("query").paginate(
                TableName=table.name,
                IndexName="by-status",
                Select="COUNT",
                KeyConditionExpression="GSI1PK = :status",
                ExpressionAttributeValues={":status": "STATUS#SUCCEEDED"},
            )
        )
        print(f"\r{finished} of {videos} finished ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return finished


def _dead_letter_messages(target: Target) -> dict[str, int]:
    """Messages in each dead-letter queue of the stack."""
    sqs = target.client("sqs")
    name = "ApproximateNumberOfMessages"
    return {
        output: int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])
        for output, url in target.outputs.items()
        if output.endswith("DeadLetters")
    }

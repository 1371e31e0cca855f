"""A flood of videos on a stack: dropping them, watching them finish, and what was given up."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tools.target import Target


def drop_videos(target: Target, videos: int, content: bytes) -> None:
    """Put so many objects in the videos bucket, twenty at a time."""
    s3, bucket = target.client("s3", max_pool_connections=20), target.output("VideosBucket")
    with ThreadPoolExecutor(20) as pool:
        list(
            pool.map(
                lambda n: s3.put_object(Bucket=bucket, Key=f"flood/{n:04d}.mp4", Body=content), range(videos)
            )
        )


def wait_until_succeeded(target: Target, videos: int, stuck_after: float) -> int:
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


def dead_letter_messages(target: Target) -> dict[str, int]:
    """Messages in each dead-letter queue of the stack."""
    sqs = target.client("sqs")
    name = "ApproximateNumberOfMessages"
    return {
        output: int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])
        for output, url in target.outputs.items()
        if output.endswith("DeadLetters")
    }

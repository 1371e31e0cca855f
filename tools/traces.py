"""Everything the product keeps of one video, wherever it is: found by name and deleted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

from pipeline.messaging.completion_message import read_completion
from pipeline.messaging.upload_message import read_uploads
from pipeline.storage.tracks_folder import prefix_of
from pipeline.storage.video_record import COLLECTING, FAILED, IN_PROGRESS, SUBMITTING, SUCCEEDED
from pipeline.video import Video
from tools.commands.redrive import dead_letters, put_back
from tools.target import Target

_STATUSES = (SUBMITTING, IN_PROGRESS, COLLECTING, SUCCEEDED, FAILED)


@dataclass
class Traces:
    """What is known of the videos under one key.

    Attributes:
        versions: versions and delete markers of the object.
        videos: attempts made at each video, by id.
        jobs: tracking jobs of these videos.
        tokens: the tokens they were started with.
    """

    versions: set[str] = field(default_factory=set)
    videos: dict[str, int] = field(default_factory=dict)
    jobs: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)

    def add_video(self, video: Video, attempts: int) -> None:
        self.videos[video.id] = max(attempts, self.videos.get(video.id, 0))
        # The next attempt's too: it may be under way.
        self.tokens |= {video.request_token(attempt) for attempt in range(1, attempts + 2)}


def find_traces(target: Target, key: str, traces: Traces) -> None:
    """Add to `traces` what the bucket, the table and the engine know of the object `key`."""
    bucket = target.output("VideosBucket")
    for version in _object_versions(target, key):
        traces.versions.add(version)
        traces.add_video(Video(bucket, key, version), 1)
    for meta in _metas(target, key):
        traces.add_video(Video(bucket, key, meta["VersionId"]), int(meta["Attempt"]))
        traces.jobs |= {meta["JobId"]} if "JobId" in meta else set()
        traces.jobs |= set(meta.get("PreviousJobIds", ()))
    if "JobsTable" in target.outputs:
        table = _table(target, "JobsTable")
        for token in traces.tokens:
            found = table.get_item(Key={"PK": f"TOKEN#{token}"}).get("Item")
            traces.jobs |= {found["JobId"]} if found else set()


def delete_object_versions(target: Target, key: str, versions: set[str]) -> None:
    """Delete the object for good, so that no one can begin anew."""
    s3, bucket = target.client("s3"), target.output("VideosBucket")
    for version in versions:
        s3.delete_object(Bucket=bucket, Key=key, VersionId=version)


def stop_jobs(target: Target, jobs: set[str]) -> None:
    """End the engine's executions of these jobs."""
    if "StateMachine" not in target.outputs:
        return
    executions = target.output("StateMachine").replace(":stateMachine:", ":execution:")
    for job in jobs:
        with contextlib.suppress(ClientError):
            target.client("stepfunctions").stop_execution(executionArn=f"{executions}:{job}")


def delete_traces(target: Target, traces: Traces) -> int:
    """Delete all there is of these videos and jobs but the object; how many things there were."""
    deleted = 0
    for video_id in traces.videos:
        deleted += _delete_items(target, f"VIDEO#{video_id}")
        deleted += _delete_objects(target, target.output("ResultsBucket"), prefix_of(video_id))
    if "JobsTable" in target.outputs:
        deleted += _delete_jobs(target, traces)
    return deleted + delete_letters(target, traces)


def submitting(target: Target, key: str) -> bool:
    """Whether an upload message of the object may still be on its way."""
    return any(meta["Status"] == SUBMITTING for meta in _metas(target, key))


def _delete_items(target: Target, partition: str) -> int:
    """META first: whoever is collecting finds it gone and stops."""
    table = _table(target, "TracksTable")
    table.delete_item(Key={"PK": partition, "SK": "META"})
    keys = [
        {"PK": partition, "SK": item["SK"]}
        for page in _pages(table, KeyConditionExpression=Key("PK").eq(partition), ProjectionExpression="SK")
        for item in page["Items"]
    ]
    with table.batch_writer() as batch:
        for key in keys:
            batch.delete_item(Key=key)
    return len(keys)


def _delete_objects(target: Target, bucket: str, prefix: str) -> int:
    s3, deleted = target.client("s3"), 0
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        keys = [{"Key": found["Key"]} for found in page.get("Contents", [])]
        if keys:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})
        deleted += len(keys)
    for upload in s3.list_multipart_uploads(Bucket=bucket, Prefix=prefix).get("Uploads", []):
        s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
        deleted += 1
    return deleted


def _delete_jobs(target: Target, traces: Traces) -> int:
    table, deleted = _table(target, "JobsTable"), 0
    for key in [f"JOB#{job}" for job in traces.jobs] + [f"TOKEN#{token}" for token in traces.tokens]:
        gone = table.delete_item(Key={"PK": key}, ReturnValues="ALL_OLD")
        deleted += "Attributes" in gone
    if traces.jobs:
        table.update_item(
            Key={"PK": "OPEN"},
            UpdateExpression="DELETE Jobs :jobs",
            ExpressionAttributeValues={":jobs": traces.jobs},
        )
    for job in traces.jobs:
        deleted += _delete_objects(target, target.output("WorkBucket"), f"jobs/{job}/")
    return deleted


def delete_letters(target: Target, traces: Traces) -> int:
    """Dead letters that are about these videos alone; others are put back."""
    deleted, others = 0, []
    for letter in dead_letters(target):
        about = _video_ids(letter.message["Body"])
        if about and about <= traces.videos.keys():
            url = target.output(f"{letter.queue}DeadLetters")
            target.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=letter.message["ReceiptHandle"])
            deleted += 1
        else:
            # Not put back yet: it would be received again at once.
            others.append(letter)
    for letter in others:
        put_back(target, letter)
    return deleted


def _video_ids(body: str) -> set[str]:
    try:
        return {upload.video.id for upload in read_uploads(body)}
    except ValueError:
        pass
    try:
        return {read_completion(body).video_id or ""}
    except ValueError:
        return set()


def _object_versions(target: Target, key: str) -> Iterator[str]:
    pages = target.client("s3").get_paginator("list_object_versions")
    for page in pages.paginate(Bucket=target.output("VideosBucket"), Prefix=key):
        for found in page.get("Versions", []) + page.get("DeleteMarkers", []):
            if found["Key"] == key:
                yield found["VersionId"]


def _metas(target: Target, key: str) -> Iterator[dict[str, Any]]:
    """METAs of the object, those of versions that are gone from the bucket too."""
    table = _table(target, "TracksTable")
    for status in _STATUSES:
        for page in _pages(
            table,
            IndexName="by-status",
            KeyConditionExpression=Key("GSI1PK").eq(f"STATUS#{status}"),
            FilterExpression=Attr("Key").eq(key) & Attr("Bucket").eq(target.output("VideosBucket")),
        ):
            yield from page["Items"]


def _pages(table: Any, **query: Any) -> Iterator[dict[str, Any]]:
    while True:
        page = table.query(**query)
        yield page
        if "LastEvaluatedKey" not in page:
            return
        query["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _table(target: Target, output: str) -> Any:
    return target.resource("dynamodb").Table(target.output(output))

"""Everything the stack stores about one video: found by the video's key, and deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

from pipeline.answers.output.tables import PREFIX as ANSWERS
from pipeline.runtime.clock import iso
from pipeline.storage.batch_writer import BatchWriter, send_prepared_bodies
from pipeline.storage.tracks_folder import prefix_of
from pipeline.storage.video_record import COLLECTING, FAILED, IN_PROGRESS, SUBMITTING, SUCCEEDED
from pipeline.video import NO_VERSION, Video, is_video_id
from tools.attempts import Attempts
from tools.commands.redrive import DeadLetterMessage, dead_letter_messages, put_back
from tools.subjects import read_subject
from tools.target import Target

_STATUSES = (SUBMITTING, IN_PROGRESS, COLLECTING, SUCCEEDED, FAILED)
_BATCH = 25


@dataclass
class Traces:
    """What is stored about the videos under one key.

    Attributes:
        versions: versions and delete markers of the object that are still there.
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
        # Also the next attempt's, which may have begun.
        self.tokens |= {video.request_token(attempt) for attempt in range(1, attempts + 2)}

    def add_meta(self, video: Video, meta: dict[str, Any]) -> None:
        """Add a video and its jobs by its META item."""
        self.add_video(video, int(meta.get("Attempt", 1)))
        self.jobs |= {meta["JobId"]} if "JobId" in meta else set()
        self.jobs |= set(meta.get("PreviousJobIds", ()))


def find_traces(target: Target, key: str, traces: Traces, attempts: Attempts) -> None:
    """Add to `traces` what the bucket, the table and the engine store about the object `key`.

    `key` may be a video's id: once object and META are deleted, nothing else leads to the rest.
    """
    bucket = target.output("VideosBucket")
    if is_video_id(key):
        traces.videos.setdefault(key, 1)
    with attempts.of(f"listing the versions of {key}"):
        for version in _object_versions(target, key):
            traces.versions.add(version)
            traces.add_video(Video(bucket, key, version), 1)
    with attempts.of(f"looking {key} up in the table"):
        for meta in _metas(target, key):
            traces.add_meta(Video(bucket, key, meta.get("VersionId", NO_VERSION)), meta)
    _find_jobs_of_tokens(target, traces, attempts)


def find_version_traces(target: Target, video: Video, traces: Traces, attempts: Attempts) -> None:
    """As `find_traces`, about one version of an object alone."""
    traces.add_video(video, 1)
    with attempts.of(f"listing the versions of {video.key}"):
        if video.version in _object_versions(target, video.key):
            traces.versions.add(video.version)
    with attempts.of(f"looking video {video.id} up in the table"):
        meta = read_meta(target, video)
        if meta:
            traces.add_meta(video, meta)
    _find_jobs_of_tokens(target, traces, attempts)


def _find_jobs_of_tokens(target: Target, traces: Traces, attempts: Attempts) -> None:
    if "JobsTable" in target.outputs:
        table = _table(target, "JobsTable")
        for token in traces.tokens:
            with attempts.of(f"looking up the job of token {token}"):
                found = table.get_item(Key={"PK": f"TOKEN#{token}"}).get("Item")
                traces.jobs |= {found["JobId"]} if found else set()


def delete_object_versions(target: Target, key: str, traces: Traces, attempts: Attempts) -> int:
    """Delete the object for good, so that no new attempt can begin; returns how many versions."""
    s3, bucket, deleted = target.client("s3"), target.output("VideosBucket"), 0
    for version in sorted(traces.versions):
        with attempts.of(f"deleting version {version} of s3://{bucket}/{key}"):
            s3.delete_object(Bucket=bucket, Key=key, VersionId=version)
            traces.versions.discard(version)
            deleted += 1
    return deleted


def stop_jobs(target: Target, jobs: set[str], attempts: Attempts) -> None:
    """Stop the engine's executions of these jobs."""
    if "StateMachine" not in target.outputs:
        return
    executions = target.output("StateMachine").replace(":stateMachine:", ":execution:")
    client = target.client("stepfunctions")
    for job in jobs:
        with attempts.of(f"stopping job {job}"):
            _stop(client, f"{executions}:{job}")


def _stop(client: Any, execution: str) -> None:
    """Stop an execution, if it exists and is running."""
    try:
        client.stop_execution(executionArn=execution)
    except client.exceptions.ExecutionDoesNotExist:
        return
    except ClientError:
        if client.describe_execution(executionArn=execution)["status"] == "RUNNING":
            raise


def delete_traces(target: Target, traces: Traces, attempts: Attempts) -> int:
    """Delete everything about these videos and jobs but the object; returns how much was deleted."""
    deleted = 0
    for video_id in traces.videos:
        deleted += _delete_items(target, f"VIDEO#{video_id}", attempts)
        deleted += _delete_objects(target, "ResultsBucket", prefix_of(video_id), attempts)
    deleted += _delete_answers(target, set(traces.videos), attempts)
    if "JobsTable" in target.outputs:
        deleted += _delete_jobs(target, traces, attempts)
    return deleted + delete_dead_letter_messages(target, traces, attempts)


def submitting(target: Target, key: str) -> bool:
    """Whether an upload message of the object may still be in the queue."""
    return any(is_submitting(meta) for meta in _metas(target, key))


def is_submitting(meta: dict[str, Any]) -> bool:
    """Whether the upload message of a video may still be in the queue."""
    # An automatic retry has no message before its time.
    return bool(meta["Status"] == SUBMITTING and meta.get("NotBefore", "") <= iso())


def read_meta(target: Target, video: Video) -> dict[str, Any] | None:
    """The META item of one version of an object."""
    key = {"PK": f"VIDEO#{video.id}", "SK": "META"}
    found: dict[str, Any] | None = _table(target, "TracksTable").get_item(Key=key).get("Item")
    return found


def _delete_items(target: Target, partition: str, attempts: Attempts) -> int:
    """META first: a running collector finds it deleted and stops."""
    table, deleted = _table(target, "TracksTable"), 0
    with attempts.of(f"deleting {partition} META"):
        gone = table.delete_item(Key={"PK": partition, "SK": "META"}, ReturnValues="ALL_OLD")
        deleted += "Attributes" in gone
    sorts: list[str] = []
    with attempts.of(f"listing the items of {partition}"):
        for page in _pages(table, KeyConditionExpression=Key("PK").eq(partition), ProjectionExpression="SK"):
            sorts += [item["SK"] for item in page["Items"]]
    client = target.client("dynamodb")
    send_prepared_bodies(client)
    writer = BatchWriter(client, target.output("TracksTable"))
    for begin in range(0, len(sorts), _BATCH):
        batch = sorts[begin : begin + _BATCH]
        with attempts.of(f"deleting {partition} {batch[0]} to {batch[-1]}"):
            for sort in batch:
                writer.delete(partition, sort)
            writer.flush()
            deleted += len(batch)
    return deleted


def _delete_objects(target: Target, output: str, prefix: str, attempts: Attempts) -> int:
    bucket, s3, deleted = target.output(output), target.client("s3"), 0
    where = f"s3://{bucket}/{prefix}"
    with attempts.of(f"listing {where}"):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            keys = [{"Key": found["Key"]} for found in page.get("Contents", [])]
            if not keys:
                continue
            with attempts.of(f"deleting {len(keys)} objects of {where}"):
                answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})
                errors = answer.get("Errors", [])
                for error in errors:
                    attempts.failed(
                        f"deleting s3://{bucket}/{error.get('Key')}",
                        error.get("Message") or str(error.get("Code")),
                    )
                deleted += len(keys) - len(errors)
    with attempts.of(f"listing the unfinished uploads of {where}"):
        for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix):
            for upload in page.get("Uploads", []):
                with attempts.of(f"aborting the upload of s3://{bucket}/{upload['Key']}"):
                    s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
                    deleted += 1
    return deleted


def _delete_answers(target: Target, video_ids: set[str], attempts: Attempts) -> int:
    """Delete the objects of answers: one a table and day, named by the video's id."""
    bucket, s3 = target.output("ResultsBucket"), target.client("s3")
    names = {f"{video_id}.jsonl" for video_id in video_ids}
    deleted = 0
    with attempts.of(f"listing s3://{bucket}/{ANSWERS}"):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=ANSWERS):
            for key in (found["Key"] for found in page.get("Contents", [])):
                if key.rpartition("/")[2] in names:
                    with attempts.of(f"deleting s3://{bucket}/{key}"):
                        s3.delete_object(Bucket=bucket, Key=key)
                        deleted += 1
    return deleted


def _delete_jobs(target: Target, traces: Traces, attempts: Attempts) -> int:
    table, deleted = _table(target, "JobsTable"), 0
    for key in [f"JOB#{job}" for job in traces.jobs] + [f"TOKEN#{token}" for token in traces.tokens]:
        with attempts.of(f"deleting {key}"):
            gone = table.delete_item(Key={"PK": key}, ReturnValues="ALL_OLD")
            deleted += "Attributes" in gone
    if traces.jobs:
        with attempts.of("removing its jobs from the open jobs"):
            table.update_item(
                Key={"PK": "OPEN"},
                UpdateExpression="DELETE Jobs :jobs",
                ExpressionAttributeValues={":jobs": traces.jobs},
            )
    for job in traces.jobs:
        deleted += _delete_objects(target, "WorkBucket", f"jobs/{job}/", attempts)
    return deleted


def delete_dead_letter_messages(target: Target, traces: Traces, attempts: Attempts) -> int:
    """Delete the dead-letter messages about only these videos or jobs; others become visible again."""
    deleted, others = 0, []
    for message in dead_letter_messages(target, attempts):
        # Made visible only at the end: it would be received again at once.
        others.append(message)
        if _is_about(message, traces, attempts):
            with attempts.of(f"deleting {message.name}"):
                url = target.output(f"{message.queue}DeadLetters")
                target.client("sqs").delete_message(
                    QueueUrl=url, ReceiptHandle=message.received["ReceiptHandle"]
                )
                others.remove(message)
                deleted += 1
    for message in others:
        with attempts.of(f"making {message.name} visible again"):
            put_back(target, message)
    return deleted


def _is_about(message: DeadLetterMessage, traces: Traces, attempts: Attempts) -> bool:
    try:
        subject = read_subject(message.body)
    except ValueError:
        return False
    if not subject.video_ids:
        return subject.job_id in traces.jobs
    ours = traces.videos.keys() & subject.video_ids
    if ours and len(ours) < len(set(subject.video_ids)):
        attempts.failed(f"deleting {message.name}", "it is also about other videos: redrive it first")
        return False
    return bool(ours)


def _object_versions(target: Target, key: str) -> Iterator[str]:
    pages = target.client("s3").get_paginator("list_object_versions")
    for page in pages.paginate(Bucket=target.output("VideosBucket"), Prefix=key):
        for found in page.get("Versions", []) + page.get("DeleteMarkers", []):
            if found["Key"] == key:
                yield found["VersionId"]


def _metas(target: Target, key: str) -> Iterator[dict[str, Any]]:
    """META items of the object, including those of versions that are no longer in the bucket."""
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

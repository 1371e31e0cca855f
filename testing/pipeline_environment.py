"""The pipeline on an embedded AWS: table, buckets, queues with dead-letter queues, topic and event bus.

The handlers run in this process, fed from the queues as Lambda feeds them; tracking is a scripted endpoint.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from pipeline.handlers import answer_scenes, collect_tracks, reconcile_jobs, start_tracking
from pipeline.storage.attribute_values import plain_item
from pipeline.video import Video
from testing.lambda_poller import Context, Handler, poll_once
from testing.scripted_rekognition import Job, ScriptedTracking
from tools.embedded.embedded_aws import REGION, ROOT
from tools.target import Target, embedded

MOST_RECEIVES = 3
"""Receives of a message until it goes to the dead-letter queue."""

_HANDLERS = (start_tracking, collect_tracks, answer_scenes, reconcile_jobs)


@dataclass
class EmbeddedPipeline:
    """A pipeline for one test or bench. Its names are unique, so that many share one embedded AWS.

    `backoffs`: whether what failed comes again after its backoff, not as soon as nothing else is to do.
    """

    endpoint: str
    tracking: ScriptedTracking
    name: str = field(default_factory=lambda: f"test-{uuid.uuid4().hex[:10]}")
    versioned: bool = True
    visibility_seconds: int = 2
    backoffs: bool = False
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.s3, self.sqs, self.dynamodb, self.sns, self.events = (
            _client(self.endpoint, service) for service in ("s3", "sqs", "dynamodb", "sns", "events")
        )
        self._handed_back: list[tuple[str, str]] = []
        self.videos, self.results, self.table = (
            f"{self.name}-videos",
            f"{self.name}-results",
            f"{self.name}-tracks",
        )
        for bucket in (self.videos, self.results):
            self.s3.create_bucket(Bucket=bucket)
        if self.versioned:
            self.s3.put_bucket_versioning(Bucket=self.videos, VersioningConfiguration={"Status": "Enabled"})
        self._create_table()
        self.upload_queue, self.upload_dead_letter_queue = self._create_queue("uploads")
        self.collect_queue, self.collect_dead_letter_queue = self._create_queue("collects")
        self.answers_queue, self.answers_dead_letter_queue = self._create_queue("answers")
        self.bus_queue = self.sqs.create_queue(QueueName=f"{self.name}-bus")["QueueUrl"]
        self.topic = self.sns.create_topic(Name=f"{self.name}-completions")["TopicArn"]
        self.sns.subscribe(
            TopicArn=self.topic,
            Protocol="sqs",
            Endpoint=self.arn(self.collect_queue),
            Attributes={"RawMessageDelivery": "true"},
        )
        self._notify_of_uploads()
        self._notify_of_scenes()
        self.events.put_rule(Name=self.name, EventPattern=json.dumps({"source": ["people-pathing"]}))
        self.events.put_targets(Rule=self.name, Targets=[{"Id": "bus", "Arn": self.arn(self.bus_queue)}])
        self.environment = self._environment()

    def _notify_of_uploads(self) -> None:
        self.s3.put_bucket_notification_configuration(
            Bucket=self.videos,
            NotificationConfiguration={
                "QueueConfigurations": [
                    {"QueueArn": self.arn(self.upload_queue), "Events": ["s3:ObjectCreated:*"]}
                ]
            },
        )

    def _notify_of_scenes(self) -> None:
        self.s3.put_bucket_notification_configuration(
            Bucket=self.results,
            NotificationConfiguration={
                "QueueConfigurations": [
                    {
                        "QueueArn": self.arn(self.answers_queue),
                        "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
                        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "scenes/"}]}},
                    }
                ]
            },
        )

    def work_bucket(self) -> str:
        """A bucket for what the engine leaves of each job, which handlers read from now on."""
        name = f"{self.name}-work"
        self.s3.create_bucket(Bucket=name)
        self.environment["STILLS_BUCKET"] = name
        return name

    # Acts of a user.

    def upload(self, key: str, body: bytes = b"video") -> Video:
        """Put an object in the videos bucket, which sends an event to the upload queue."""
        version = self.s3.put_object(Bucket=self.videos, Key=key, Body=body).get("VersionId", "null")
        return Video(self.videos, key, version)

    def put_scene(self, scene_id: str, document: dict[str, Any]) -> None:
        """Store a scene, which sends an event to the answers queue."""
        self.s3.put_object(
            Bucket=self.results, Key=f"scenes/{scene_id}.json", Body=json.dumps(document).encode()
        )

    def remove_scene(self, scene_id: str) -> None:
        self.s3.delete_object(Bucket=self.results, Key=f"scenes/{scene_id}.json")

    def answers_files(self, table: str = "") -> dict[str, list[dict[str, Any]]]:
        """The rows of the objects of answers, by key."""
        found = self.s3.list_objects_v2(Bucket=self.results, Prefix=f"answers/{table}").get("Contents", [])
        bodies = {
            each["Key"]: self.s3.get_object(Bucket=self.results, Key=each["Key"])["Body"].read()
            for each in found
        }
        return {key: [json.loads(line) for line in body.splitlines()] for key, body in bodies.items()}

    def meta(self, video: Video) -> dict[str, Any] | None:
        found = self.dynamodb.get_item(
            TableName=self.table,
            Key={"PK": {"S": f"VIDEO#{video.id}"}, "SK": {"S": "META"}},
            ConsistentRead=True,
        )
        return plain_item(found["Item"]) if "Item" in found else None

    def status(self, video: Video) -> str | None:
        meta = self.meta(video)
        return meta["Status"] if meta else None

    def items(self, video: Video, prefix: str) -> list[dict[str, Any]]:
        """The video's items whose sort key begins with `prefix`, in its order."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="PK = :video AND begins_with(SK, :prefix)",
            ExpressionAttributeValues={":video": {"S": f"VIDEO#{video.id}"}, ":prefix": {"S": prefix}},
        )
        return [plain_item(item) for page in pages for item in page["Items"]]

    def objects(self, video: Video) -> list[str]:
        """Names of the objects in the video's folder."""
        prefix = f"tracks/{video.id}/"
        found = self.s3.list_objects_v2(Bucket=self.results, Prefix=prefix).get("Contents", [])
        return [item["Key"].removeprefix(prefix) for item in found]

    def read(self, video: Video, name: str) -> bytes:
        return self.s3.get_object(Bucket=self.results, Key=f"tracks/{video.id}/{name}")["Body"].read()

    # Acts of the tracking service.

    def complete(self, job: Job, status: str = "SUCCEEDED", message: str | None = None) -> None:
        """End a job and publish its completion message."""
        self.tracking.finish(job, status, message)
        self.publish(job)

    def publish(self, job: Job, status: str | None = None) -> None:
        """Publish a job's completion message, with its status or another; again, if it has been published."""
        message = completion_message(job) | ({"Status": status} if status else {})
        self.sns.publish(TopicArn=self.topic, Message=json.dumps(message))

    def job_of(self, video: Video) -> Job:
        """The video's latest job."""
        return [job for job in self.tracking.jobs.values() if job.request["JobTag"] == video.id][-1]

    def jobs_of(self, video: Video) -> list[Job]:
        return [job for job in self.tracking.jobs.values() if job.request["JobTag"] == video.id]

    # Acts of Lambda.

    def run_uploads(self, seconds: float = 60, batch: int = 10) -> int:
        """Invoke start_tracking with the messages in its queue, if any; returns how many."""
        return self._poll(self.upload_queue, start_tracking.handler, lambda: Context(seconds), batch)

    def run_collects(self, context: Callable[[], Context] = lambda: Context(60)) -> int:
        """Invoke collect_tracks with a message of its queue, if there is one."""
        return self._poll(self.collect_queue, collect_tracks.handler, context)

    def run_answers(self, seconds: float = 60) -> int:
        """Invoke answer_scenes with a message of its queue, if there is one."""
        return self._poll(self.answers_queue, answer_scenes.handler, lambda: Context(seconds))

    def _poll(self, queue_url: str, handler: Handler, context: Callable[[], Context], batch: int = 1) -> int:
        return poll_once(
            self.sqs,
            queue_url,
            handler,
            context=context,
            batch=batch,
            hand_back=lambda receipt: self._handed_back.append((queue_url, receipt)),
        )

    def answer_all(self, seconds: float = 60) -> None:
        """Invoke answer_scenes until its queue is empty."""
        end = time.monotonic() + seconds
        while self.run_answers() or self.waiting(self.answers_queue):
            assert time.monotonic() < end, "The answers queue was never empty."
            self._deliver_again_now()

    def reconcile(self) -> dict[str, int]:
        """Invoke reconcile_jobs with no time limit left: every video under way counts as stuck."""
        return reconcile_jobs.handler({"PatienceSeconds": 0}, Context(60))

    def run_until(self, done: Callable[[], bool], seconds: float = 60) -> None:
        """Invoke start_tracking and collect_tracks until `done`, which is asked after each round."""
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, "It was never done."
            if not self.run_uploads() + self.run_collects() and not self._deliver_again_now():
                time.sleep(0.05)

    def _deliver_again_now(self) -> bool:
        """Whether there was a message that waited for its next delivery, and has it now."""
        if self.backoffs:
            return False
        waiting, self._handed_back = self._handed_back, []
        for queue_url, receipt in waiting:
            with suppress(ClientError):  # it is visible already, or in the dead-letter queue
                self.sqs.change_message_visibility(
                    QueueUrl=queue_url, ReceiptHandle=receipt, VisibilityTimeout=0
                )
        return bool(waiting)

    # Views of an operator.

    def announcements(self) -> list[dict[str, Any]]:
        """Events published on the bus since the last call."""
        seen = []
        while messages := self.sqs.receive_message(QueueUrl=self.bus_queue, MaxNumberOfMessages=10).get(
            "Messages", []
        ):
            for message in messages:
                self.sqs.delete_message(QueueUrl=self.bus_queue, ReceiptHandle=message["ReceiptHandle"])
                event = json.loads(message["Body"])
                if event["detail"]["Video"]["Bucket"] == self.videos:
                    seen.append(event)
        return seen

    def waiting(self, queue_url: str) -> int:
        """Messages in a queue: visible, delayed or in flight."""
        names = (
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesDelayed",
            "ApproximateNumberOfMessagesNotVisible",
        )
        found = self.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=list(names))["Attributes"]
        return sum(int(found[name]) for name in names)

    def arn(self, queue_url: str) -> str:
        """Of an address that ends in account and name."""
        return f"arn:aws:sqs:{REGION}:" + ":".join(queue_url.split("/")[-2:])

    def _create_queue(self, name: str) -> tuple[str, str]:
        """The URLs of a queue and of its dead-letter queue."""
        dead = self.sqs.create_queue(QueueName=f"{self.name}-{name}-dead")["QueueUrl"]
        redrive = {"deadLetterTargetArn": self.arn(dead), "maxReceiveCount": MOST_RECEIVES}
        attributes = {"VisibilityTimeout": str(self.visibility_seconds), "RedrivePolicy": json.dumps(redrive)}
        queue = self.sqs.create_queue(QueueName=f"{self.name}-{name}", Attributes=attributes)["QueueUrl"]
        return queue, dead

    def _environment(self) -> dict[str, str]:
        """The variables of the pipeline's functions."""
        return {
            "PYTHONPATH": f"{ROOT}:{ROOT / 'lambdas'}",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "TRACKS_TABLE": self.table,
            "RESULTS_BUCKET": self.results,
            "VIDEOS_BUCKET": self.videos,
            "TRACKING_ENDPOINT": self.tracking.url,
            "COMPLETION_TOPIC_ARN": self.topic,
            "PUBLISH_ROLE_ARN": "arn:aws:iam::000000000000:role/publish",
            "COLLECT_QUEUE_URL": self.collect_queue,
            "UPLOAD_QUEUE_URL": self.upload_queue,
            "ANSWERS_QUEUE_URL": self.answers_queue,
            "RETENTION_DAYS": "30",
            "RETRY_SECONDS": "1",
            "POWERTOOLS_TRACE_DISABLED": "true",
            "POWERTOOLS_SERVICE_NAME": "pipeline",
            "POWERTOOLS_METRICS_NAMESPACE": "people-pathing",
            "POWERTOOLS_LOG_LEVEL": "WARNING",
        }

    def _create_table(self) -> None:
        keys = ("PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK")
        self.dynamodb.create_table(
            TableName=self.table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=_keys("PK", "SK"),
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-status",
                    "KeySchema": _keys("GSI1PK", "GSI1SK"),
                    "Projection": {"ProjectionType": "ALL"},
                },
                {
                    "IndexName": "by-place",
                    "KeySchema": _keys("GSI2PK", "GSI2SK"),
                    "Projection": {"ProjectionType": "ALL"},
                },
            ],
        )


@cache
def shared_target(endpoint: str) -> Target:
    """An embedded AWS without a stack, with one session for all tests: each session reads the models of all
    services anew, which takes longer than what most tests do.
    """
    return embedded(endpoint)


@cache
def _client(endpoint: str, service: str) -> Any:
    return shared_target(endpoint).client(service)


@contextmanager
def in_environment(
    pipeline: EmbeddedPipeline, set_variable: Callable[[str, str], None]
) -> Iterator[EmbeddedPipeline]:
    """Gives the handlers of this process the pipeline's environment."""
    for name, value in pipeline.environment.items():
        set_variable(name, value)
    _forget_services()
    try:
        yield pipeline
    finally:
        _forget_services()


@contextmanager
def lambda_process(
    pipeline: EmbeddedPipeline, queue_url: str, handler: str, seconds: float = 300
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that invokes a handler with the messages of a queue, again and again, until it is killed.

    `seconds` is the function's timeout.
    """
    command = [sys.executable, "-m", "testing.lambda_poller", queue_url, handler, "--seconds", str(seconds)]
    environment = {"PATH": os.environ["PATH"], **pipeline.environment}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _forget_services() -> None:
    for handler in _HANDLERS:
        handler.services.cache_clear()


def completion_message(job: Job) -> dict[str, Any]:
    """The message the service publishes for a job."""
    s3_object = job.request["Video"]["S3Object"]
    return {
        "JobId": job.id,
        "Status": job.status,
        "API": "StartPersonTracking",
        "JobTag": job.request["JobTag"],
        "Timestamp": 1571136869013,
        "Video": {"S3ObjectName": s3_object["Name"], "S3Bucket": s3_object["Bucket"]},
    }


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]

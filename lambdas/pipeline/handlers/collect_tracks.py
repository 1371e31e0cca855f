"""Lambda: a completion message becomes a video's tracks in DynamoDB and S3."""

from __future__ import annotations

from functools import cache

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from pipeline.collection.dispatch import dispatch
from pipeline.messaging.batch import for_each_message
from pipeline.messaging.completion_message import CompletionMessage
from pipeline.messaging.redelivery import handle_or_redeliver
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.environment import CollectTracksEnvironment
from pipeline.runtime.garbage_collection import search_rarely
from pipeline.runtime.observability import count
from pipeline.services import Services


@cache
def services() -> Services[CollectTracksEnvironment]:
    """What this function works with, made at its first use."""
    search_rarely()
    return Services(CollectTracksEnvironment.read())


@for_each_message
def handler(record: SQSRecord, deadline: Deadline) -> None:
    """Collect the tracks of the job that a completion message names."""
    count("CompletionMessages")
    ours = services()
    handle_or_redeliver(
        ours.sqs,
        ours.environment.collect_queue_url,
        record,
        ours.environment.retry_seconds,
        lambda *message: dispatch(ours, CompletionMessage.of(*message), deadline),
        done="Completion handled",
        failed="Not collected",
    )

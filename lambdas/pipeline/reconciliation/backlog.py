"""What waits in the queues for its turn, and so is not stuck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from pipeline.runtime.environment import ReconcileJobsEnvironment
from pipeline.services import Services

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient


@dataclass(frozen=True)
class Backlog:
    """Whether the upload queue and the collect queue have messages to deliver, now or after a delay."""

    uploads: bool
    collects: bool

    @classmethod
    def of(cls, services: Services[ReconcileJobsEnvironment]) -> Self:
        """The queues as they are now."""
        environment = services.environment
        return cls(
            _has_messages(services.sqs, environment.upload_queue_url),
            _has_messages(services.sqs, environment.collect_queue_url),
        )


def _has_messages(sqs: SQSClient, queue_url: str) -> bool:
    # Not those in flight: one whose invocation is lost is delivered again by the queue itself.
    found = sqs.get_queue_attributes(
        QueueUrl=queue_url,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"],
    )["Attributes"]
    return any(int(number) for number in found.values())

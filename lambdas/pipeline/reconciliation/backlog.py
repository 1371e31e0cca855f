"""What still waits for its turn in the queues: nothing that is stuck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

    from pipeline.runtime.services import Services


@dataclass(frozen=True)
class Backlog:
    """Whether each of the queues has messages to hand out, now or after a delay."""

    uploads: bool
    collects: bool

    @classmethod
    def of(cls, services: Services) -> Self:
        """The queues as they are now."""
        environment = services.environment
        return cls(
            _has_messages(services.sqs, environment.upload_queue_url),
            _has_messages(services.sqs, environment.collect_queue_url),
        )


def _has_messages(sqs: SQSClient, queue_url: str) -> bool:
    # Not those in work: a message that nobody deletes is given up by the queue itself.
    found = sqs.get_queue_attributes(
        QueueUrl=queue_url,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"],
    )["Attributes"]
    return any(int(number) for number in found.values())

"""When a message that failed is delivered again: after a wait of its own, not after its queue's visibility
timeout, which has to outlast every invocation and is far too long for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.exceptions import BotoCoreError, ClientError

from pipeline.errors import LeaseLostError
from pipeline.messages import reason_of
from pipeline.messaging.backoff import delay_seconds
from pipeline.runtime.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

LONGEST_SECONDS = 900
"""Longest wait of a message that keeps failing."""


@contextmanager
def redelivered_after_backoff(
    sqs: SQSClient, queue_url: str, record: SQSRecord, first_seconds: int
) -> Iterator[None]:
    """A message that is handled in this block, and fails, comes again after a wait that doubles.

    Safe, since the message becomes visible only when this invocation has ended its work on it. One that lost
    its lease leaves the message alone: the invocation that took over may be at work on that very message. So
    does one that was killed, whose message comes again after the visibility timeout.

    Args:
        sqs: a client with the function's rights.
        queue_url: of the queue that the record came from.
        record: as Lambda delivered it.
        first_seconds: longest wait after the first failure; at least 1.
    """
    try:
        yield
    except LeaseLostError:
        raise
    except Exception:
        failures = int(record.attributes.approximate_receive_count) - 1
        wait = delay_seconds(failures, first=first_seconds, longest=LONGEST_SECONDS)
        _show_again(sqs, queue_url, record, wait)
        raise


def handle_or_redeliver(
    sqs: SQSClient,
    queue_url: str,
    record: SQSRecord,
    first_seconds: int,
    handle: Callable[[str, str, dict[str, Any]], str],
    *,
    done: str,
    failed: str,
) -> None:
    """Handle a message, which comes again after a backoff when that fails; log which of both it was.

    Args:
        sqs, queue_url, record, first_seconds: as `redelivered_after_backoff` takes them.
        handle: takes the message's id, body and attributes, and answers the outcome.
        done: what the log says of a message that was handled.
        failed: what the log says of one that was not; its error goes on to the caller.
    """
    attributes = record.raw_event.get("messageAttributes") or {}
    try:
        with redelivered_after_backoff(sqs, queue_url, record, first_seconds):
            outcome = handle(record.message_id, record.body, attributes)
    except Exception as error:
        # A dead-letter message is found by its id, whether or not the video's record says why.
        logger.warning(failed, extra={"reason": reason_of(error), "message_id": record.message_id})
        raise
    logger.info(done, extra={"outcome": outcome, "message_id": record.message_id})


def _show_again(sqs: SQSClient, queue_url: str, record: SQSRecord, seconds: int) -> None:
    try:
        sqs.change_message_visibility(
            QueueUrl=queue_url, ReceiptHandle=record.receipt_handle, VisibilityTimeout=seconds
        )
    except (ClientError, BotoCoreError) as error:
        # It comes again all the same, only later.
        extra = {"message_id": record.message_id, "reason": reason_of(error)}
        logger.warning("Visibility not changed", extra=extra)

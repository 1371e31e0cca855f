"""Writing several items of the jobs table at once: all of them or none."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from engine.jobs.model import TableBusyError
from shared.aws_errors import code_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

CONDITION_FAILED = "ConditionalCheckFailed"

_BUSY = frozenset({"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
"""Cancellation codes that waiting cures."""

_ATTEMPTS = 14
"""Five seconds of backoff in the mean: enough for a hundred calls at once, and no caller waits too long."""

_FIRST_DELAY_SECONDS = 0.02
_LONGEST_DELAY_SECONDS = 1.0


def write_all(table: Table, items: Sequence[Any]) -> list[str]:
    """Writes all `items` of a TransactWriteItems call, or none.

    Calls of different jobs meet at the `OPEN` item, so a conflict is retried with backoff and jitter.

    Returns:
        The items' cancellation codes where a condition failed, [] when all are written.

    Raises:
        TableBusyError: the conflicts did not end.
        ClientError: DynamoDB refuses for another reason.
    """
    client = table.meta.client
    for attempt in range(_ATTEMPTS):
        try:
            client.transact_write_items(TransactItems=items)
        except client.exceptions.TransactionCanceledException as cancelled:
            codes = _codes(cancelled)
            if CONDITION_FAILED in codes:
                return codes
            if not _BUSY.issuperset(codes):
                raise
        except ClientError as error:
            # The request of a call that botocore repeats may still be at work.
            if code_of(error) != "TransactionInProgressException":
                raise
        else:
            return []
        longest = min(_LONGEST_DELAY_SECONDS, _FIRST_DELAY_SECONDS * 2**attempt)
        time.sleep(random.uniform(0, longest))  # noqa: S311 - jitter, not a secret
    raise TableBusyError


def _codes(cancelled: ClientError) -> list[str]:
    response: Any = cancelled.response
    return [reason.get("Code", "None") for reason in response.get("CancellationReasons", [])]

"""BatchWriteItem, twenty-five at a time, until nothing comes back unprocessed."""

from __future__ import annotations

import random
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pipeline.dynamo_values import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_MOST = 25
_FIRST_SECONDS = 0.05
_LONGEST_SECONDS = 5.0
# A new on-demand table takes some 4,000 write units a second; this waits about a minute for room.
_TRIES = 20


class UnprocessedError(Exception):
    """The table kept handing items back."""


class BatchWriter:
    """Puts and deletes items of one table in batches. No key may come twice within one batch.

    A context manager: what is left is written when the block ends well.
    """

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table
        self._requests: list[Any] = []

    def put(self, item: Item) -> None:
        """Write an item, replacing one of the same key."""
        self._add({"PutRequest": {"Item": item}})

    def delete(self, partition: str, sort: str) -> None:
        """Delete the item of this key, if there is one."""
        self._add({"DeleteRequest": {"Key": {"PK": {"S": partition}, "SK": {"S": sort}}}})

    def flush(self) -> None:
        """Write what is waiting. Raises UnprocessedError when the table will not take it."""
        waiting, self._requests = self._requests, []
        for attempt in range(_TRIES):
            if not waiting:
                return
            if attempt:
                longest = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2**attempt)
                time.sleep(random.uniform(longest / 2, longest))  # noqa: S311 - spreads load
            answer = self._client.batch_write_item(RequestItems={self._table: waiting})
            waiting = answer.get("UnprocessedItems", {}).get(self._table, [])
        if waiting:
            raise UnprocessedError(f"{len(waiting)} items were not taken in {_TRIES} tries")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.flush()

    def _add(self, request: Any) -> None:
        self._requests.append(request)
        if len(self._requests) == _MOST:
            self.flush()

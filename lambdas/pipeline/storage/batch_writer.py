"""BatchWriteItem, twenty-five at a time, until nothing comes back unprocessed."""

from __future__ import annotations

import json
import random
import time
from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pipeline import messages
from pipeline.errors import ItemsNotWrittenError
from pipeline.storage.attribute_values import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import BatchWriteItemOutputTypeDef

_MOST = 25
"""Requests in one call, DynamoDB's limit."""

_FIRST_SECONDS = 0.05
"""Unit of the backoff after unprocessed items; doubles with each try."""

_LONGEST_SECONDS = 5.0
"""Longest wait between two tries."""

_TRIES = 20
"""Tries until an error: about a minute in all. A new on-demand table takes some 4,000 write units a second
and needs that long to grow."""

_BODY: ContextVar[bytes | None] = ContextVar("batch_write_body", default=None)
"""The body of the call being made, already in DynamoDB's JSON: botocore's own serializer takes ten times as
long for a minute of points."""


def send_prepared_bodies(client: DynamoDBClient) -> None:
    """Let a client be used by a BatchWriter."""
    client.meta.events.register("before-call.dynamodb.BatchWriteItem", _put_body)


def _put_body(params: dict[str, Any], **_: object) -> None:
    body = _BODY.get()
    if body is not None:
        params["body"] = body


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
        """Write what is waiting. Raises `ItemsNotWrittenError` when the table does not take it."""
        waiting, self._requests = self._requests, []
        for attempt in range(_TRIES):
            if not waiting:
                return
            if attempt:
                longest = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2**attempt)
                time.sleep(random.uniform(longest / 2, longest))  # noqa: S311 - spreads load
            answer = self._send(waiting)
            waiting = answer.get("UnprocessedItems", {}).get(self._table, [])
        if waiting:
            raise ItemsNotWrittenError(messages.ITEMS_NOT_WRITTEN.format(items=len(waiting), tries=_TRIES))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.flush()

    def _send(self, requests: list[Any]) -> BatchWriteItemOutputTypeDef:
        prepared = _BODY.set(json.dumps({"RequestItems": {self._table: requests}}).encode())
        try:
            return self._client.batch_write_item(RequestItems={})
        finally:
            _BODY.reset(prepared)

    def _add(self, request: Any) -> None:
        self._requests.append(request)
        if len(self._requests) == _MOST:
            self.flush()

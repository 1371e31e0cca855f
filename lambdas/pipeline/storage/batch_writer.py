"""BatchWriteItem, twenty-five at a time and several calls at once, until nothing comes back unprocessed."""

from __future__ import annotations

import random
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pydantic_core import to_json

from pipeline import messages
from pipeline.errors import ItemsNotWrittenError
from pipeline.storage.attribute_values import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import BatchWriteItemOutputTypeDef

_MOST = 25
"""Requests in one call, DynamoDB's limit."""

_AT_ONCE = 4
"""Calls at the same time. Each is answered when three copies of its items are written; the writer goes on."""

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
    """Puts and deletes items of one table in batches. No key may come twice between two flushes.

    A context manager: what is left is written when the block ends well.
    """

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table
        self._requests: list[bytes] = []
        self._calls = ThreadPoolExecutor(_AT_ONCE)
        self._written: deque[Future[None]] = deque()

    def put(self, item: Item) -> None:
        """Write an item, replacing one of the same key."""
        self.put_encoded(to_json(item))

    def put_encoded(self, item: bytes) -> None:
        """Write an item that is already in DynamoDB's JSON."""
        self._add(b'{"PutRequest":{"Item":%b}}' % item)

    def delete(self, partition: str, sort: str) -> None:
        """Delete the item of this key, if there is one."""
        self._add(to_json({"DeleteRequest": {"Key": {"PK": {"S": partition}, "SK": {"S": sort}}}}))

    def flush(self) -> None:
        """Return when all is written. Raises `ItemsNotWrittenError` when the table does not take it."""
        self._begin()
        while self._written:
            self._written.popleft().result()

    def _begin(self) -> None:
        """Write what is waiting, while the caller goes on."""
        if self._requests:
            waiting, self._requests = self._requests, []
            self._written.append(self._calls.submit(self._write, waiting))

    def _write(self, waiting: list[bytes]) -> None:
        for attempt in range(_TRIES):
            if attempt:
                longest = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2**attempt)
                time.sleep(random.uniform(longest / 2, longest))  # noqa: S311 - spreads load
            answer = self._send(waiting)
            waiting = [to_json(each) for each in answer.get("UnprocessedItems", {}).get(self._table, [])]
            if not waiting:
                return
        raise ItemsNotWrittenError(messages.ITEMS_NOT_WRITTEN.format(items=len(waiting), tries=_TRIES))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.flush()

    def _send(self, requests: list[bytes]) -> BatchWriteItemOutputTypeDef:
        table = to_json(self._table)
        prepared = _BODY.set(b'{"RequestItems":{%b:[%b]}}' % (table, b",".join(requests)))
        try:
            return self._client.batch_write_item(RequestItems={})
        finally:
            _BODY.reset(prepared)

    def _add(self, request: bytes) -> None:
        self._requests.append(request)
        if len(self._requests) == _MOST:
            self._begin()
            # Memory holds so many batches and no more.
            while len(self._written) > _AT_ONCE:
                self._written.popleft().result()

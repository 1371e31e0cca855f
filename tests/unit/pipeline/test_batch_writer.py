"""Batches of items, through a real client whose requests are answered in this process."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from pipeline.errors import ItemsNotWrittenError
from pipeline.rekognition import engine_transport
from pipeline.storage import batch_writer
from pipeline.storage.batch_writer import BatchWriter, send_prepared_bodies

Requests = list[dict[str, Any]]


def writer(answer: Callable[[Requests], Requests]) -> BatchWriter:
    """One to the table `tracks`; `answer` gives back the requests that the table did not take."""
    client = boto3.client(
        "dynamodb", region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none"
    )
    send_prepared_bodies(client)

    def send(request: Any, **_: Any) -> AWSResponse:
        left = answer(json.loads(request.body)["RequestItems"]["tracks"])
        raw: Any = engine_transport._RawResponse(json.dumps({"UnprocessedItems": {"tracks": left}}).encode())
        return AWSResponse(request.url, 200, {}, raw)  # type: ignore[arg-type]

    client.meta.events.register("before-send.dynamodb", send)  # type: ignore[arg-type]
    return BatchWriter(client, "tracks")


def sort_keys(requests: Requests) -> list[str]:
    return [request["PutRequest"]["Item"]["SK"]["S"] for request in requests]


def test_calls_go_on_at_the_same_time_and_flush_waits_for_all() -> None:
    met, written = threading.Barrier(2), []

    def answer(requests: Requests) -> Requests:
        # Nobody passes before another call is under way.
        met.wait(30)
        written.extend(sort_keys(requests))
        return []

    batches = writer(answer)
    for number in range(50):
        batches.put({"SK": {"S": f"{number:02d}"}})
    batches.flush()
    assert sorted(written) == [f"{number:02d}" for number in range(50)]


def test_what_a_table_does_not_take_at_first_is_written_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_writer, "_FIRST_SECONDS", 0.001)
    written: list[str] = []

    def answer(requests: Requests) -> Requests:
        written.extend(sort_keys(requests[:1]))
        return requests[1:]

    with writer(answer) as batches:
        for number in range(5):
            batches.put_encoded(b'{"SK":{"S":"%d"}}' % number)
    assert written == list("01234")


def test_a_table_that_takes_nothing_is_an_error_by_the_next_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_writer, "_LONGEST_SECONDS", 0.001)
    batches = writer(lambda requests: requests)
    batches.put({"SK": {"S": "0"}})
    with pytest.raises(ItemsNotWrittenError):
        batches.flush()

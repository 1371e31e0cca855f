"""Lambda's part with a queue: receive a batch, invoke the handler, delete what it does not hand back.

python -m testing.lambda_poller QUEUE_URL HANDLER [--seconds N]   (one invocation after another, until ended)

The environment variables are the function's. Each invocation prints one JSON line: its seconds, its answer
and the largest memory of the process so far. A process that is killed leaves its messages to the visibility
timeout, as on Lambda.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

Handler = Callable[[dict[str, Any], Any], Any]


class Context:
    """The part of Lambda's context that the handlers use."""

    function_name = memory_limit_in_mb = invoked_function_arn = "tools"

    def __init__(self, seconds: float = 300) -> None:
        self.aws_request_id = str(uuid.uuid4())
        self._end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int(1000 * (self._end - time.monotonic())))


def as_event(messages: Sequence[MessageTypeDef]) -> dict[str, Any]:
    """Lambda's SQS event of received messages."""
    return {"Records": [_record(message) for message in messages]}


def poll_once(
    sqs: SQSClient,
    queue_url: str,
    handler: Handler,
    *,
    context: Callable[[], Context] = Context,
    batch: int = 10,
    wait: int = 0,
    hand_back: Callable[[str], None] = lambda _: None,
) -> int:
    """One receive and, where it has messages, one invocation with `context()`; returns how many messages.

    `hand_back` is told the receipt handle of each message that is to be delivered again.
    """
    received = sqs.receive_message(
        QueueUrl=queue_url,
        MaxNumberOfMessages=batch,
        WaitTimeSeconds=wait,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["All"],
    ).get("Messages", [])
    if not received:
        return 0
    answer = handler(as_event(received), context())
    kept = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    for message in received:
        if message["MessageId"] in kept:
            hand_back(message["ReceiptHandle"])
        else:
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return len(received)


def load_handler(name: str) -> Handler:
    """`package.module.function`, as a Lambda function's configuration names it."""
    module, _, function = name.rpartition(".")
    handler: Handler = getattr(importlib.import_module(module), function)
    return handler


def peak_megabytes() -> float:
    """The largest resident memory this process has had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _record(message: MessageTypeDef) -> dict[str, Any]:
    attributes: Mapping[str, Any] = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {"stringValue": value.get("StringValue"), "dataType": value["DataType"]}
            for name, value in attributes.items()
        },
        "md5OfBody": message.get("MD5OfBody", ""),
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:queue",
        "awsRegion": "us-east-1",
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("queue_url")
    parser.add_argument("handler")
    parser.add_argument("--seconds", type=float, default=300, help="the function's timeout")
    parser.add_argument("--batch", type=int, default=1)
    options = parser.parse_args()
    sqs, handler = boto3.client("sqs"), load_handler(options.handler)

    def timed(event: dict[str, Any], context: Any) -> Any:
        begun = time.monotonic()
        print(json.dumps({"began": time.time()}), flush=True)
        answer = handler(event, context)
        took = round(time.monotonic() - begun, 2)
        print(
            json.dumps({"seconds": took, "megabytes": round(peak_megabytes(), 1), "answer": answer}),
            flush=True,
        )
        return answer

    while True:
        poll_once(
            sqs,
            options.queue_url,
            timed,
            context=lambda: Context(options.seconds),
            batch=options.batch,
            wait=1,
        )


if __name__ == "__main__":
    main()

"""List the dead-letter messages of all queues with their reasons, and send them again.

python -m tools.commands.redrive [--list] [--video KEY] [--stack NAME]
"""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from pipeline.messages import reason_of
from pipeline.messaging.completion_message import TRIES
from pipeline.messaging.upload_message import REDRIVE, Delivery, Upload, send_upload
from pipeline.video import NO_VERSION, Video
from tools.arguments import Parser
from tools.attempts import Attempts
from tools.errors import command
from tools.inert import inert
from tools.messages import aws as messages
from tools.subjects import read_subject
from tools.target import Target, check_key, current

_VISIBILITY_SECONDS = 120
"""Enough to process the ten messages of one receive; after it they can be received again."""
_POLL_SECONDS = 1
"""A long poll asks all of SQS's servers; a short one may miss a message."""
_DEAD_LETTER_QUEUE = "DeadLetters"
"""The suffix of the stack outputs that name dead-letter queues."""


@dataclass(frozen=True)
class DeadLetterMessage:
    """A message of a dead-letter queue, and the name of the queue it could not be processed from."""

    queue: str
    received: dict[str, Any]

    @property
    def body(self) -> str:
        return str(self.received["Body"])

    @property
    def name(self) -> str:
        """Its queue and its id there, to find it by."""
        return f"dead-letter message {self.received['MessageId']} of {self.queue}"


def dead_letter_messages(target: Target, attempts: Attempts) -> Iterator[DeadLetterMessage]:
    """All messages in the dead-letter queues of the stack, invisible to other consumers for two minutes.

    Process them one by one as they come: there may be more than two minutes are enough for.
    """
    for queue in _queues(target):
        seen: set[str] = set()
        while found := _receive(target, queue, attempts):
            for message in found:
                if message["MessageId"] not in seen:
                    seen.add(message["MessageId"])
                    yield DeadLetterMessage(queue, message)


def send_again(target: Target, message: DeadLetterMessage) -> None:
    """Send a message to its queue again, marked as redriven, then delete it from the dead-letter queue."""
    sqs = target.client("sqs")
    # Without the count of its tries, which has reached the limit.
    attributes = {
        name: value for name, value in message.received.get("MessageAttributes", {}).items() if name != TRIES
    }
    sqs.send_message(
        QueueUrl=target.output(f"{message.queue}Queue"),
        MessageBody=message.received["Body"],
        MessageAttributes={**attributes, REDRIVE: {"DataType": "String", "StringValue": "true"}},
    )
    sqs.delete_message(
        QueueUrl=target.output(message.queue + _DEAD_LETTER_QUEUE),
        ReceiptHandle=message.received["ReceiptHandle"],
    )


def run_again(target: Target, key: str) -> None:
    """Send the upload of the object's newest version again, marked so that it runs although it has failed.

    A video that has not failed is left as it is by `start_tracking`.
    """
    check_key(key)
    bucket = target.output("VideosBucket")
    version = target.client("s3").head_object(Bucket=bucket, Key=key).get("VersionId", NO_VERSION)
    run_version_again(target, Video(bucket, key, version))


def run_version_again(target: Target, video: Video) -> None:
    """Send the upload of one version of an object again, marked as in :func:`run_again`."""
    upload = Upload(video)
    send_upload(target.client("sqs"), target.output("UploadQueue"), upload, Delivery(redriven=True))


def put_back(target: Target, message: DeadLetterMessage) -> None:
    """Make a message of the dead-letter queue visible again."""
    sqs = target.client("sqs")
    # After its visibility timeout it has become visible by itself.
    with contextlib.suppress(sqs.exceptions.MessageNotInflight):
        sqs.change_message_visibility(
            QueueUrl=target.output(message.queue + _DEAD_LETTER_QUEUE),
            ReceiptHandle=message.received["ReceiptHandle"],
            VisibilityTimeout=0,
        )


def explain(target: Target, body: str) -> tuple[str, str]:
    """The subject of a message, and the reason of its failure in META; both safe to print."""
    try:
        subject = read_subject(body)
    except ValueError:
        return "unknown", "not a message of this stack: it cannot be parsed"
    if subject.reason:
        return inert(f"execution {subject.job_id}"), inert(subject.reason)
    ids = ", ".join(subject.video_ids) or "no video of this stack"
    try:
        metas = [meta for meta in (_meta(target, video_id) for video_id in subject.video_ids) if meta]
    except (ClientError, BotoCoreError) as error:
        return inert(ids), inert(f"the table cannot be read: {reason_of(error)}")
    if not metas:
        return inert(ids), "not in the table"
    about = ", ".join(str(meta.get("Key", "a video without a name")) for meta in metas)
    reasons = (f"{meta.get('Status')}: {meta.get('StatusMessage', 'no reason recorded')}" for meta in metas)
    return inert(about), inert("; ".join(reasons))


def redrive(target: Target, *, only_list: bool) -> None:
    """Print every dead-letter message with its reason, and send it again unless `only_list`.

    Raises:
        ToolError: an operation failed; all others were done.
    """
    attempts = Attempts()
    kept: list[DeadLetterMessage] = []
    sent = 0
    for message in dead_letter_messages(target, attempts):
        about, reason = explain(target, message.body)
        print(f"{message.queue:>8}  {_age(message.received):>12}  {about}  {reason}")
        # Made visible only at the end: it would be received again at once.
        kept.append(message)
        if not only_list:
            with attempts.of(f"sending {message.name} again"):
                send_again(target, message)
                kept.remove(message)
                sent += 1
    for message in kept:
        with attempts.of(f"making {message.name} visible again"):
            put_back(target, message)
    print(f"dead-letter messages: {sent + len(kept)}" + (f", {sent} sent again" if sent else ""))
    attempts.conclude(messages.STILL_DEAD_LETTERS)


def _queues(target: Target) -> list[str]:
    """The stack's queues that have a dead-letter queue: `Upload`, `Collect` and so on."""
    return sorted(
        name.removesuffix(_DEAD_LETTER_QUEUE) for name in target.outputs if name.endswith(_DEAD_LETTER_QUEUE)
    )


def _receive(target: Target, queue: str, attempts: Attempts) -> list[dict[str, Any]]:
    with attempts.of(f"reading the dead-letter queue of {queue}"):
        found: list[dict[str, Any]] = (
            target.client("sqs")
            .receive_message(
                QueueUrl=target.output(queue + _DEAD_LETTER_QUEUE),
                MaxNumberOfMessages=10,
                VisibilityTimeout=_VISIBILITY_SECONDS,
                WaitTimeSeconds=_POLL_SECONDS,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
            .get("Messages", [])
        )
        return found
    return []


def _meta(target: Target, video_id: str) -> dict[str, Any] | None:
    table = target.resource("dynamodb").Table(target.output("TracksTable"))
    found: dict[str, Any] | None = table.get_item(Key={"PK": f"VIDEO#{video_id}", "SK": "META"}).get("Item")
    return found


def _age(message: dict[str, Any]) -> str:
    sent = int(message.get("Attributes", {}).get("SentTimestamp", 0)) / 1000
    minutes = max(0, int(time.time() - sent)) // 60
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def main() -> None:
    parser = Parser(
        prog="make redrive",
        description="List the dead-letter messages with their reasons, and send them again.",
    )
    parser.add_argument("--list", action="store_true", help="only list them")
    parser.add_argument("--video", metavar="KEY", help="run only this failed video again")
    parser.add_argument("--stack", help="a stack deployed to AWS; default: the one `make up` left running")
    arguments = parser.parse_args()
    target = current(arguments.stack)
    if arguments.video:
        run_again(target, arguments.video)
        print(f"sent again: {inert(arguments.video)}")
        return
    redrive(target, only_list=arguments.list)


if __name__ == "__main__":
    command(main)

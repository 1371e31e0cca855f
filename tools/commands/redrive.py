"""List the dead-letter messages of every queue, each with its reason, and send them again.

python -m tools.commands.redrive [--list] [--video KEY] [--stack NAME]
"""

import argparse
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from pipeline.messaging.completion_message import TRIES
from pipeline.messaging.upload_message import REDRIVE, Delivery, Upload, send_upload
from pipeline.rekognition.errors import reason_of
from pipeline.video import NO_VERSION, Video
from tools.attempts import Attempts
from tools.errors import command
from tools.inert import inert
from tools.subjects import read_subject
from tools.target import Target, check_key, current

# Enough for the ten of one receive. Whoever keeps messages for longer may see them again.
_HELD_SECONDS = 120
# A long poll asks all of SQS's servers; a short one may miss a message.
_POLL_SECONDS = 1
_LETTERS = "DeadLetters"


@dataclass(frozen=True)
class Letter:
    """One dead-letter message, and the queue it could not be taken from."""

    queue: str
    message: dict[str, Any]

    @property
    def body(self) -> str:
        return str(self.message["Body"])

    @property
    def name(self) -> str:
        """For whoever looks for it: its queue and its id there."""
        return f"dead-letter message {self.message['MessageId']} of {self.queue}"


def dead_letters(target: Target, attempts: Attempts) -> Iterator[Letter]:
    """Every message in a dead-letter queue of the stack, hidden from others for two minutes.

    To be dealt with one by one as they come: there may be more of them than two minutes are enough for.
    """
    for queue in _queues(target):
        seen: set[str] = set()
        while found := _receive(target, queue, attempts):
            for message in found:
                if message["MessageId"] not in seen:
                    seen.add(message["MessageId"])
                    yield Letter(queue, message)


def send_again(target: Target, letter: Letter) -> None:
    """Send a message to its queue again, marked as sent again, then delete it from the dead-letter queue."""
    sqs = target.client("sqs")
    # Without the count of its waits: they were too many, and still would be.
    attributes = {
        name: value for name, value in letter.message.get("MessageAttributes", {}).items() if name != TRIES
    }
    sqs.send_message(
        QueueUrl=target.output(f"{letter.queue}Queue"),
        MessageBody=letter.message["Body"],
        MessageAttributes={**attributes, REDRIVE: {"DataType": "String", "StringValue": "true"}},
    )
    sqs.delete_message(
        QueueUrl=target.output(letter.queue + _LETTERS), ReceiptHandle=letter.message["ReceiptHandle"]
    )


def run_again(target: Target, key: str) -> None:
    """Send the upload of the object's newest version again, marked so that it runs though it has failed.

    One that has not failed is left as it is by whoever receives it.
    """
    check_key(key)
    bucket = target.output("VideosBucket")
    version = target.client("s3").head_object(Bucket=bucket, Key=key).get("VersionId", NO_VERSION)
    upload = Upload(Video(bucket, key, version))
    send_upload(target.client("sqs"), target.output("UploadQueue"), upload, Delivery(redriven=True))


def put_back(target: Target, letter: Letter) -> None:
    """Leave a message in the dead-letter queue, to be seen by the next who looks."""
    sqs = target.client("sqs")
    # Held for too long, it has come back by itself.
    with contextlib.suppress(sqs.exceptions.MessageNotInflight):
        sqs.change_message_visibility(
            QueueUrl=target.output(letter.queue + _LETTERS),
            ReceiptHandle=letter.message["ReceiptHandle"],
            VisibilityTimeout=0,
        )


def explain(target: Target, body: str) -> tuple[str, str]:
    """What a message is about, and why it was not taken as far as META knows: both safe to print."""
    try:
        subject = read_subject(body)
    except ValueError:
        return "unknown", "no message of ours: it cannot be read"
    if subject.reason:
        return inert(f"execution {subject.job_id}"), inert(subject.reason)
    ids = ", ".join(subject.video_ids) or "no video of ours"
    try:
        metas = [meta for meta in (_meta(target, video_id) for video_id in subject.video_ids) if meta]
    except (ClientError, BotoCoreError) as error:
        return inert(ids), inert(f"the table does not answer: {reason_of(error)}")
    if not metas:
        return inert(ids), "the table knows nothing of it"
    about = ", ".join(str(meta.get("Key", "a video without a name")) for meta in metas)
    reasons = (f"{meta.get('Status')}: {meta.get('StatusMessage', 'no reason was left')}" for meta in metas)
    return inert(about), inert("; ".join(reasons))


def redrive(target: Target, *, only_list: bool) -> None:
    """Print every dead-letter message with its reason, and send it again unless `only_list`.

    Raises:
        LocalError: something could not be done, after all else was.
    """
    attempts = Attempts()
    kept: list[Letter] = []
    sent = 0
    for letter in dead_letters(target, attempts):
        about, reason = explain(target, letter.body)
        print(f"{letter.queue:>8}  {_age(letter.message):>12}  {about}  {reason}")
        # Not put back yet: it would be received again at once.
        kept.append(letter)
        if not only_list:
            with attempts.of(f"sending {letter.name} again"):
                send_again(target, letter)
                kept.remove(letter)
                sent += 1
    for letter in kept:
        with attempts.of(f"putting {letter.name} back"):
            put_back(target, letter)
    print(f"dead-letter messages: {sent + len(kept)}" + (f", {sent} sent again" if sent else ""))
    attempts.conclude("What was not sent again is still there.")


def _queues(target: Target) -> list[str]:
    """The stack's queues that have a dead-letter queue: `Upload`, `Collect` and what else there is."""
    return sorted(name.removesuffix(_LETTERS) for name in target.outputs if name.endswith(_LETTERS))


def _receive(target: Target, queue: str, attempts: Attempts) -> list[dict[str, Any]]:
    with attempts.of(f"reading the dead-letter queue of {queue}"):
        found: list[dict[str, Any]] = (
            target.client("sqs")
            .receive_message(
                QueueUrl=target.output(queue + _LETTERS),
                MaxNumberOfMessages=10,
                VisibilityTimeout=_HELD_SECONDS,
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
    parser = argparse.ArgumentParser(
        prog="tools.commands.redrive",
        description="List dead-letter messages with their reasons and send them again.",
    )
    parser.add_argument("--list", action="store_true", help="only list them")
    parser.add_argument("--video", metavar="KEY", help="run this failed video again, and nothing else")
    parser.add_argument("--stack", help="a stack deployed to AWS, instead of the one `make up` left running")
    arguments = parser.parse_args()
    target = current(arguments.stack)
    if arguments.video:
        run_again(target, arguments.video)
        print(f"sent again: {inert(arguments.video)}")
        return
    redrive(target, only_list=arguments.list)


if __name__ == "__main__":
    command(main)

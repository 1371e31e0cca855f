"""List the dead letters of every queue, each with its reason, and send them again.

python -m tools.commands.redrive [--list] [--video KEY] [--stack NAME]
"""

import argparse
import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.messaging.completion_message import TRIES, read_completion
from pipeline.messaging.upload_message import REDRIVE, Delivery, Upload, read_uploads, send_upload
from pipeline.video import NO_VERSION, Video
from tools.errors import command
from tools.target import Target, current

# Enough for the ten of one receive. Whoever keeps letters for longer may see them again.
_HELD_SECONDS = 120
_LETTERS = "DeadLetters"


@dataclass(frozen=True)
class Letter:
    """One dead letter: which queue it died in, what it is about and why it died."""

    queue: str
    message: dict[str, Any]
    about: str
    reason: str


def dead_letters(target: Target) -> Iterator[Letter]:
    """Every message in a dead-letter queue of the stack, hidden from others for two minutes.

    To be dealt with one by one as they come: there may be more of them than two minutes are enough for.
    """
    sqs = target.client("sqs")
    for queue in _queues(target):
        seen: set[str] = set()
        while found := _receive(sqs, target.output(queue + _LETTERS)):
            for message in found:
                if message["MessageId"] in seen:
                    continue
                seen.add(message["MessageId"])
                about, reason = _explain(target, message["Body"])
                yield Letter(queue, message, about, reason)


def send_again(target: Target, letter: Letter) -> None:
    """Put a letter back in the queue it died in, marked as sent again, then delete it from the dead ones."""
    sqs = target.client("sqs")
    # Without the count of its waits: it died of them, and would at once again.
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
    bucket = target.output("VideosBucket")
    version = target.client("s3").head_object(Bucket=bucket, Key=key).get("VersionId", NO_VERSION)
    upload = Upload(Video(bucket, key, version))
    send_upload(target.client("sqs"), target.output("UploadQueue"), upload, Delivery(redriven=True))


def put_back(target: Target, letter: Letter) -> None:
    """Leave a letter among the dead, to be seen by the next who looks."""
    sqs = target.client("sqs")
    # Held for too long, it has come back by itself.
    with contextlib.suppress(sqs.exceptions.MessageNotInflight):
        sqs.change_message_visibility(
            QueueUrl=target.output(letter.queue + _LETTERS),
            ReceiptHandle=letter.message["ReceiptHandle"],
            VisibilityTimeout=0,
        )


def _queues(target: Target) -> list[str]:
    """The stack's queues that have dead letters: `Upload`, `Collect` and what else there is."""
    return sorted(name.removesuffix(_LETTERS) for name in target.outputs if name.endswith(_LETTERS))


def _receive(sqs: Any, url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=_HELD_SECONDS,
        WaitTimeSeconds=1,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["All"],
    ).get("Messages", [])
    return found


def _explain(target: Target, body: str) -> tuple[str, str]:
    """What a message is about, and why it died as far as META knows."""
    try:
        video_ids = [upload.video.id for upload in read_uploads(body)]
    except ValueError:
        try:
            video_id = read_completion(body).video_id
            video_ids = [video_id] if video_id else []
        except ValueError:
            return _event(body)
    metas = [meta for meta in (_meta(target, video_id) for video_id in video_ids) if meta]
    if not metas:
        return ", ".join(video_ids) or "no video of ours", "the table knows nothing of it"
    about = ", ".join(inert(str(meta["Key"])) for meta in metas)
    reasons = (f"{meta['Status']}: {meta.get('StatusMessage', 'no reason was left')}" for meta in metas)
    return about, inert("; ".join(reasons))


def _event(body: str) -> tuple[str, str]:
    """An EventBridge event of the engine's, or something that is none of ours."""
    try:
        event = json.loads(body)
        detail = event["detail"]
        return f"execution {inert(str(detail['name']))}", inert(f"{detail['status']}: {detail.get('cause')}")
    except (ValueError, KeyError, TypeError):
        return "unknown", "no message of ours: it cannot be read"


def _meta(target: Target, video_id: str) -> dict[str, Any] | None:
    table = target.resource("dynamodb").Table(target.output("TracksTable"))
    found: dict[str, Any] | None = table.get_item(Key={"PK": f"VIDEO#{video_id}", "SK": "META"}).get("Item")
    return found


def inert(text: str) -> str:
    """Text from outside, on one line and without a terminal's control characters."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)


def _age(message: dict[str, Any]) -> str:
    sent = int(message.get("Attributes", {}).get("SentTimestamp", 0)) / 1000
    minutes = max(0, int(time.time() - sent)) // 60
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="tools.commands.redrive", description="List dead letters with their reasons and send them again."
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
    kept: list[Letter] = []
    sent = 0
    for letter in dead_letters(target):
        print(f"{letter.queue:>8}  {_age(letter.message):>12}  {letter.about}  {letter.reason}")
        if arguments.list:
            # Not put back yet: it would be received again at once.
            kept.append(letter)
        else:
            send_again(target, letter)
            sent += 1
    for letter in kept:
        put_back(target, letter)
    print(f"dead letters: {sent + len(kept)}" + (", all sent again" if sent else ""))


if __name__ == "__main__":
    command(main)

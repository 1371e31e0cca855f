"""Drop a video in the videos bucket, show progress, and print the people found in it.

python -m tools.commands.drop VIDEO [--stack NAME]
"""

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boto3.dynamodb.conditions import Key

from pipeline.video import NO_VERSION, VIDEO_SUFFIXES, Video, is_video
from shared.quantities import clock
from tools.arguments import Parser
from tools.errors import ToolError, command
from tools.messages import files
from tools.messages import videos as messages
from tools.progress import Progress
from tools.reports import save_report
from tools.target import Target, current
from tools.video_names import fault_of

_POLL_SECONDS = 0.3
_STALLED_SECONDS = 20 * 60
"""Without any progress for this long, waiting is given up; the stack goes on by itself."""


@dataclass(frozen=True)
class Found:
    """A finished video: its META item and its PERSON items, by index."""

    meta: dict[str, Any]
    people: list[dict[str, Any]]


def drop(target: Target, video: Path, progress: Progress) -> Found:
    """Upload `video` under its own name and wait for its tracks.

    Raises:
        ToolError: the pipeline does not take such a file, or it FAILED; the text has the reason.
    """
    check_name(video)
    bucket = target.output("VideosBucket")
    s3 = target.client("s3")
    _upload(s3, video, bucket, progress)
    version = s3.head_object(Bucket=bucket, Key=video.name).get("VersionId")
    meta = _wait(target, Video(bucket, video.name, version or NO_VERSION).id, progress)
    if meta["Status"] != "SUCCEEDED":
        progress.close()
        raise ToolError(messages.failed(video.name, meta.get("StatusMessage", messages.NO_REASON)))
    found = Found(meta, _people(target, meta["PK"]))
    progress.done(f"{video.name}: done")
    return found


def print_people(found: Found, most: int | None = None) -> None:
    """Print the people on standard output: a row each, at most `most` rows."""
    print(f"people: {found.meta['PeopleCount']}")
    if found.people:
        print(f"{'person':>6}  {'first seen':>10}  {'last seen':>10}  {'records':>7}")
    for person in found.people[:most]:
        first, last = clock(int(person["FirstMillis"])), clock(int(person["LastMillis"]))
        print(f"{int(person['Index']):>6}  {first:>10}  {last:>10}  {int(person['Points']):>7}")
    if most is not None and len(found.people) > most:
        print(f"   and {len(found.people) - most} more, in the report")


def print_report(target: Target, found: Found, video: Path, progress: Progress) -> None:
    """Save the report, and print its address on standard output."""
    try:
        report = save_report(target, found.meta, video, progress)
    finally:
        progress.close()
    if report is not None:
        print(f"report: {report.as_uri()}")


def check_name(video: Path) -> None:
    """Raises ToolError for a file that the pipeline does not take."""
    fault = fault_of(video.name)
    if fault is not None:
        raise ToolError(messages.bad_name(video.name, fault))
    if not is_video(video.name):
        raise ToolError(messages.not_a_video(video.name, VIDEO_SUFFIXES))
    if not video.is_file():
        raise ToolError(files.missing(str(video)))


def _upload(s3: Any, video: Path, bucket: str, progress: Progress) -> None:
    size = video.stat().st_size
    sent = 0
    # boto3 calls back from several threads.
    lock = threading.Lock()

    def count(more: int) -> None:
        nonlocal sent
        with lock:
            sent += more
            progress.show(f"uploading: {100 * sent // max(1, size)}% of {size / 1e6:.1f} MB")

    progress.show(f"uploading: 0% of {size / 1e6:.1f} MB")
    s3.upload_file(str(video), bucket, video.name, Callback=count)


def _wait(target: Target, video: str, progress: Progress) -> dict[str, Any]:
    """The META item, once it says SUCCEEDED or FAILED."""
    tracks = _table(target, "TracksTable")
    key = {"PK": f"VIDEO#{video}", "SK": "META"}
    stage, since = "", time.monotonic()
    while True:
        meta: dict[str, Any] = tracks.get_item(Key=key, ConsistentRead=True).get("Item", {})
        if meta.get("Status") in ("SUCCEEDED", "FAILED"):
            return meta
        now = _stage(target, meta)
        if now != stage:
            stage, since = now, time.monotonic()
        elif time.monotonic() - since > _STALLED_SECONDS:
            raise ToolError(messages.stalled(_STALLED_SECONDS // 60, stage))
        progress.show(stage)
        time.sleep(_POLL_SECONDS)


def _stage(target: Target, meta: dict[str, Any]) -> str:
    """The stage in words. While the job runs, the engine's table has more detail than the pipeline's."""
    if meta.get("Status") == "COLLECTING":
        return "collecting the tracks"
    if "JobId" not in meta or "JobsTable" not in target.outputs:
        return "queued" if "JobId" not in meta else "tracking"
    job = _table(target, "JobsTable").get_item(Key={"PK": f"JOB#{meta['JobId']}"}).get("Item", {})
    match job.get("Stage"):
        case "DETECTING":
            total = int(job.get("SegmentsTotal", 0))
            return (
                f"detecting: {100 * len(job.get('SegmentsDone', ())) // max(1, total)}% of {total} segments"
            )
        case "LINKING" | "FINISHING":
            return "linking the paths"
        case "DONE":
            return "collecting the tracks"
        case _:
            return "reading the video"


def _people(target: Target, partition: str) -> list[dict[str, Any]]:
    tracks = _table(target, "TracksTable")
    condition = Key("PK").eq(partition) & Key("SK").begins_with("PERSON#")
    items: list[dict[str, Any]] = []
    start: dict[str, Any] = {}
    while True:
        page = tracks.query(KeyConditionExpression=condition, **start)
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            return items
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def _table(target: Target, output: str) -> Any:
    return target.resource("dynamodb").Table(target.output(output))


def main() -> None:
    parser = Parser(prog="make drop", description="Drop a video in the bucket and wait for its people.")
    parser.add_argument("video", type=Path)
    parser.add_argument("--stack", help="a stack deployed to AWS; default: the one `make up` left running")
    arguments = parser.parse_args()
    target = current(arguments.stack)
    progress = Progress()
    found = drop(target, arguments.video, progress)
    print_people(found)
    print(f"DynamoDB table: {target.output('TracksTable')}, key PK = {found.meta['PK']}")
    print(f"S3 prefix: s3://{target.output('ResultsBucket')}/{found.meta['ResultsPrefix']}")
    print_report(target, found, arguments.video, progress)


if __name__ == "__main__":
    command(main)

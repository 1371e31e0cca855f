"""Delete everything about one video: object, tracks, jobs, intermediate files, dead-letter messages.

python -m tools.commands.forget KEY [--stack NAME]

All versions of the object are deleted. Out of reach, and left to their own retention: the access logs of the
buckets (they name objects), backups of the tables (point-in-time recovery), and copies that readers made. The
functions' logs hold ids, not names.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pipeline.video import Video
from tools.arguments import Parser
from tools.attempts import Attempts
from tools.errors import ToolError, command
from tools.inert import inert
from tools.messages import aws
from tools.messages import videos as messages
from tools.progress import Progress
from tools.target import Target, check_key, current
from tools.traces import (
    Traces,
    delete_dead_letter_messages,
    delete_object_versions,
    delete_traces,
    find_traces,
    find_version_traces,
    is_submitting,
    read_meta,
    stop_jobs,
    submitting,
)

_SUBMITTING_SECONDS = 300
"""An upload message in the queue is dropped within this time, since its object is gone."""
_QUIET_SECONDS = 3.0
"""A step that ran when its job was stopped may still write: deleting is repeated until nothing is found."""


def forget(target: Target, key: str, progress: Progress, attempts: Attempts) -> int:
    """Delete everything about the object `key`, or about a video by its id; returns how much was deleted.

    A failure stops nothing: `attempts` holds what failed.

    Raises:
        ToolError: there is no such video, or the stack is another one; nothing was deleted.
    """
    check_key(key)
    for needed in ("VideosBucket", "ResultsBucket", "TracksTable"):
        target.output(needed)
    traces, first = Traces(), Attempts()
    find_traces(target, key, traces, first)
    if not traces.videos:
        raise ToolError(next(iter(first.failures), messages.unknown(inert(key))))
    find = partial(find_traces, target, key)
    return _delete(target, _Subject(key, find, partial(submitting, target, key)), traces, progress, attempts)


def forget_version(target: Target, video: Video, progress: Progress, attempts: Attempts) -> int:
    """As :func:`forget`, about one version of an object alone; others of its key stay."""

    def is_waiting() -> bool:
        meta = read_meta(target, video)
        return meta is not None and is_submitting(meta)

    traces = Traces()
    find = partial(find_version_traces, target, video)
    find(traces, Attempts())
    return _delete(target, _Subject(video.key, find, is_waiting), traces, progress, attempts)


@dataclass(frozen=True)
class _Subject:
    """What is forgotten.

    Attributes:
        key: of the object.
        find: adds to the traces what is stored.
        is_submitting: whether an upload message may still be in the queue.
    """

    key: str
    find: Callable[[Traces, Attempts], None]
    is_submitting: Callable[[], bool]


def _delete(target: Target, subject: _Subject, traces: Traces, progress: Progress, attempts: Attempts) -> int:
    first = Attempts()
    deleted = delete_object_versions(target, subject.key, traces, first)
    stop_jobs(target, traces.jobs, first)
    messages = delete_dead_letter_messages(target, traces, first)
    deleted += messages
    if not messages:
        with attempts.of("waiting for its upload message"):
            _wait_for_upload(subject, progress)
    while True:
        progress.show("deleting")
        # Everything is attempted again: only the failures of the last round count.
        last = Attempts()
        subject.find(traces, last)
        more = delete_object_versions(target, subject.key, traces, last)
        stop_jobs(target, traces.jobs, last)
        more += delete_traces(target, traces, last)
        if not more:
            attempts.failures += last.failures
            return deleted
        deleted += more
        time.sleep(_QUIET_SECONDS)


def _wait_for_upload(subject: _Subject, progress: Progress) -> None:
    """Wait until no upload message is left: one that finds META deleted would write a new one."""
    end = time.monotonic() + _SUBMITTING_SECONDS
    while subject.is_submitting():
        if time.monotonic() > end:
            raise ToolError(messages.STILL_QUEUED)
        progress.show("waiting until its upload message is dropped")
        time.sleep(1)


def main() -> None:
    parser = Parser(prog="make forget", description="Delete everything about one video.")
    parser.add_argument("key", help="the object's key in the videos bucket, or a video's id")
    parser.add_argument("--stack", help="a stack deployed to AWS; default: the one `make up` left running")
    arguments = parser.parse_args()
    progress, attempts = Progress(), Attempts()
    try:
        deleted = forget(current(arguments.stack), arguments.key, progress, attempts)
    finally:
        progress.close()
    outcome = "not completely forgotten" if attempts.failures else "forgotten"
    print(f"{outcome}: {inert(arguments.key)} ({deleted} objects, items, jobs and messages deleted)")
    attempts.conclude(aws.FORGET_AGAIN)


if __name__ == "__main__":
    command(main)

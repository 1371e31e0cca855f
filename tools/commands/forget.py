"""Remove every trace of one video: object, tracks, jobs, intermediate files, dead-letter messages.

python -m tools.commands.forget KEY [--stack NAME]

All versions of the object go. Not within reach, and so left to their own retention: the access logs of the
buckets (they name objects), backups of the tables (point-in-time recovery), and whatever readers copied. The
functions' logs hold ids, not names.
"""

import argparse
import time

from tools.attempts import Attempts
from tools.errors import LocalError, command
from tools.inert import inert
from tools.progress import Progress
from tools.target import Target, check_key, current
from tools.traces import (
    Traces,
    delete_letters,
    delete_object_versions,
    delete_traces,
    find_traces,
    stop_jobs,
    submitting,
)

# An upload waiting in its queue finds its object gone within this, and gives up.
_SUBMITTING_SECONDS = 300
# A step that was running when its job was stopped may still write; it is looked for until nothing is new.
_QUIET_SECONDS = 3.0


def forget(target: Target, key: str, progress: Progress, attempts: Attempts) -> int:
    """Remove every trace of the object `key`, or of a video by its id; how many things were deleted.

    A failure stops nothing: what cannot be done is in `attempts` at the end.

    Raises:
        LocalError: nothing is known of such a video, or the stack is not one of ours; nothing was deleted.
    """
    check_key(key)
    for needed in ("VideosBucket", "ResultsBucket", "TracksTable"):
        target.output(needed)
    traces, first = Traces(), Attempts()
    find_traces(target, key, traces, first)
    if not traces.videos:
        raise LocalError(next(iter(first.failures), f"Nothing is known of a video named {inert(key)}."))
    deleted = delete_object_versions(target, key, traces, first)
    stop_jobs(target, traces.jobs, first)
    messages = delete_letters(target, traces, first)
    deleted += messages
    if not messages:
        with attempts.of("waiting for its upload message"):
            _wait_for_upload(target, key, progress)
    while True:
        progress.show("deleting")
        # What failed before is tried again: the last round's failures are those that stay.
        last = Attempts()
        find_traces(target, key, traces, last)
        more = delete_object_versions(target, key, traces, last)
        stop_jobs(target, traces.jobs, last)
        more += delete_traces(target, traces, last)
        if not more:
            attempts.failures += last.failures
            return deleted
        deleted += more
        time.sleep(_QUIET_SECONDS)


def _wait_for_upload(target: Target, key: str, progress: Progress) -> None:
    """Deleting META under an upload message that still waits would let it make a new one."""
    end = time.monotonic() + _SUBMITTING_SECONDS
    while submitting(target, key):
        if time.monotonic() > end:
            raise LocalError("it is still on its way, and may bring the video's name back")
        progress.show("waiting for its upload message to find the object gone")
        time.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="tools.commands.forget", description="Remove every trace of one video."
    )
    parser.add_argument("key", help="the object's key in the videos bucket, or a video's id")
    parser.add_argument("--stack", help="a stack deployed to AWS, instead of the one `make up` left running")
    arguments = parser.parse_args()
    progress, attempts = Progress(), Attempts()
    try:
        deleted = forget(current(arguments.stack), arguments.key, progress, attempts)
    finally:
        progress.close()
    whole = "not all forgotten" if attempts.failures else "forgotten"
    print(f"{whole}: {inert(arguments.key)} ({deleted} things deleted)")
    attempts.conclude("Once the reason is gone, forget it again, by its key or by the video id shown.")


if __name__ == "__main__":
    command(main)

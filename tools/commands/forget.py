"""Remove every trace of one video: object, tracks, jobs, intermediate files, dead letters.

python -m tools.commands.forget KEY [--stack NAME]

All versions of the object go. Not within reach, and so left to their own retention: the access logs of the
buckets (they name objects), backups of the tables (point-in-time recovery), and whatever readers copied. The
functions' logs hold ids, not names.
"""

import argparse
import time

from tools.commands.redrive import inert
from tools.errors import LocalError, command
from tools.progress import Progress
from tools.target import Target, current
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


def forget(target: Target, key: str, progress: Progress) -> int:
    """Remove every trace of the object `key`; how many things were deleted.

    Raises:
        LocalError: nothing is known of such a video, or its upload message does not come to rest.
    """
    traces = Traces()
    find_traces(target, key, traces)
    if not traces.videos:
        raise LocalError(f"Nothing is known of a video named {inert(key)}.")
    delete_object_versions(target, key, traces.versions)
    stop_jobs(target, traces.jobs)
    deleted = len(traces.versions) + delete_letters(target, traces)
    if deleted == len(traces.versions):
        _wait_for_upload(target, key, progress)
    while True:
        progress.show("deleting")
        find_traces(target, key, traces)
        stop_jobs(target, traces.jobs)
        more = delete_traces(target, traces)
        if not more:
            return deleted
        deleted += more
        time.sleep(_QUIET_SECONDS)


def _wait_for_upload(target: Target, key: str, progress: Progress) -> None:
    """Deleting META under an upload message that still waits would let it make a new one."""
    end = time.monotonic() + _SUBMITTING_SECONDS
    while submitting(target, key):
        if time.monotonic() > end:
            raise LocalError("Its upload message is still on its way. Forget it again later.")
        progress.show("waiting for its upload message to find the object gone")
        time.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="tools.commands.forget", description="Remove every trace of one video."
    )
    parser.add_argument("key", help="the object's key in the videos bucket")
    parser.add_argument("--stack", help="a stack deployed to AWS, instead of the one `make up` left running")
    arguments = parser.parse_args()
    progress = Progress()
    deleted = forget(current(arguments.stack), arguments.key, progress)
    progress.close()
    print(f"forgotten: {inert(arguments.key)} ({deleted} things deleted)")


if __name__ == "__main__":
    command(main)

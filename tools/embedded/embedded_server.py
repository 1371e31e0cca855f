"""The process of the embedded AWS, run by the interpreter of its own virtual environment.

`tools/embedded/embedded_aws.py` starts it with a listening socket already bound, so that no other
program can take the port in between. Nothing of the product is imported here: it is another interpreter.
"""

import asyncio
import contextlib
import hashlib
import os
import random
import resource
import shutil
import signal
import sys
import threading
import time
import zipfile
from pathlib import Path
from typing import Any


def main() -> None:
    """Serve until SIGTERM, or until the pipe that the parent holds closes; leave nothing behind.

    Arguments: file descriptor of the listening socket, state folder, and, for a throw-away instance only, the
    file descriptor of the pipe's reading end.
    """
    listening, state_dir, *rest = sys.argv[1:]
    parent_pipe = int(rest[0]) if rest else None
    _allow_many_files()
    _share_code(Path(state_dir, "tmp", "code"))
    _throttle_as_lambda_does()
    if parent_pipe is not None:
        threading.Thread(target=_end_with_parent, args=(parent_pipe,), daemon=True).start()
    asyncio.run(_serve(int(listening), state_dir if parent_pipe is not None else None))


async def _serve(listening: int, throw_away: str | None) -> None:
    from hypercorn.asyncio import serve  # type: ignore[import-not-found]
    from hypercorn.config import Config  # type: ignore[import-not-found]
    from ministack.app import app

    config = Config()
    config.bind = [f"fd://{listening}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1.0
    config.loglevel = "WARNING"
    try:
        await serve(app, config)
    finally:
        _end_workers()
        if throw_away is not None:
            shutil.rmtree(throw_away, ignore_errors=True)
        # Invocations cut off above hold threads that an orderly exit would wait for.
        os._exit(0)


def _share_code(folder: Path) -> None:
    """Let all Lambda workers of one package run from one extracted copy.

    The embedded AWS extracts a package again for every worker: 217 MB and seconds each, and every Python file
    compiled again. Lambda's code is read-only on AWS, so sharing it changes nothing.
    """
    extract = zipfile.ZipFile.extractall
    one_at_a_time = threading.Lock()

    def extract_once(
        archive: zipfile.ZipFile, path: Any = None, members: Any = None, pwd: Any = None
    ) -> None:
        if members is not None or path is None or Path(path).name != "code" or archive.filename is None:
            extract(archive, path, members, pwd)
            return
        content = repr([(entry.filename, entry.CRC, entry.file_size) for entry in archive.infolist()])
        shared = folder / hashlib.sha256(content.encode()).hexdigest()
        with one_at_a_time:
            if not shared.exists():
                partial = shared.with_suffix(".partial")
                extract(archive, partial)
                partial.rename(shared)
        for entry in shared.iterdir():
            Path(path, entry.name).symlink_to(entry)
        Path(archive.filename).unlink(missing_ok=True)

    zipfile.ZipFile.extractall = extract_once  # type: ignore[assignment,method-assign]


def _throttle_as_lambda_does() -> None:
    """Name throttling to Step Functions as Lambda does, and try throttled batches of a queue again.

    The embedded AWS leaves such a batch to the queue's visibility timeout. Lambda's pollers keep it and
    invoke again, for as long as the messages are theirs.
    """
    from ministack.services import lambda_svc, sqs

    refuse, execute = lambda_svc._throttle_response, lambda_svc._execute_function
    run_batch, polling = lambda_svc._run_sqs_batch, threading.local()

    def refuse_by_name(*arguments: Any, **options: Any) -> dict[str, Any]:
        refusal = refuse(*arguments, **options)
        refusal["body"]["errorType"] = "Lambda.TooManyRequestsException"
        return dict(refusal)

    def execute_again(function: Any, event: Any) -> Any:
        result = execute(function, event)
        wait = 0.5
        while result.get("throttle") and time.monotonic() < getattr(polling, "until", 0):
            time.sleep(random.uniform(wait / 2, wait))  # noqa: S311 - spreads load, keeps no secret
            wait = min(8, 2 * wait)
            result = execute(function, event)
        return result

    def run_batch_again(
        mapping: Any, function: Any, event: Any, batch: Any, queue_url: str, name: str
    ) -> None:
        attributes = sqs._queues[queue_url]["attributes"]
        polling.until = time.monotonic() + float(attributes.get("VisibilityTimeout", 30))
        try:
            run_batch(mapping, function, event, batch, queue_url, name)
        finally:
            polling.until = 0

    lambda_svc._throttle_response = refuse_by_name
    lambda_svc._execute_function = execute_again
    lambda_svc._run_sqs_batch = run_batch_again


def _end_with_parent(parent_pipe: int) -> None:
    # Nothing is ever written: the read returns when the parent has ended, in whatever way.
    with contextlib.suppress(OSError):
        os.read(parent_pipe, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _end_workers() -> None:
    """End the Lambda workers: they live in this process group, which this process leads."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGTERM)


def _allow_many_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        # macOS reports an infinite limit and then refuses it.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main()

"""Start the embedded AWS with the stack deployed, and leave it running; its data is kept in `.local/aws`.

python -m tools.commands.up
"""

import contextlib
import fcntl
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.arguments import Parser
from tools.deployment.deploy import deploy
from tools.deployment.synth import synthesize
from tools.embedded.embedded_aws import ROOT, EmbeddedAws, is_running, start
from tools.errors import command
from tools.page.background import start_page, stop_page
from tools.progress import Progress
from tools.target import ENV_FILE, embedded, write_env

STATE = ROOT / ".local" / "aws"
_RECORD = STATE / "running.json"


def running() -> EmbeddedAws | None:
    """The embedded AWS that an earlier `make up` left running, if it still runs."""
    aws = _last()
    return aws if aws is not None and is_running(aws.pid, STATE) else None


def bring_up(progress: Progress) -> tuple[str, str]:
    """Deploy the present stack to the embedded AWS, started if it is not running, and serve the page.

    Returns the addresses of the embedded AWS and of the page.
    """
    with alone(), tempfile.TemporaryDirectory(prefix="people-pathing-") as folder:
        assembly = synthesize(Path(folder) / "assembly", progress)
        progress.done("the stack is synthesized")
        left, port = running(), _last_port()
        aws = left or start(STATE, persist=True, port=port)
        if port and not aws.endpoint.endswith(f":{port}"):
            progress.done(f"port {port} is used by another program; {aws.endpoint} is used instead")
        try:
            _RECORD.write_text(json.dumps({"pid": aws.pid, "endpoint": aws.endpoint}))
            target = deploy(embedded(aws.endpoint), assembly, progress)
            write_env(target)
        except BaseException:
            if left is None:
                aws.stop()
            raise
        progress.done("the stack is deployed")
        return aws.endpoint, start_page(aws)


def take_down() -> bool:
    """Stop the embedded AWS; its data stays. False if none was running."""
    with alone():
        ENV_FILE.unlink(missing_ok=True)
        stop_page()
        aws = running()
        if aws is not None:
            aws.stop()
        return aws is not None


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One `make up` or `make down` at a time in this checkout."""
    STATE.mkdir(parents=True, exist_ok=True)
    with open(STATE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _last() -> EmbeddedAws | None:
    """The embedded AWS of the last `make up`, whether it still runs or not."""
    try:
        record = json.loads(_RECORD.read_text())
        return EmbeddedAws(str(record["endpoint"]), int(record["pid"]), STATE)
    except (FileNotFoundError, ValueError, KeyError):
        return None


def _last_port() -> int:
    """The port of the last time, so that addresses stay valid; 0 if there was none."""
    last = _last()
    return int(last.endpoint.rpartition(":")[2]) if last is not None else 0


def main() -> None:
    Parser(
        prog="make up", description="Start the embedded AWS with the stack deployed, and leave it running."
    ).parse_args()
    endpoint, page = bring_up(Progress())
    print(f"up: {endpoint}")
    print(f"page: {page}  (open it in a browser and drop videos there)")
    print("  make drop VIDEO=clip.mp4            the same from the command line")
    print('  make paths ARGS="--video clip.mp4"  its people, from the table')
    print("  . .local/env                        points the aws command and SDKs of this shell at it")
    print("  make down                           stop it")


if __name__ == "__main__":
    command(main)

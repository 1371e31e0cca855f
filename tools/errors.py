"""Errors of the commands, and how a command ends on them: one line on standard error, exit status 1.

    ToolError           base of what the commands raise themselves
    ├── InstallError    the packages cannot be installed
    ├── RequestError    endpoint: answered over HTTP, with its status and AWS's name of the error
    └── RefusedError    page: answered over HTTP, as text for its user

A command also ends in one line on InfraError (packaging and models, `infra/errors.py`), on ClientError and
BotoCoreError (AWS refused a call, or did not answer) and on OSError (files and ports).
"""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from infra.errors import InfraError
from shared.aws_errors import code_of
from tools.inert import inert
from tools.messages import aws as messages
from tools.tool_error import ToolError as ToolError


class _Terminated(BaseException):
    """SIGTERM or SIGHUP, raised so that every `finally` runs; like KeyboardInterrupt, not an Exception."""


def command(run: Callable[[], None]) -> NoReturn:
    """Run a command and exit: 0, 1 with one line on standard error, 130 on Ctrl-C, 143 on SIGTERM."""
    with _signals_as_exceptions():
        try:
            run()
            sys.stdout.flush()
            status = 0
        except BrokenPipeError:
            # The reader of standard output has ended, as `head` does: nothing more can be flushed to it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            status = 141
        except (ToolError, InfraError, ClientError, BotoCoreError, OSError) as error:
            print(f"error: {inert(' '.join(message_of(error).split()))}", file=sys.stderr)
            status = 1
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
            status = 130
        except _Terminated:
            status = 143
    sys.exit(status)


def message_of(error: Exception) -> str:
    """The error in one line for the user."""
    match error:
        case NoCredentialsError():
            return messages.NO_CREDENTIALS
        case NoRegionError():
            return messages.NO_REGION
        case ClientError():
            details = error.response["Error"]
            return messages.refused(error.operation_name, details.get("Message") or code_of(error))
        case OSError(strerror=str(reason), filename=str(name)):
            return f"{name}: {reason}"
    return str(error)


@contextlib.contextmanager
def _signals_as_exceptions() -> Iterator[None]:
    def terminate(_number: int, _frame: FrameType | None) -> None:
        # Once: a second signal must not cut the cleaning up short.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        raise _Terminated

    before = {number: signal.signal(number, terminate) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

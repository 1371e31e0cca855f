"""What goes wrong on the tools way and what the commands do about it: one clear line, exit status 1."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

from botocore.exceptions import BotoCoreError, ClientError

from tools.inert import inert


class LocalError(Exception):
    """Its text is one line for the person at the terminal: what is wrong and what to do."""


class _Terminated(BaseException):
    """SIGTERM or SIGHUP, raised so that every `finally` on the way out runs."""


def command(run: Callable[[], None]) -> NoReturn:
    """Run a command and exit: 0, 1 with one line on standard error, 130 on Ctrl-C, 143 on SIGTERM."""
    with _signals_as_exceptions():
        try:
            run()
            sys.stdout.flush()
            status = 0
        except BrokenPipeError:
            # Whoever read our output has seen enough, as `head` has; nothing more can be flushed to it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            status = 141
        except (LocalError, ClientError, BotoCoreError, OSError) as error:
            print(f"error: {inert(' '.join(str(error).split()))}", file=sys.stderr)
            status = 1
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
            status = 130
        except _Terminated:
            status = 143
    sys.exit(status)


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

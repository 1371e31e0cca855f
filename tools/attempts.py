"""Things tried one by one: what fails is kept for the end, and stops none of the others."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from pipeline.rekognition.errors import reason_of
from pipeline.storage.batch_writer import UnprocessedError
from tools.errors import LocalError
from tools.inert import inert

_MOST_SHOWN = 20


class Attempts:
    """`failures` has a line for each attempt that failed: at what, and why."""

    def __init__(self) -> None:
        self.failures: list[str] = []

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        """Attempt the block, which does `what`; an error of AWS ends the block alone."""
        try:
            yield
        except LocalError as error:
            self.failed(what, str(error))
        except (ClientError, BotoCoreError, UnprocessedError) as error:
            self.failed(what, reason_of(error))

    def failed(self, what: str, why: str) -> None:
        """Note a failure."""
        self.failures.append(inert(f"{what}: {why}"))

    def conclude(self, advice: str) -> None:
        """Print the failures on standard error.

        Raises:
            LocalError: there are some; its text ends with `advice`.
        """
        if not self.failures:
            return
        for failure in self.failures[:_MOST_SHOWN]:
            print(f"failed: {failure}", file=sys.stderr)
        if len(self.failures) > _MOST_SHOWN:
            print(f"and {len(self.failures) - _MOST_SHOWN} more", file=sys.stderr)
        things = "1 thing" if len(self.failures) == 1 else f"{len(self.failures)} things"
        raise LocalError(f"{things} could not be done. {advice}")

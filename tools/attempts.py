"""Operations attempted one by one: a failure is reported at the end, and stops none of the others."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from pipeline.errors import ItemsNotWrittenError
from pipeline.messages import reason_of
from shared.quantities import count
from tools.errors import ToolError
from tools.inert import inert
from tools.messages import aws as messages

_MOST_SHOWN = 20


class Attempts:
    """`failures` has a line for each attempt that failed: at what, and why."""

    def __init__(self) -> None:
        self.failures: list[str] = []

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        """Attempt the block, which does `what`; an error of AWS ends only the block."""
        try:
            yield
        except ToolError as error:
            self.failed(what, str(error))
        except (ClientError, BotoCoreError, ItemsNotWrittenError) as error:
            self.failed(what, reason_of(error))

    def failed(self, what: str, why: str) -> None:
        """Note a failure."""
        self.failures.append(inert(f"{what}: {why}"))

    def conclude(self, advice: str) -> None:
        """Print the failures on standard error.

        Raises:
            ToolError: there are failures; the text ends with `advice`.
        """
        if not self.failures:
            return
        for failure in self.failures[:_MOST_SHOWN]:
            print(f"failed: {failure}", file=sys.stderr)
        if len(self.failures) > _MOST_SHOWN:
            print(f"and {len(self.failures) - _MOST_SHOWN} more", file=sys.stderr)
        raise ToolError(messages.some_failed(count(len(self.failures), "operation", "operations"), advice))

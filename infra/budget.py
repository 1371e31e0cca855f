"""Who gets how many of the Lambda functions that the account runs at once.

Starting and collecting come before detecting, which gets the rest: they take little, and what they cannot do
in time piles up. Lambda's own means, reserved concurrency, cannot be had in an account of ten.
"""

from __future__ import annotations

from dataclasses import dataclass

FEWEST = 5
"""The smallest budget: one function of each kind, and one to spare."""

_FEWEST_POLLERS = 2
"""SQS's least maximum concurrency."""

_MOST_POLLERS = 1000
_MOST_STARTERS = 10
_MOST_SEGMENTS_AT_ONCE = 120
"""Of one video: an hour of video is no faster with more."""


@dataclass(frozen=True)
class FunctionBudget:
    """`functions` that may run at once, all of the stack's together."""

    functions: int

    @property
    def collectors(self) -> int:
        """Videos collected at once. Each collector takes two functions: the engine's API answers it."""
        return min(_MOST_POLLERS, max(_FEWEST_POLLERS, self.functions // 10))

    @property
    def starters(self) -> int:
        """Functions that start uploads: a start takes a second."""
        return min(_MOST_STARTERS, max(_FEWEST_POLLERS, self.functions // 50))

    @property
    def answerers(self) -> int:
        """Functions that answer videos again after a change of their scene, which is rare.

        With the starters they have room in what detecting leaves, from a budget of 40 on. Below, where two
        are the fewest SQS takes, they may meet throttling, and their messages come again.
        """
        return self.starters

    @property
    def detecting(self) -> int:
        """For detecting over all videos, as long as nothing is collected: all but a tenth, at least two."""
        return self.functions - max(2, self.functions // 10)

    @property
    def segments_at_once(self) -> int:
        """Of one video, unless chosen: half of what detecting gets, so that one begins while another ends."""
        return max(1, min(_MOST_SEGMENTS_AT_ONCE, self.detecting // 2))

"""How far the collection of one video has come, so that another invocation can go on from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self


@dataclass(frozen=True)
class Position:
    """Where a person's records begin: on the page that `token` asks for, after `skip` records of it."""

    token: str | None = None
    skip: int = 0


@dataclass(frozen=True)
class Checkpoint:
    """What is written so far. Always between two persons: a person is written whole or not at all.

    Attributes:
        position: where the next person begins; meaningless once `read`.
        read: whether every page has been read, so that only the final results are left.
        people: persons written.
        records: records written.
        parts: names of the pieces of `detections.jsonl.gz` written, in order.
        restarts: times an expired token sent the collection back to page 1.
        stalls: invocations in a row that ended without one whole person.
    """

    position: Position = field(default_factory=Position)
    read: bool = False
    people: int = 0
    records: int = 0
    parts: tuple[str, ...] = ()
    restarts: int = 0
    stalls: int = 0

    def restarted(self) -> Checkpoint:
        """Back at page 1; what is written will be overwritten."""
        return Checkpoint(restarts=self.restarts + 1, stalls=self.stalls)

    def after_person(self, records: int, then: Position | None) -> Checkpoint:
        """With one more person written; `then` is where the next begins, None when it was the last."""
        return replace(
            self,
            position=then or self.position,
            read=then is None,
            people=self.people + 1,
            records=self.records + records,
            stalls=0,
        )

    def as_values(self) -> dict[str, Any]:
        """As META's `Checkpoint` attribute."""
        return {
            "Token": self.position.token,
            "Skip": self.position.skip,
            "Read": self.read,
            "People": self.people,
            "Records": self.records,
            "Parts": list(self.parts),
            "Restarts": self.restarts,
            "Stalls": self.stalls,
        }

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From META's `Checkpoint` attribute."""
        return cls(
            position=Position(values["Token"], values["Skip"]),
            read=values["Read"],
            people=values["People"],
            records=values["Records"],
            parts=tuple(values["Parts"]),
            restarts=values["Restarts"],
            stalls=values["Stalls"],
        )

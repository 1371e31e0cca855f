"""How far a job is."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    ACCEPTED = "ACCEPTED"
    STARTED = "STARTED"
    PLANNING = "PLANNING"
    DETECTING = "DETECTING"
    LINKING = "LINKING"
    FINISHING = "FINISHING"
    DONE = "DONE"

"""When a video began, in the time of its camera."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

_DIRECTIVES = {
    "Y": r"\d{4}",
    "y": r"\d{2}",
    "m": r"\d{1,2}",
    "d": r"\d{1,2}",
    "j": r"\d{1,3}",
    "H": r"\d{1,2}",
    "I": r"\d{1,2}",
    "p": "(?:AM|PM|am|pm)",
    "M": r"\d{1,2}",
    "S": r"\d{1,2}",
    "f": r"\d{1,6}",
    "z": r"(?:[+-]\d{2}:?\d{2}|Z)",
    "%": "%",
}
"""strptime's directives that do not depend on a language, and what each may match."""


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError) as error:  # ZoneInfoNotFoundError is a KeyError, handled below
        raise ValueError(_unknown_zone(name)) from error
    except KeyError as error:
        raise ValueError(_unknown_zone(name)) from error
    return name


def _unknown_zone(name: str) -> str:
    return f"must be an IANA time zone such as Europe/Berlin, not {name[:60]!r}"


def _pattern(pattern: str) -> str:
    used = re.findall("%(.?)", pattern, re.DOTALL)
    unknown = sorted({f"%{letter}" for letter in used if letter not in _DIRECTIVES})
    if unknown:
        raise ValueError(f"has {', '.join(unknown)}; known are %{', %'.join(_DIRECTIVES)}")
    repeated = sorted({f"%{letter}" for letter in used if letter != "%" and used.count(letter) > 1})
    if repeated:
        raise ValueError(f"has {', '.join(repeated)} twice")
    if not {"Y", "y"} & set(used) or not ({"m", "d"} <= set(used) or "j" in used):
        raise ValueError("must have year, month and day, as %Y-%m-%dT%H-%M-%S has")
    return pattern


class VideoStart(BaseModel):
    """How it is known when a video began."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Literal["key", "creation_time", "upload"] = Field(
        alias="from",
        description="a pattern on the video's key, the container's creation time, or the time of its upload",
    )
    pattern: Annotated[str, AfterValidator(_pattern)] | None = Field(
        default=None, description="strptime's, found anywhere in the key; with `from` `key` only"
    )
    time_zone: Annotated[str, AfterValidator(_time_zone)] = Field(
        default="UTC", description="IANA name of the camera's time zone"
    )

    @model_validator(mode="after")
    def _pattern_where_it_is_used(self) -> VideoStart:
        if self.source == "key" and self.pattern is None:
            raise ValueError("needs a pattern, such as %Y-%m-%dT%H-%M-%S, where `from` is key")
        if self.source != "key" and self.pattern is not None:
            raise ValueError(f"has a pattern, which is not used where `from` is {self.source}")
        return self

    def began_at(
        self, key: str, created: datetime | None = None, uploaded: datetime | None = None
    ) -> datetime | None:
        """When the video began, in the camera's time zone; None where it is not known.

        `created` and `uploaded` have a time zone of their own. A time that a clock set back shows twice is
        the first of both.
        """
        zone = ZoneInfo(self.time_zone)
        if self.source == "key":
            found = self._in_key(key)
            if found is None:
                return None
            return found.astimezone(zone) if found.tzinfo else found.replace(tzinfo=zone)
        known = created if self.source == "creation_time" else uploaded
        return known.astimezone(zone) if known else None

    def _in_key(self, key: str) -> datetime | None:
        """The first place in the key that the pattern fits and that is a time."""
        pattern = self.pattern or ""
        pieces = re.split("%(.)", pattern)
        expression = "".join(
            _DIRECTIVES[piece] if number % 2 else re.escape(piece) for number, piece in enumerate(pieces)
        )
        for match in re.finditer(expression, key):
            try:
                return datetime.strptime(match[0], pattern)
            except ValueError:
                continue
        return None

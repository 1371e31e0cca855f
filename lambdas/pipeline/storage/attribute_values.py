"""Plain Python values to DynamoDB's attribute values and back.

boto3's own serializer needs a Decimal for each number; a six-hour result has sixteen million of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

Attribute = dict[str, Any]
Item = dict[str, Attribute]


def number(value: int | float) -> Attribute:
    """A number attribute. Floats keep their shortest exact form. Raises ValueError for NaN and infinities."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} cannot be stored as a number")
    return {"N": repr(value)}


def attribute(value: Any) -> Attribute:
    """The attribute value of a str, int, float, bool, None, (frozen)set of str, list, tuple or mapping."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | float):
        return number(value)
    if value is None:
        return {"NULL": True}
    if isinstance(value, Mapping):
        return {"M": {key: attribute(member) for key, member in value.items()}}
    if isinstance(value, list | tuple):
        return {"L": [attribute(member) for member in value]}
    if isinstance(value, set | frozenset):
        return {"SS": sorted(value)}
    raise TypeError(f"{type(value).__name__} has no attribute value")


def item(values: Mapping[str, Any]) -> Item:
    """A whole item."""
    return {name: attribute(value) for name, value in values.items()}


def plain(stored: Mapping[str, Any]) -> Any:
    """The plain value of an attribute value. Numbers come back as int where they are whole, else float."""
    ((kind, value),) = stored.items()
    if kind == "N":
        return float(value) if any(mark in value for mark in ".eE") else int(value)
    if kind == "M":
        return {name: plain(member) for name, member in value.items()}
    if kind == "L":
        return [plain(member) for member in value]
    if kind == "SS":
        return set(value)
    return None if kind == "NULL" else value


def plain_item(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A whole item's plain values."""
    return {name: plain(value) for name, value in stored.items()}

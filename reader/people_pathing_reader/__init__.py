"""Read the people of videos, and their paths, from the DynamoDB table of people-pathing."""

from .errors import ReaderError, SchemaError
from .model import (
    Crossing,
    LineHour,
    Person,
    Point,
    Presence,
    Region,
    Video,
    Visit,
    Visits,
    ZoneHour,
)
from .reader import SUPPORTED_SCHEMA, Reader

__all__ = [
    "SUPPORTED_SCHEMA",
    "Crossing",
    "LineHour",
    "Person",
    "Point",
    "Presence",
    "Reader",
    "ReaderError",
    "Region",
    "SchemaError",
    "Video",
    "Visit",
    "Visits",
    "ZoneHour",
]

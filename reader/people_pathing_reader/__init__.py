"""Read the people of videos, and their paths, from the DynamoDB table of people-pathing."""

from .errors import ReaderError, SchemaError
from .model import Person, Point, Presence, Region, Video, Visits
from .reader import SUPPORTED_SCHEMA, Reader

__all__ = [
    "SUPPORTED_SCHEMA",
    "Person",
    "Point",
    "Presence",
    "Reader",
    "ReaderError",
    "Region",
    "SchemaError",
    "Video",
    "Visits",
]

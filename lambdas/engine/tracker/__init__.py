"""The linker: detections of a whole video in, one path a person out."""

from engine.tracker.linking import link
from engine.tracker.settings import Settings
from engine.tracker.track import Track

__all__ = ["Settings", "Track", "link"]

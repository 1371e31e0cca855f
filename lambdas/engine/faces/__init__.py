"""Detects the faces of detected people, with landmarks, pose and quality."""

from __future__ import annotations

from pathlib import Path

from engine.detector import BUNDLED_MODELS
from engine.faces.face import Face
from engine.faces.finder import FaceFinder, FrameView

__all__ = ["Face", "FaceFinder", "FrameView", "load_face_finder"]


def load_face_finder(threads: int, models: Path = BUNDLED_MODELS) -> FaceFinder:
    """Loads the face models from the folder `models`, run on `threads` threads. Raises FileNotFoundError."""
    return FaceFinder(models, threads)

"""What is wrong with a video, in words for its owner."""

from __future__ import annotations

from engine.errors import EngineError


class VideoError(EngineError):
    """A video that cannot be tracked; ``str()`` is one line for its owner: the job's StatusMessage."""

"""Pictures for the tests of faces: a portrait of the astronaut Eileen Collins (NASA, public domain)."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from engine.video.frames.segment_frames import Frame


def portrait() -> np.ndarray:
    """uint8 RGB (288, 288, 3), head and shoulders; the face is 100 pixels high, its middle at (139, 126)."""
    with av.open(str(Path(__file__).with_name("collins.jpg"))) as file:
        return next(file.decode(video=0)).to_ndarray(format="rgb24")


def resized(image: np.ndarray, width: int, height: int) -> np.ndarray:
    return av.VideoFrame.from_ndarray(image, "rgb24").reformat(width, height, "rgb24").to_ndarray()


def scene(width: int, height: int, *pictures: tuple[np.ndarray, int, int]) -> Frame:
    """A plain frame with `pictures` at (left, top)."""
    pixels = np.full((height, width, 3), 140, np.uint8)
    for picture, left, top in pictures:
        pixels[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return Frame(av.VideoFrame.from_ndarray(pixels, "rgb24"), 0, 0, VideoReformatter())


def ratios(frame: Frame, *boxes: tuple[float, float, float, float]) -> np.ndarray:
    """Boxes in pixels as ratios of the frame."""
    width, height = frame.size
    return np.array(boxes, np.float32).reshape(-1, 4) / np.array([width, height, width, height], np.float32)

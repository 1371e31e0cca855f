"""The shape of a video's pixels, and the size of the picture that a player makes of them.

SD, HDV and recorder formats store fewer columns (or rows) than they show: a 4:3 picture in 352 × 480 pixels,
a 16:9 one in 1440 × 1080. Detectors, face models and paths need the picture as people see it.
"""

from __future__ import annotations

from fractions import Fraction

from engine.video.containers.container import OpenVideo

SQUARE = Fraction(1)

MOST_STRETCHED = 8
"""Width over height of a pixel, or height over width, beyond which pixels are taken as square.

Real formats stay within 1:2 … 2:1 (half-height DVR fields, 960H and 1080N recorders); what lies beyond is
a damaged header.
"""


class PixelAspect:
    """Reads the pixel aspect of an open video, frame by frame.

    What the container says (``pasp``, the track header's matrix, AVI's ``vprp``) goes before the codec's, as
    in FFmpeg's ``av_guess_sample_aspect_ratio`` and the players built on it. Where the container is silent
    the codec may change it in mid-stream.
    """

    def __init__(self, video: OpenVideo) -> None:
        self._codec = video.stream.codec_context
        guess, at_opening = video.stream.sample_aspect_ratio, self._codec.sample_aspect_ratio
        self._of_container = guess if guess != at_opening else None
        self._guess = guess

    @property
    def current(self) -> Fraction:
        """Width over height of a pixel of the frame decoded last; 1 where nothing credible is said."""
        aspect = self._of_container or self._codec.sample_aspect_ratio or self._guess
        if not aspect or not 1 <= max(aspect, 1 / aspect) <= MOST_STRETCHED:
            return SQUARE
        return Fraction(aspect)


def square_size(width: int, height: int, aspect: Fraction) -> tuple[int, int]:
    """Width and height of the same picture in square pixels; the side that falls short is lengthened."""
    if aspect >= 1:
        return round(width * aspect), height
    return width, round(height / aspect)

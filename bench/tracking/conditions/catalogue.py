"""The conditions: what is done to each picture, as a chain of FFmpeg's filters, and where people are then."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bench.tracking.conditions.encoding import GOOD_CRF
from bench.tracking.conditions.placement import Floats, Placement, turned
from bench.tracking.conditions.weather import rain

Filters = tuple[tuple[str, str], ...]
Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Scene:
    """What a condition depends on.

    Attributes:
        width, height: of the frame.
        fps: frames a second.
        body: people's median height in pixels.
        step: from one frame of the video to the next that is taken.
    """

    width: int
    height: int
    fps: float
    body: float
    step: int = 1


@dataclass(frozen=True)
class Condition:
    """One thing that a camera may do to what it shows.

    Attributes:
        name: as the table and the page have it.
        filters: names and arguments, one after the other.
        placement: where people are afterwards; where they were when None.
        painted: what is painted over each picture, by its number.
        tiles: how often the picture is shown beside itself, and below.
        crf: of the encoder.
    """

    name: str
    filters: Callable[[Scene], Filters]
    placement: Callable[[Scene], Placement] | None = None
    painted: Callable[[Picture, int], Picture] | None = None
    tiles: int = 1
    crf: int = GOOD_CRF


def _even(length: float) -> int:
    return int(length / 2) * 2


def _smaller(name: str, part: float) -> Condition:
    """Fewer pixels of the same view."""

    def size(scene: Scene) -> tuple[int, int]:
        return _even(scene.width * part), _even(scene.height * part)

    def placement(scene: Scene) -> Placement:
        width, height = size(scene)
        return Placement((width, height), ((width / scene.width, 0), (0, height / scene.height)))

    return Condition(name, lambda scene: (_scale(*size(scene)),), placement)


def _farther(name: str, side: int) -> Condition:
    """The view several times, beside and below each other: without anything else of the world around it, the
    detectors would draw boxes around two people at once.
    """
    return replace(_smaller(name, 1 / side), tiles=side)


def _squeezed(name: str, part: float) -> Condition:
    """Heights shrink and widths stay, as when people are seen from further above."""

    def placement(scene: Scene) -> Placement:
        height = _even(scene.height * part)
        return Placement((scene.width, height), ((1, 0), (0, height / scene.height)))

    return Condition(name, lambda scene: (_scale(scene.width, _even(scene.height * part)),), placement)


def _scale(width: int, height: int) -> tuple[str, str]:
    return "scale", f"{width}:{height}:flags=area"


def _mirrored(scene: Scene) -> Placement:
    return Placement((scene.width, scene.height), ((-1, 0), (0, 1)), (scene.width, 0))


def _turned(name: str, degrees: float) -> Condition:
    def placement(scene: Scene) -> Placement:
        return turned((scene.width, scene.height), degrees)

    return Condition(name, lambda _: (("rotate", f"{math.radians(degrees)}:c=gray"),), placement)


def _upside_down(scene: Scene) -> Placement:
    return Placement((scene.width, scene.height), ((-1, 0), (0, -1)), (scene.width, scene.height))


def _on_its_side(scene: Scene) -> Placement:
    return Placement((scene.height, scene.width), ((0, -1), (1, 0)), (scene.height, 0))


def _swaying(name: str) -> Condition:
    """As a pole in the wind does: so far from the middle, back and forth in 2.5 s."""
    far, hz = 0.01, 0.4

    def reach(scene: Scene) -> tuple[float, float]:
        return far * scene.width, far * scene.height

    def filters(scene: Scene) -> Filters:
        (x, y), turn = reach(scene), f"2*PI*{hz}*n/{scene.fps}"
        size = f"{_even(scene.width - 2 * x)}:{_even(scene.height - 2 * y)}"
        return (("crop", f"{size}:{x}*(1+sin({turn})):{y}*(1+sin(0.7*({turn}))):exact=1"),)

    def placement(scene: Scene) -> Placement:
        x, y = reach(scene)

        def drift(seconds: Floats) -> Floats:
            turn = 2 * math.pi * hz * seconds
            return np.stack([-x * (1 + np.sin(turn)), -y * (1 + np.sin(0.7 * turn))], axis=1)

        return Placement((_even(scene.width - 2 * x), _even(scene.height - 2 * y)), drift=drift)

    return Condition(name, filters, placement)


def _level(expression: str) -> tuple[str, str]:
    """Each of red, green and blue by an expression of `val`, 0 to 255."""
    return "lutrgb", ":".join(f"{color}=clip({expression}\\,0\\,255)" for color in "rgb")


def _dark(name: str, bright: float, noise: int) -> Condition:
    """Every pixel so much as bright, and a sensor's noise.

    Pixels hold about the light's root of 2.2: an eighth as bright is a hundredth of the light.
    """
    filters = (_level(f"{bright}*val"), ("noise", f"alls={noise}:allf=t:all_seed=7"))
    return Condition(name, lambda _: filters)


def _unsharp(name: str, spot: float) -> Condition:
    """A point becomes a spot, so much of a person's height wide: a bell with a disc's standard deviation."""
    return Condition(name, lambda scene: (("gblur", f"sigma={spot / 4 * scene.body:.3f}"),))


def _smeared(name: str, length: float) -> Condition:
    """Everything moves sideways by so much of a person's height while the shutter is open.

    A bell as wide as that way: it has the same standard deviation.
    """

    def filters(scene: Scene) -> Filters:
        return (("gblur", f"sigma={length * scene.body / math.sqrt(12):.3f}:sigmaV=0:steps=3"),)

    return Condition(name, filters)


def _infrared(name: str, noise: int) -> Condition:
    """A lamp beside the lens: grey, bright in the middle, at the corners a quarter as bright."""
    filters = (("hue", "s=0"), ("vignette", "angle=PI/4"), ("noise", f"alls={noise}:allf=t:all_seed=7"))
    return Condition(name, lambda _: filters)


def _as_filmed(_: Scene) -> Filters:
    return ()


CLEAN = Condition("as filmed", _as_filmed)

CONDITIONS = (
    CLEAN,
    _farther("people 1/2 as tall in the frame", 2),
    _farther("people 1/3 as tall in the frame", 3),
    _smaller("1/3 the pixels a side, same view", 1 / 3),
    Condition("compressed, crf 45", _as_filmed, crf=45),
    _dark("night: 1/8 as bright, noise", 1 / 8, 22),
    Condition("grey-scale", lambda _: (("hue", "s=0"),)),
    _infrared("infrared lamp, noise", 14),
    _unsharp("out of focus, spots of 12 % of body height", 0.12),
    _smeared("motion blur, 10 % of body height", 0.10),
    _turned("tilted 10 degrees", 10),
    _squeezed("seen steeply: 0.6 of the height", 0.6),
    Condition("fog: 1/3 of the contrast", lambda _: (_level("0.33*val+125"),)),
    Condition("heavy rain", _as_filmed, painted=rain),
    Condition("backlight: shadows are black", lambda _: (_level("1.45*(val-80)"),)),
    _swaying("swaying by 1 % of the frame"),
    Condition("mirrored", lambda _: (("hflip", ""),), _mirrored),
    Condition("compressed, crf 38", _as_filmed, crf=38),
    _dark("dusk: 1/4 as bright, noise", 1 / 4, 14),
    Condition("upside down", lambda _: (("hflip", ""), ("vflip", "")), _upside_down),
    _unsharp("out of focus, spots of 24 % of body height", 0.24),
    _smeared("motion blur, 20 % of body height", 0.20),
    _turned("tilted 25 degrees", 25),
    Condition("on its side", lambda _: (("transpose", "clock"),), _on_its_side),
)
"""Those that matter to most cameras first."""

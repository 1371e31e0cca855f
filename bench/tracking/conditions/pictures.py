"""The pictures of docs/cameras.md, made from the demo's clip alone, with the boxes that the product finds.

No ground truth is needed: people are cut out along the product's own paths.
"""

from __future__ import annotations

import io
import itertools
import tempfile
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np

from bench.tracking import linked, material
from bench.tracking.conditions import crowd, cutouts
from bench.tracking.conditions.catalogue import CLEAN, CONDITIONS, Condition, Scene
from bench.tracking.conditions.cutouts import Cutout
from bench.tracking.conditions.degraded import filtered, pictures_under
from bench.tracking.conditions.encoding import GOOD_CRF, write_video
from bench.tracking.conditions.jpeg import resized, resized_mask, write_jpeg
from bench.tracking.mot import Rows, Sequence
from tools.clip import demo_clip
from tools.drawing import Picture, color_of, draw_box

_FPS, _STEP, _FRAMES, _SIZE = 5, 2, 45, (768, 576)
"""Frames a second, every second one of the clip; so many of them; their width and height."""

_BODY = 80.0
"""Median height of people in the clip, in pixels."""

_SHOWN = 30
"""The frame that is shown."""

_CROWD = 30
_CUT_FROM = 160
"""Frames of the clip that people are cut out of."""

_HEIGHTS = (60, 90, 120, 200)
"""Of the people drawn to scale, in pixels of a frame 1080 high."""

_DEGRADED = {
    "small": "people 1/3 as tall in the frame",
    "night": "night: 1/8 as bright, noise",
    "compressed": "compressed, crf 45",
}
"""File name and condition of those shown large."""

_GALLERY = {
    "grey": "grey-scale",
    "infrared": "infrared lamp, noise",
    "dusk": "dusk: 1/4 as bright, noise",
    "backlight": "backlight: shadows are black",
    "fog": "fog: 1/3 of the contrast",
    "rain": "heavy rain",
    "focus": "out of focus, spots of 12 % of body height",
    "blur": "motion blur, 10 % of body height",
    "tilted": "tilted 10 degrees",
    "steep": "seen steeply: 0.6 of the height",
}
"""The same of those whose middle is shown small."""

_WIDTH, _SMALL_WIDTH = 560, 280


def write_pictures(target: Path) -> None:
    """Write every picture into a folder, made if missing."""
    target.mkdir(parents=True, exist_ok=True)
    clip, scene = demo_clip(), Scene(*_SIZE, _FPS, _BODY, _STEP)
    conditions = {condition.name: condition for condition in CONDITIONS}
    write_jpeg(_degraded(clip, scene, CLEAN), target / "good.jpg")
    for name, condition in _DEGRADED.items():
        enlarge = name == "small"
        write_jpeg(_degraded(clip, scene, conditions[condition], enlarge=enlarge), target / f"{name}.jpg")
    for name, condition in _GALLERY.items():
        shown = _degraded(clip, scene, conditions[condition], enlarge=True, width=_SMALL_WIDTH)
        write_jpeg(shown, target / f"{name}.jpg")
    empty = cutouts.background(clip)
    walks = _walks(clip, empty)
    planned = crowd.visits(walks, _CROWD, _STEP * _FRAMES, _SIZE[0])
    people = crowd.pictures(empty, planned, range(0, _STEP * _FRAMES, _STEP), io.StringIO())
    write_jpeg(_tracked(people), target / "crowd.jpg")
    write_jpeg(_to_scale(empty, walks[0][len(walks[0]) // 2]), target / "heights.jpg")


def _walks(clip: Path, empty: Picture) -> list[cutouts.Walk]:
    """People of the clip's beginning, cut out along the product's paths."""
    with tempfile.TemporaryDirectory(prefix="bench-pictures-") as folder:
        beginning = Path(folder) / "beginning.mp4"
        write_video(filtered(clip, _CUT_FROM, ()), Fraction(_FPS * _STEP), beginning)
        return cutouts.walks(beginning, _paths(beginning, _CUT_FROM), empty, least=25)


def _degraded(
    clip: Path, scene: Scene, condition: Condition, *, enlarge: bool = False, width: int = _WIDTH
) -> Picture:
    pictures = pictures_under(condition, scene, clip, _STEP * _FRAMES)
    return _tracked(pictures, condition.crf, enlarge=enlarge, width=width)


def _tracked(
    pictures: Iterable[Picture], crf: int = GOOD_CRF, *, enlarge: bool = False, width: int = _WIDTH
) -> Picture:
    """One picture of a video with the boxes found in the whole of it; its middle alone if enlarged."""
    with tempfile.TemporaryDirectory(prefix="bench-pictures-") as folder:
        video = Path(folder) / "video.mp4"
        write_video(pictures, Fraction(_FPS), video, crf)
        picture = next(itertools.islice(filtered(video, _FRAMES, ()), _SHOWN, None))
        high, wide = picture.shape[:2]
        paths = _paths(video, _FRAMES, (wide, high))
    boxes = paths.boxes[paths.frames == _SHOWN]
    if enlarge:
        picture = picture[high // 4 : -high // 4, wide // 4 : -wide // 4]
        boxes = boxes * 2 - np.array([0.5, 0.5, 0, 0], np.float32)
    picture = resized(picture, width, round(width * high / wide))
    for person, box in zip(paths.ids[paths.frames == _SHOWN].tolist(), boxes.tolist(), strict=True):
        draw_box(picture, tuple(box), color_of(person), str(person), 2)
    return picture


def _paths(video: Path, length: int, size: tuple[int, int] = _SIZE) -> Rows:
    """What the product finds at its default settings, at every frame of that width and height."""
    sequence = Sequence(video.parent, "pictures", _FPS, length, *size)
    return linked.ours(material.own(sequence, video, "movenet").at(5.0))


def _to_scale(empty: Picture, cut: Cutout) -> Picture:
    """A frame of 16:9 at half the size of 1080p, with one person in it at several heights."""
    picture = resized(empty[: _SIZE[0] * 9 // 16], 960, 540)
    rows, columns = np.nonzero(cut.opacity > 0.5)
    body = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    person, opacity = cut.picture[body], cut.opacity[body]
    for place, tall in enumerate(_HEIGHTS):
        height = tall // 2
        width = round(height * person.shape[1] / person.shape[0])
        left, top = 200 + 170 * place, 400 - height
        part = picture[top : top + height, left : left + width]
        mask = resized_mask(opacity, width, height)[..., None]
        part[...] = part * (1 - mask) + resized(person, width, height) * mask
        box = (left / 960 - 0.004, top / 540 - 0.006, width / 960 + 0.008, height / 540 + 0.012)
        draw_box(picture, box, color_of(place), str(tall), 2)
    return picture

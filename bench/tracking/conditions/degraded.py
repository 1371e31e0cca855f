"""A sequence as it is under a condition: a video of its own, and its truth."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import av.filter
import numpy as np
import numpy.typing as npt

from bench.tracking.conditions import weather
from bench.tracking.conditions.catalogue import Condition, Filters, Scene
from bench.tracking.conditions.encoding import write_video
from bench.tracking.conditions.placement import Placement
from bench.tracking.mot import Sequence

Picture = npt.NDArray[np.uint8]


def degraded(
    sequence: Sequence, video: Path, scene: Scene, condition: Condition, root: Path
) -> tuple[Sequence, Path]:
    """The sequence under a condition and its video, made under `root` if missing; both as `scene` is."""
    size = scene.width, scene.height
    placement = condition.placement(scene) if condition.placement else Placement(size)
    folder = root / f"{sequence.name}-{_digest(sequence, video, scene, condition)}"
    target = folder / "video.mp4"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write_truth(sequence, scene, placement, condition.tiles, folder / "gt.txt")
        pictures = pictures_under(condition, scene, video, sequence.length)
        write_video(pictures, rate(video) / scene.step, target, condition.crf)
    length = -(-sequence.length // scene.step)
    width, height = (condition.tiles * side for side in placement.size)
    return replace(sequence, folder=folder, length=length, width=width, height=height), target


def pictures_under(condition: Condition, scene: Scene, video: Path, length: int) -> Iterator[Picture]:
    """Of the first `length` pictures of a video those of the scene, before they are encoded again."""
    filters = condition.filters(scene)
    for number, picture in enumerate(filtered(video, length, filters, scene.step)):
        painted = picture if condition.painted is None else condition.painted(picture, number)
        yield np.tile(painted, (condition.tiles, condition.tiles, 1))


def filtered(video: Path, length: int, filters: Filters, step: int = 1) -> Iterator[Picture]:
    """Every `step`-th of the first `length` pictures of a video, through a chain of FFmpeg's filters."""
    with av.open(str(video)) as source:
        stream = source.streams.video[0]
        graph = av.filter.Graph()
        graph.threads = 1
        chain = [graph.add_buffer(template=stream), graph.add("format", "gbrp")]
        chain += [graph.add(name, arguments) for name, arguments in filters]
        chain += [graph.add("format", "rgb24"), graph.add("buffersink")]
        graph.link_nodes(*chain).configure()
        for number, frame in enumerate(source.decode(stream)):
            if number >= length:
                return
            if number % step:
                continue
            graph.push(frame)
            yield graph.vpull().to_ndarray(format="rgb24").astype(np.uint8, copy=False)


def scene_of(sequence: Sequence, video: Path, hz: float) -> Scene:
    """What conditions depend on, of a sequence with its truth; of its frames, about `hz` a second."""
    step = max(1, int(rate(video) / Fraction(hz)))
    body = float(np.median(sequence.truth().boxes[:, 3])) * sequence.height
    return Scene(sequence.width, sequence.height, float(rate(video) / step), body, step)


def rate(video: Path) -> Fraction:
    """Frames a second of a video."""
    with av.open(str(video)) as source:
        return Fraction(source.streams.video[0].average_rate or 0)


def _write_truth(sequence: Sequence, scene: Scene, placement: Placement, tiles: int, target: Path) -> None:
    """Everybody in each tile has an id of their own."""
    truth = sequence.truth()
    frames = truth.frames // scene.step
    pixels = truth.boxes * np.tile([scene.width, scene.height], 2)
    boxes = placement.boxes(pixels, frames / scene.fps)
    shown = (truth.frames < sequence.length) & (truth.frames % scene.step == 0)
    kept = np.nonzero(placement.inside(boxes) & shown)[0]
    lines = []
    for tile in range(tiles**2):
        ids = truth.ids + tile * (truth.ids.max() + 1)
        moved = boxes + np.array([tile % tiles, tile // tiles, 0, 0]) * np.tile(placement.size, 2)
        lines += [
            f"{frames[row] + 1},{ids[row]}," + ",".join(f"{side:.2f}" for side in moved[row]) + ",1"
            for row in kept.tolist()
        ]
    target.write_text("\n".join(lines) + "\n")


def _digest(sequence: Sequence, video: Path, scene: Scene, condition: Condition) -> str:
    """Another one for another video, truth or condition."""
    placement = condition.placement(scene) if condition.placement else None
    matrix = (placement.size, placement.across, placement.offset) if placement else None
    painter = Path(weather.__file__).read_bytes() if condition.painted else b""
    said = repr((sequence.length, scene, condition.filters(scene), matrix, condition.crf))
    said += f" {condition.tiles} tiles" * (condition.tiles > 1)
    digest = hashlib.sha256(video.read_bytes() + painter + said.encode())
    digest.update(np.ascontiguousarray(sequence.truth().boxes).tobytes())
    return digest.hexdigest()[:16]

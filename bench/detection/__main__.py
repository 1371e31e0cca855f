"""``python -m bench.detection --mot PATH``: how many people are found in single frames, and what it costs."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.detection import calibrating, goals
from bench.detection.footage import Footage, footage_of
from bench.detection.precision import Evaluation, Shown, evaluate, joined
from bench.detection.variants import BASE, OTHERS, PRODUCT, Variant
from bench.tracking import mot
from engine.detector.detections import Detector
from infra.models import prepared
from tools.arguments import Parser

_CHANCE = 0.5
_FEWEST = 20
"""People: of fewer, a share says nothing."""


@dataclass
class Tried:
    """What one variant did on one footage: how its detections met people, and ms of CPU for each frame."""

    variant: Variant
    footage: Footage
    size: tuple[int, int] = (0, 0)
    shown: list[Shown] = field(default_factory=list)
    millis: list[float] = field(default_factory=list)

    def evaluated(self, overlap: float = 0.5) -> Evaluation:
        return evaluate(self.shown, overlap)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 0 when every goal is met."""
    parser = Parser(prog="python -m bench.detection", description=__doc__)
    parser.add_argument(
        "--mot",
        type=Path,
        required=True,
        action="append",
        help="folder of MOTChallenge sequences (any number)",
    )
    parser.add_argument("--hz", type=float, default=2.5, help="frames a second that are analysed (2.5)")
    parser.add_argument("--threads", type=int, default=1, help="of the detector (1)")
    parser.add_argument("--all", action="store_true", help="other sizes too, and each detector alone")
    options = parser.parse_args(arguments)
    for root in options.mot:
        if not root.is_dir():
            parser.error(f"no folder of MOTChallenge sequences: {root}")
    sequences = [sequence for root in options.mot for sequence in mot.sequences(root)]
    every = [footage for sequence in sequences for footage in footage_of(sequence, options.hz)]
    if not every:
        print("No sequence there has a video or pictures.", file=sys.stderr)
        return 1
    variants = PRODUCT + (OTHERS if options.all else [])
    detectors = {variant.name: variant.load(prepared(), options.threads) for variant in variants}
    _print_head()
    tried: list[Tried] = []
    for footage in every:
        on_it = _tried(footage, variants, detectors)
        _print_rows(on_it)
        tried += on_it
    return _summary(tried, variants)


def _tried(footage: Footage, variants: list[Variant], detectors: dict[str, Detector]) -> list[Tried]:
    """Every variant on every picture, in turn, so that a busy machine slows all of them alike."""
    tried = [Tried(variant, footage) for variant in variants]
    for frame, people in footage.pictures():
        for one in tried:
            detector = detectors[one.variant.name]
            one.size = detector.input_size(*frame.size)
            image = frame.resized(*one.size)
            begun = time.process_time()
            found = detector.detect(image)
            one.millis.append(1000 * (time.process_time() - begun))
            one.shown.append(Shown(found, people, frame.size))
    return tried


def _print_head() -> None:
    bands = " ".join(f"{goals.named(band):>9}" for band in goals.BANDS)
    print(
        f"Recall at chance {_CHANCE} / AP50, in percent, of people by height in pixels of a 1920 x 1080 frame"
    )
    print(f"{'':40}{'':>36}{bands}")
    print(
        f"{'footage':18} {'detector':22} {'input':>8} {'AP50':>5} {'AP75':>5} {'prec.':>5} {'off':>5} "
        f"{'cost':>5}",
        flush=True,
    )


def _print_rows(tried: list[Tried]) -> None:
    base = next(one for one in tried if one.variant is BASE)
    for one in tried:
        half = one.evaluated()
        size = f"{one.size[0]}x{one.size[1]}"
        print(
            f"{one.footage.name:18} {one.variant.name:22} {size:>8} {100 * half.average_precision():5.1f} "
            f"{100 * one.evaluated(0.75).average_precision():5.1f} {100 * half.precision(_CHANCE):5.0f} "
            f"{half.miscalibration():5.2f} {_cost(one, base):5.2f} {_by_height(half)}",
            flush=True,
        )


def _by_height(half: Evaluation) -> str:
    cells = []
    for band in goals.BANDS:
        of_band = half.between(*band)
        enough = len(of_band.people) >= _FEWEST
        said = (
            f"{100 * of_band.recall(_CHANCE):.0f}/{100 * of_band.average_precision():.0f}" if enough else "-"
        )
        cells.append(f"{said:>9}")
    return " ".join(cells)


def _cost(one: Tried, base: Tried) -> float:
    """CPU time against the base's, in the median over frames."""
    return statistics.median(mine / its for mine, its in zip(one.millis, base.millis, strict=True))


def _summary(tried: list[Tried], variants: list[Variant]) -> int:
    """The means over sequences, calibrations with each sequence left out, and the goals."""
    print("\nMeans over sequences, each with its mosaics; then as calibrated on the other sequences alone:")
    reached = []
    for variant in variants:
        mine = [one for one in tried if one.variant is variant]
        bases = [one for one in tried if one.variant is BASE]
        scenes = {name: _of_sequence(mine, name) for name in dict.fromkeys(o.footage.sequence for o in mine)}
        cost = statistics.mean(_cost(one, base) for one, base in zip(mine, bases, strict=True))
        print(_mean_row(variant.name, list(scenes.values()), cost))
        left_out = [
            scene.rescored(calibrating.apply(calibrating.refit(_without(scenes, name)), scene.scores))
            for name, scene in scenes.items()
            if len(scenes) > 1
        ]
        if left_out:
            print(_mean_row("  each left out", left_out, cost))
        slope, intercept = calibrating.refit(scenes)
        print(f"  as calibrated on all: slope x {slope:.2f}, intercept {intercept:+.2f} of what there is")
        footage = {one.footage.name: one.evaluated() for one in mine}
        reached.append(goals.Reached(variant.name, footage, list(scenes.values()), cost))
    return goals.report(reached)


def _of_sequence(tried: list[Tried], sequence: str) -> Evaluation:
    return joined(one.evaluated() for one in tried if one.footage.sequence == sequence)


def _without(scenes: dict[str, Evaluation], name: str) -> dict[str, Evaluation]:
    return {other: scene for other, scene in scenes.items() if other != name}


def _mean_row(name: str, scenes: list[Evaluation], cost: float) -> str:
    precision = statistics.mean(scene.average_precision() for scene in scenes)
    cells = []
    for band in goals.BANDS:
        recall = goals.mean_recall(scenes, band, _FEWEST)
        cells.append("        -" if recall is None else f"{100 * recall:9.0f}")
    return f"{name:22} AP50 {100 * precision:5.1f}  cost {cost:5.2f}  recall {' '.join(cells)}"


if __name__ == "__main__":
    sys.exit(main())

"""``python -m bench.detection --mot PATH``: how many people are found in single frames, and what it costs."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from bench.detection.precision import Judgement, judge
from bench.detection.variants import OTHERS, PRODUCT, Variant
from bench.tracking import mot
from bench.tracking.material import video_of
from engine.detector.detections import Detections, Detector
from engine.video.frames import Frame, read_frames
from infra.models import prepared
from tools.arguments import Parser

GOALS = {"movenet (the product's)": 0.84, "nanodet (the product's)": 0.82}
"""AP50 on every sequence, at least."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 0 when every goal is met."""
    parser = Parser(prog="python -m bench.detection", description=__doc__)
    parser.add_argument("--mot", type=Path, required=True, help="folder of MOTChallenge 2015 sequences")
    parser.add_argument("--hz", type=float, default=2.5, help="frames a second that are looked at (2.5)")
    parser.add_argument("--threads", type=int, default=1, help="of the detector (1)")
    parser.add_argument("--all", action="store_true", help="other sizes too, and each detector alone")
    options = parser.parse_args(arguments)
    if not options.mot.is_dir():
        parser.error(f"no folder of MOTChallenge sequences: {options.mot}")
    filmed = [
        (sequence, video)
        for sequence in mot.sequences(options.mot)
        if (video := video_of(sequence)) is not None
    ]
    if not filmed:
        print(f"No sequence under {options.mot} has a video.", file=sys.stderr)
        return 1
    columns = f"{'input':>8} {'AP50':>5} {'AP75':>5} {'precision':>9} {'recall':>6} {'off':>5} {'CPU ms':>7}"
    print(f"{'sequence':16} {'detector':26} {columns}", flush=True)
    models, missed = prepared(), []
    for sequence, video in filmed:
        for variant in PRODUCT + (OTHERS if options.all else []):
            reached = _row(sequence, video, variant, variant.load(models, options.threads), options.hz)
            if reached < GOALS.get(variant.name, 0):
                missed.append(
                    f"{variant.name} on {sequence.name}: AP50 {reached:.3f}, not {GOALS[variant.name]}"
                )
    print("\nPrecision and recall: of what is as likely as not. Off: how far chances are from what is met.")
    for line in missed:
        print(f"Missed: {line}")
    return 1 if missed else 0


def _row(sequence: mot.Sequence, video: Path, variant: Variant, detector: Detector, hz: float) -> float:
    """Prints one line and answers its AP50."""
    found, millis = _found(detector, video, hz)
    truth = _truth(sequence)
    half, three_quarters = judge(found, truth, 0.5), judge(found, truth, 0.75)
    width, height = detector.input_size(sequence.width, sequence.height)
    size, figures = f"{width}x{height}", _figures(half, three_quarters)
    print(f"{sequence.name:16} {variant.name:26} {size:>8} {figures} {millis:7.1f}", flush=True)
    return half.average_precision()


def _figures(half: Judgement, three_quarters: Judgement) -> str:
    precision, recall = half.at(0.5)
    return (
        f"{half.average_precision():5.3f} {three_quarters.average_precision():5.3f} "
        f"{precision:9.3f} {recall:6.3f} {half.miscalibration():5.3f}"
    )


def _found(detector: Detector, video: Path, hz: float) -> tuple[dict[int, Detections], float]:
    """Detections by frame, counted from 0, and the CPU time of a frame, in ms, over all threads."""
    found, seconds = {}, 0.0
    for frame in _frames(video, hz):
        image = frame.resized(*detector.input_size(*frame.size))
        begun = time.process_time()
        found[frame.number] = detector.detect(image)
        seconds += time.process_time() - begun
    return found, 1000 * seconds / max(len(found), 1)


def _frames(video: Path, hz: float) -> Iterator[Frame]:
    with video.open("rb") as file:
        # One decoding thread, which is idle while the detector's time is taken.
        yield from read_frames(file, 0, sys.maxsize, hz, threads=1)


def _truth(sequence: mot.Sequence) -> dict[int, np.ndarray]:
    rows = sequence.truth()
    return {int(frame): rows.boxes[rows.frames == frame] for frame in np.unique(rows.frames)}


if __name__ == "__main__":
    sys.exit(main())

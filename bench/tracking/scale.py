"""Time and memory of the tracker against a video's length: ``python -m bench.tracking.scale``.

People are simulated: thirty at a time walk across the picture at random, meet, are missed now and then, leave
and are followed by others. Each length runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np

from engine.analysis.appearance import SIZE
from engine.analysis.detections import SegmentDetections
from engine.tracker import link
from tools.arguments import Parser

LENGTHS = (300, 1800, 7200, 21600)
"""Seconds of video: 5 min, 30 min, 2 h, 6 h."""
_HZ, _PEOPLE, _SEGMENT_SECONDS = 5, 30, 30
_MOST_MEGABYTES, _MOST_SECONDS = 512, 600


class Crowd:
    """People who come and go, and what a detector would see of them.

    Args:
        seconds: length of the video.
        people: how many are in the picture at once.
        hz: analysis rate.
        seed: another seed, another crowd.
    """

    def __init__(self, seconds: int, people: int = _PEOPLE, hz: int = _HZ, seed: int = 0) -> None:
        self._random = np.random.default_rng(seed)
        self._frames, self._hz = seconds * hz, hz
        self._place = self._random.uniform(0.1, 0.9, (people, 2))
        self._speed = self._random.normal(0, 0.03, (people, 2))
        self._appearance = self._descriptors(people)
        self.seconds_making = 0.0

    def segments(self) -> Iterator[SegmentDetections]:
        """Segments of half a minute, made as they are asked for."""
        per = _SEGMENT_SECONDS * self._hz
        for first in range(0, self._frames, per):
            begun = time.process_time()
            made = self._segment(first, min(first + per, self._frames))
            self.seconds_making += time.process_time() - begun
            yield made

    def _segment(self, first: int, last: int) -> SegmentDetections:
        frame_of, boxes, scores, appearance = [], [], [], []
        for frame in range(first, last):
            self._walk()
            seen = self._random.random(len(self._place)) > 0.06
            count = int(seen.sum())
            height = 0.08 + 0.12 * self._place[seen, 1]
            foot = self._place[seen] + self._random.normal(0, 0.002, (count, 2))
            width = height * 0.4 * 9 / 16
            boxes.append(np.column_stack([foot[:, 0] - width / 2, foot[:, 1] - height, width, height]))
            scores.append(np.clip(self._random.normal(0.85, 0.15, count), 0.05, 1))
            noise = self._random.normal(0, 12, (count, SIZE))
            appearance.append(np.clip(self._appearance[seen] + noise, 0, 255).astype(np.uint8))
            frame_of.append(np.full(count, frame - first))
        return SegmentDetections.of(
            np.arange(first, last) * 1000 // self._hz,
            np.concatenate(frame_of),
            np.concatenate(boxes),
            np.concatenate(scores),
            appearance=np.concatenate(appearance),
        )

    def _walk(self) -> None:
        self._speed += self._random.normal(0, 0.01, self._speed.shape)
        self._speed *= 0.97
        self._place += self._speed / self._hz
        gone = np.nonzero(((self._place < 0) | (self._place > 1)).any(1))[0]
        for person in gone.tolist():
            left = self._random.random() < 0.5
            self._place[person] = (0.0 if left else 1.0), self._random.uniform(0.2, 1)
            self._speed[person] = (0.04 if left else -0.04), self._random.normal(0, 0.01)
            self._appearance[person] = self._descriptors(1)[0]

    def _descriptors(self, people: int) -> np.ndarray:
        return np.sqrt(self._random.dirichlet(np.full(SIZE // 2, 0.3), (people, 2))).reshape(people, -1) * 255


def measure(seconds: int) -> dict[str, float]:
    """Link one simulated video in this process."""
    crowd = Crowd(seconds)
    begun = time.process_time()
    tracks = link(crowd.segments(), frame_aspect=16 / 9)
    spent = time.process_time() - begun - crowd.seconds_making
    return {
        "seconds": seconds,
        "cpu": spent,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "tracks": len(tracks),
        "detections": sum(int((track.rows >= 0).sum()) for track in tracks),
    }


def main() -> int:
    """Print the table; 0 when both goals are met."""
    parser = Parser(prog="python -m bench.tracking.scale", description=__doc__)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--longest", type=int, default=LENGTHS[-1], help="seconds of video to stop at")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one)))
        return 0
    print(f"{'video':>8s} {'detections':>11s} {'paths':>7s} {'CPU s':>7s} {'ms/frame':>9s} {'peak MB':>8s}")
    last: dict[str, float] = {}
    for seconds in (length for length in LENGTHS if length <= options.longest):
        command = [sys.executable, "-m", "bench.tracking.scale", "--one", str(seconds)]
        last = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(
            f"{seconds // 60:5d} min {last['detections']:11d} {last['tracks']:7d} {last['cpu']:7.1f}"
            f" {1000 * last['cpu'] / (seconds * _HZ):9.2f} {last['megabytes']:8.0f}",
            flush=True,
        )
    met = last["cpu"] <= _MOST_SECONDS and last["megabytes"] <= _MOST_MEGABYTES
    print(
        f"{'met   ' if met else 'MISSED'}  {last['seconds'] / 3600:g} h with {_PEOPLE} people a frame: "
        f"{last['cpu']:.0f} s of one core (≤ {_MOST_SECONDS}), "
        f"{last['megabytes']:.0f} MB (≤ {_MOST_MEGABYTES})"
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())

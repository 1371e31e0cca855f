"""`python -m bench.speed [VIDEO …]`: the engine against its floor, what would make it faster, memory at 4K.

The floor is decoding plus model inference of exactly the frames analysed, each alone on all cores, measured
in the same run. Without a VIDEO the demo clip is enlarged to 720p, 1080p and 4K. Seconds are by the clock, in
brackets by the processors; the latter hold on a busy machine too, and decide there.
"""

from __future__ import annotations

import functools
import json
import platform
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from bench.speed import measure, videos
from bench.speed.measure import Spent
from bench.speed.memory import peak_megabytes
from engine.runtime.cores import usable_cores
from engine.runtime.environment import DETECTORS
from tools.arguments import Parser
from tools.clip import cache
from tools.errors import command

OVERHEAD_GOAL = 1.15
REAL_TIME_GOALS = {"movenet": 2.5, "nanodet": 4.0, "far": 1.5}
MEMORY_GOAL = 1024
RECORD = "speed.json"


@dataclass(frozen=True)
class Row:
    """One video with one detector."""

    video: str
    detector: str
    seconds: float
    cores: int
    decoding: Spent
    inference: Spent
    engine: Spent

    @property
    def floor(self) -> Spent:
        return self.decoding + self.inference

    @property
    def busy(self) -> bool:
        """Whether other programs used the cores: models alone keep all of them busy otherwise."""
        return self.inference.cpu < 0.8 * self.inference.wall * self.cores

    @property
    def clock(self) -> str:
        return "processor time, the machine being busy" if self.busy else "the clock"

    @property
    def overhead(self) -> float:
        if self.busy:
            return self.engine.cpu / self.floor.cpu
        return self.engine.wall / self.floor.wall

    @property
    def real_time(self) -> float:
        return self.seconds / (self.engine.cpu / self.cores if self.busy else self.engine.wall)


def main() -> None:
    parser = Parser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("videos", nargs="*", type=Path, metavar="VIDEO")
    parser.add_argument("--cores", type=int, default=usable_cores())
    parser.add_argument("--tries", type=int, default=2, help="of each measurement; the shortest counts")
    arguments = parser.parse_args()
    given = {path.name: path for path in arguments.videos}
    chosen = given or {size: videos.prepared(size) for size in ("720p", "1080p")}
    print(f"{machine()}, {arguments.cores} cores used; the analysis rate is 5 Hz, faces are on.\n")
    rows = list(_against_the_floor(chosen, arguments.cores, arguments.tries))
    goals = [_overhead_goal(row) for row in rows]
    if not given:
        goals += [_real_time_goal(row) for row in rows if row.video == "1080p"]
        levers = _levers(arguments.cores)
        _record(levers, arguments.cores)
        goals += list(_memory(arguments.cores))
    print("\n" + "\n".join(goals))


def machine() -> str:
    """The processor's name."""
    names = [
        line.partition(":")[2].strip()
        for line in (Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else [])
        if line.startswith("model name")
    ]
    return names[0] if names else platform.processor() or platform.machine()


def _against_the_floor(chosen: dict[str, Path], cores: int, tries: int) -> Iterator[Row]:
    print("| video | detector | decoding s | inference s | engine s | engine/floor | × real time | by |")
    print("|---|---|---|---|---|---|---|---|")
    for name, video in chosen.items():
        for detector in DETECTORS:
            row = _row(name, video, detector, cores, tries)
            decoding, inference, engine = (
                f"{one.wall:.1f} ({one.cpu:.1f})" for one in (row.decoding, row.inference, row.engine)
            )
            print(
                f"| {name} | {detector} | {decoding} | {inference} | {engine} "
                f"| {row.overhead:.2f} | {row.real_time:.1f} | {row.clock} |",
                flush=True,
            )
            yield row


def _row(name: str, video: Path, detector: str, cores: int, tries: int) -> Row:
    looker = measure.analyst(detector, cores)
    calls = measure.model_calls(video, looker)
    decoding, inference, engine = [], [], []
    for _ in range(tries):
        engine.append(measure.spent(lambda: measure.whole_engine(video, looker)))
        decoding.append(measure.spent(lambda: measure.decoding(video, looker.hz, cores)))
        inference.append(measure.spent(lambda: measure.inference(calls, cores)))
    return Row(
        name,
        detector,
        measure.seconds_of(video),
        cores,
        measure.least(*decoding),
        measure.least(*inference),
        measure.least(*engine),
    )


def _levers(cores: int) -> dict[str, float]:
    """Processor seconds a second of 1080p for each way to run, printed and returned by name."""
    ways: dict[str, tuple[str, float, bool, str, bool]] = {
        # name: detector, Hz, faces, encoder, frames left out
        "movenet (default)": ("movenet", 5, True, "web", True),
        "movenet, every frame decoded": ("movenet", 5, True, "web", False),
        "movenet, faces off": ("movenet", 5, False, "web", True),
        "movenet, 7.5 Hz": ("movenet", 7.5, True, "web", True),
        "movenet, 3 Hz": ("movenet", 3, True, "web", True),
        "movenet, a camera's stream": ("movenet", 5, True, "camera", True),
        "movenet, nothing moves": ("movenet", 5, True, "still", True),
        "nanodet": ("nanodet", 5, True, "web", True),
        "nanodet, faces off": ("nanodet", 5, False, "web", True),
        "nanodet, 3 Hz, faces off": ("nanodet", 3, False, "web", True),
        "nanodet, a camera's stream": ("nanodet", 5, True, "camera", True),
        "far": ("far", 5, True, "web", True),
    }
    print("\n| 1080p, one lever at a time | processor s per s of video | against the default |")
    print("|---|---|---|")
    costs: dict[str, float] = {}
    for name, (detector, hz, faces, encoder, leaving_out) in ways.items():
        video = videos.prepared("1080p", encoder)
        looker = measure.analyst(detector, cores, hz=hz, faces=faces)
        with nullcontext() if leaving_out else measure.every_frame_decoded():
            took = measure.spent(functools.partial(measure.whole_engine, video, looker))
        costs[name] = took.cpu / measure.seconds_of(video)
        share = costs[name] / next(iter(costs.values()))
        print(f"| {name} | {costs[name]:.3f} | {100 * share:.0f} % |", flush=True)
    return costs


def _memory(cores: int) -> Iterator[str]:
    video = videos.prepared("4K")
    for detector in DETECTORS:
        peak = peak_megabytes(video, detector, cores)
        yield _verdict(
            peak < MEMORY_GOAL, f"4K, {detector}: detecting takes {peak:.0f} MB, goal under {MEMORY_GOAL} MB"
        )


def _overhead_goal(row: Row) -> str:
    goal = f"goal at most {OVERHEAD_GOAL} (by {row.clock})"
    said = f"{row.video}, {row.detector}: engine / floor {row.overhead:.2f}, {goal}"
    return _verdict(row.overhead <= OVERHEAD_GOAL, said)


def _real_time_goal(row: Row) -> str:
    goal = REAL_TIME_GOALS[row.detector]
    said = (
        f"{row.video}, {row.detector}: {row.real_time:.1f} × real time, goal at least {goal} (by {row.clock})"
    )
    return _verdict(row.real_time >= goal, said)


def _verdict(met: bool, said: str) -> str:
    return f"{'met   ' if met else 'MISSED'}  {said}"


def _record(levers: dict[str, float], cores: int) -> None:
    """Keeps the measured seconds for `bench.cost`."""
    video = videos.prepared("1080p")
    link = measure.linking(video, measure.analyst("nanodet", cores)).cpu / measure.seconds_of(video)
    start = min(measure.starting("movenet") for _ in range(3))
    print(f"\nlinking takes {link:.4f} processor s per s of video; a worker starts in {start:.1f} s")
    kept = {"machine": machine(), "cpu_seconds_per_second": levers, "link": link, "start": start}
    (cache() / "bench" / RECORD).write_text(json.dumps(kept, indent=1))


if __name__ == "__main__":
    command(main)

"""Peak memory of planning and of detecting, each taken in a process of its own.

`python -m bench.speed.memory` makes the heaviest videos that are not refused, in several codecs, and prints
what each step needs for them beside what its function has.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from bench.speed.measure import analyst, detect
from engine.video.metadata import read_metadata
from engine.video.still import scene_still, still_millis
from tools.clip import cache

_SIZE = (8192, 4320)
_FPS = 25
_CORES = 2

_PLAN_MEGABYTES, _DETECT_MEGABYTES = 1024, 3008
"""What the functions have, unless `detect_memory_mb` in the context says otherwise."""


@dataclass(frozen=True)
class Heavy:
    """A video of 8K frames: `frames` of them, encoded so that its decoder holds as many as it may."""

    name: str
    codec: str
    pix_fmt: str
    frames: int
    options: dict[str, str]


_X264 = {"preset": "ultrafast", "bf": "3", "refs": "16", "x264-params": "b-pyramid=normal"}
_X265 = {"preset": "ultrafast", "x265-params": "bframes=4:ref=6:frame-threads=1:log-level=none"}

HEAVY = (
    Heavy("h264-10bit-420-refs16.mp4", "libx264", "yuv420p10le", 40, _X264),
    Heavy("hevc-10bit-420.mp4", "libx265", "yuv420p10le", 30, _X265),
    Heavy("hevc-10bit-422.mp4", "libx265", "yuv422p10le", 30, _X265),
    Heavy("av1-10bit-420.mp4", "libsvtav1", "yuv420p10le", 10, {"preset": "12"}),
    Heavy("vp9-8bit-444.mp4", "libvpx-vp9", "yuv444p", 8, {"deadline": "realtime", "cpu-used": "8"}),
    Heavy("prores-4444.mov", "prores_ks", "yuva444p10le", 6, {"profile": "4444"}),
    Heavy("png-16bit-rgba.mov", "png", "rgba64be", 4, {}),
    Heavy("png-16bit-rgb.mov", "png", "rgb48be", 4, {}),
    Heavy("raw-16bit-rgb.mov", "rawvideo", "rgb48be", 2, {}),
    Heavy("ffv1-16bit-444.avi", "ffv1", "yuv444p16le", 4, {}),
)


def peak_megabytes(video: Path, detector: str, cores: int) -> float:
    """What a detect worker needs at most for the video, the interpreter and its libraries included."""
    return _peak("detect", str(video), detector, str(cores))


def plan_megabytes(video: Path) -> float:
    """The same of the planning step."""
    return _peak("plan", str(video))


def main() -> None:
    if sys.argv[1:]:
        _run(*sys.argv[1:])
        print(_own_peak())
        return
    print(f"{'video':28} {'plan':>8} {'detect':>8} MB")
    print(f"{'(what the functions have)':28} {_PLAN_MEGABYTES:8} {_DETECT_MEGABYTES:8}")
    for heavy in HEAVY:
        video = _prepared(heavy)
        plan, detection = plan_megabytes(video), peak_megabytes(video, "movenet", _CORES)
        print(f"{heavy.name:28} {plan:8.0f} {detection:8.0f}", flush=True)


def _run(step: str, video: str, *arguments: str) -> None:
    if step == "plan":
        with open(video, "rb") as file:
            scene_still(file, still_millis(read_metadata(file)))
    else:
        detector, cores = arguments
        detect(Path(video), analyst(detector, int(cores)))


def _peak(*arguments: str) -> float:
    command = [sys.executable, "-m", "bench.speed.memory", *arguments]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _prepared(heavy: Heavy) -> Path:
    """The video, made at first use and cached."""
    path = cache() / "bench" / f"8K-{heavy.name}"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".unfinished{path.suffix}")
    try:
        with av.open(str(unfinished), "w") as output:
            stream = output.add_stream(heavy.codec, rate=_FPS)
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height = _SIZE
            stream.pix_fmt = heavy.pix_fmt
            stream.codec_context.thread_count = _CORES
            stream.options = dict(heavy.options)
            for number, picture in enumerate(_pictures(heavy.frames)):
                frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format=heavy.pix_fmt)
                frame.pts, frame.time_base = number, Fraction(1, _FPS)
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def _pictures(count: int) -> Iterator[NDArray[np.uint8]]:
    """Grey stripes that move."""
    width, height = _SIZE
    columns = np.arange(width) // 64 * 40 % 256
    for number in range(count):
        yield np.tile(np.roll(columns, 16 * number).astype(np.uint8), (height, 1))


def _own_peak() -> float:
    """Megabytes. Linux's ru_maxrss would begin with the peak of the process that started this one."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        return int(lines["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2  # macOS counts bytes


if __name__ == "__main__":
    main()

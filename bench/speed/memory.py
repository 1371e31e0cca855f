"""Peak memory of looking at a video, taken in a process of its own."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from bench.speed.measure import analyst, detect


def peak_megabytes(video: Path, detector: str, cores: int) -> float:
    """What a detect worker needs at most for the video, the interpreter and its libraries included."""
    command = [sys.executable, "-m", "bench.speed.memory", str(video), detector, str(cores)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    video, detector, cores = sys.argv[1:]
    detect(Path(video), analyst(detector, int(cores)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak / (1024 if sys.platform != "darwin" else 1024**2))


if __name__ == "__main__":
    main()

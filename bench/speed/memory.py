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
    print(_own_peak())


def _own_peak() -> float:
    """Megabytes. Linux's ru_maxrss would begin with the peak of the process that started this one."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        return int(lines["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2  # macOS counts bytes


if __name__ == "__main__":
    main()

"""How much of a video a detect function can do in its time, by figures on the safe side."""

from __future__ import annotations

from dataclasses import dataclass

_MB_PER_VCPU = 1769
"""Memory of a Lambda function that comes with one vCPU."""

_PIXELS_A_SECOND = 250_000_000
"""What a vCPU decodes: 4K at 30 frames a second. A quarter of what a server processor was measured at."""

_ANALYSIS_SECONDS = {"movenet": 0.2, "nanodet": 0.2, "far": 0.4}
"""vCPU seconds for the analysis of a frame of 4K, by detector: four times what was measured there."""


@dataclass(frozen=True, slots=True)
class DetectTime:
    """What a detect function has.

    Attributes:
        seconds: its time limit.
        memory_mb: its memory, by which its share of processors goes.
        analysis_hz: frames analysed a second.
        detector: its name, as in the environment.
    """

    seconds: int
    memory_mb: int
    analysis_hz: float
    detector: str

    def to_decode(self, seconds: float, pixels_a_second: float) -> float:
        """Seconds to decode `seconds` of a video."""
        return seconds * pixels_a_second / (_PIXELS_A_SECOND * self._vcpus)

    def to_analyse(self, seconds: float) -> float:
        """Seconds to analyse `seconds` of a video."""
        return seconds * self.analysis_hz * _ANALYSIS_SECONDS[self.detector] / self._vcpus

    @property
    def _vcpus(self) -> float:
        return self.memory_mb / _MB_PER_VCPU

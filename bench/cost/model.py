"""The model: an hour of video through the deployed stack."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

from bench.cost import prices

PEOPLE_IN_VIEW = 6  # on average, as in the demo clip
PATH_ITEM_KB = 25  # a minute of one person at 15 Hz
BLOCK_BYTES = 4 * 1024 * 1024
STEP_LATENCY = 0.3  # s for Step Functions to start a state's function


@dataclass(frozen=True)
class Measured:
    """Processor seconds on the machine measured, counted as seconds of a Lambda vCPU.

    Attributes:
        detect: per second of video, all of a detect worker's.
        link: per second of video, linking and writing records.
        start: to start a sandbox: interpreter, libraries, models.
    """

    detect: float
    link: float
    start: float


@dataclass(frozen=True)
class Setting:
    """How it is run."""

    measured: Measured
    fan_out: int
    detect_mb: int = 3008
    link_mb: int = 2048
    segment_seconds: int = 30
    seconds: int = 3600
    megabits: float = 6
    gb_second: float = prices.LAMBDA_GB_SECOND
    collect_seconds: float = 60  # at 1 GB; see the collector's own bench

    def but(self, **changes: object) -> Setting:
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Estimate:
    """US dollars and seconds."""

    detecting: float
    rest_of_lambda: float
    other_services: float
    wall: float

    @property
    def lambdas(self) -> float:
        return self.detecting + self.rest_of_lambda

    @property
    def total(self) -> float:
        return self.lambdas + self.other_services


def estimate(setting: Setting) -> Estimate:
    """Costs of one video and the time from its upload to the completion message."""
    segments = ceil(setting.seconds / setting.segment_seconds)
    workers = min(setting.fan_out, segments)
    vcpus = setting.detect_mb / prices.LAMBDA_MB_PER_VCPU
    start = setting.measured.start / min(1.0, vcpus)  # starting up keeps one core busy
    segment = setting.segment_seconds * setting.measured.detect / vcpus
    detect_seconds = segments * segment + workers * start
    link_vcpus = min(1.0, setting.link_mb / prices.LAMBDA_MB_PER_VCPU)  # linking is one thread
    link = setting.measured.start + setting.seconds * setting.measured.link / link_vcpus
    rounds = ceil(segments / workers)
    wall = 2 * setting.measured.start + start + rounds * segment + link + (4 + rounds) * STEP_LATENCY
    gigabyte = setting.gb_second / 1024
    rest = (
        setting.link_mb * link
        + 1024 * (2 * setting.measured.start + 5)  # api, plan
        + 512 * setting.measured.start  # finish
        + 1024 * setting.collect_seconds
    ) * gigabyte
    requests = (segments + 8 + setting.collect_seconds / 2) * prices.LAMBDA_REQUEST
    return Estimate(
        detecting=setting.detect_mb * detect_seconds * gigabyte + segments * prices.LAMBDA_REQUEST,
        rest_of_lambda=rest + requests,
        other_services=_other_services(setting, segments),
        wall=wall,
    )


def _other_services(setting: Setting, segments: int) -> float:
    transitions = (6 + segments) * prices.STATE_TRANSITION
    blocks = setting.seconds * setting.megabits * 1e6 / 8 / BLOCK_BYTES
    records = setting.seconds * 15 * PEOPLE_IN_VIEW
    gets = 2 * blocks + 3 * segments + 2 * records / 1000
    puts = 3 * segments + 200
    person_minutes = setting.seconds / 60 * PEOPLE_IN_VIEW
    writes = person_minutes * PATH_ITEM_KB + 2 * person_minutes + 4 * segments + 200
    return (
        transitions
        + gets * prices.S3_GET
        + puts * prices.S3_PUT
        + writes * prices.DYNAMODB_WRITE
        + 20 * prices.SQS_REQUEST
        + 2 * prices.SNS_REQUEST
    )

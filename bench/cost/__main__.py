"""`python -m bench.cost`: what an hour of 1080p costs and takes, from list prices and measured seconds."""

from __future__ import annotations

import json
import sys

from bench.cost import prices
from bench.cost.model import Measured, Setting, estimate
from tools.arguments import Parser
from tools.clip import cache

COST_GOAL = 0.06
WALL_GOAL = 60.0
FAN_OUT_OF_GOAL = 120
FAN_OUTS = (1, 4, 10, 30, 60, 120, 240)
DEFAULT = "movenet (default)"


def main() -> None:
    Parser(prog="python -m bench.cost", description=__doc__).parse_args()
    path = cache() / "bench" / "speed.json"
    if not path.exists():
        sys.exit("There are no measured seconds yet: run `make bench-speed` first.")
    measured = json.loads(path.read_text())
    per_second: dict[str, float] = measured["cpu_seconds_per_second"]
    link, start = measured["link"], measured["start"]
    default = Setting(Measured(per_second[DEFAULT], link, start), FAN_OUT_OF_GOAL)
    print(f"Prices: AWS list prices, {prices.AS_OF}. Seconds: measured on {measured['machine']},")
    print("one of its processor seconds counted as one of a Lambda vCPU (not run on AWS).")
    print(
        f"An hour of 1080p at 30 frames a second, segments of {default.segment_seconds} s, 6 people in view."
    )
    print(f"Rekognition asked ${60 * prices.REKOGNITION_MINUTE:.2f} for it.\n")
    _print_fan_outs(default)
    _print_levers(default, {name: Measured(value, link, start) for name, value in per_second.items()})
    _print_goals(default)


def _print_fan_outs(default: Setting) -> None:
    print("| workers at once | done after s | detect $ | all Lambdas $ | other services $ | all $ |")
    print("|---|---|---|---|---|---|")
    for fan_out in FAN_OUTS:
        found = estimate(default.but(fan_out=fan_out))
        print(
            f"| {fan_out} | {found.wall:.0f} | {found.detecting:.4f} | {found.lambdas:.4f} "
            f"| {found.other_services:.4f} | {found.total:.4f} |"
        )


def _print_levers(default: Setting, ways: dict[str, Measured]) -> None:
    settings = {name: default.but(measured=measured) for name, measured in ways.items()}
    settings |= {
        "segments of 10 s": default.but(segment_seconds=10),
        "segments of 60 s": default.but(segment_seconds=60),
        "segments of 120 s": default.but(segment_seconds=120),
        "detect at 1,769 MB (one vCPU)": default.but(detect_mb=1769),
        "detect at 1,024 MB": default.but(detect_mb=1024),
        "detect at 10,240 MB": default.but(detect_mb=10240),
        "arm64, if it takes as many seconds": default.but(gb_second=prices.LAMBDA_ARM_GB_SECOND),
    }
    print(f"\n| lever, {FAN_OUT_OF_GOAL} workers | all Lambdas $ | done after s | against the default |")
    print("|---|---|---|---|")
    base = estimate(default).lambdas
    for name, setting in settings.items():
        found = estimate(setting)
        print(f"| {name} | {found.lambdas:.4f} | {found.wall:.0f} | {100 * found.lambdas / base:.0f} % |")


def _print_goals(default: Setting) -> None:
    found = estimate(default)
    print()
    print(
        _verdict(
            found.lambdas < COST_GOAL, f"Lambda ${found.lambdas:.4f} an hour, goal under ${COST_GOAL:.2f}"
        )
    )
    said = f"done after {found.wall:.0f} s at {FAN_OUT_OF_GOAL}-way, goal under {WALL_GOAL:.0f} s"
    print(_verdict(found.wall < WALL_GOAL, said))


def _verdict(met: bool, said: str) -> str:
    return f"{'met   ' if met else 'MISSED'}  {said}"


if __name__ == "__main__":
    main()

"""What the stack costs in a month without videos, from its template and list prices.

python -m bench.cost.idle
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.cost import prices
from infra.synthesis import people_pathing
from tools.arguments import Parser
from tools.errors import command

_POLLERS, _WAIT_SECONDS = 5, 20
"""Lambda's, of each queue it reads, and how long each request of theirs waits (docs.aws.amazon.com/lambda).
"""

_ROUND_SECONDS = 1.0
"""Assumed of a round of the reconciler that finds nothing. It lists the videos bucket once; queries are
little.
"""


@dataclass(frozen=True)
class Idle:
    """US dollars a month, by what is paid for."""

    keys: float
    alarms: float
    polling: float
    rounds: float

    @property
    def total(self) -> float:
        return self.keys + self.alarms + self.polling + self.rounds


def idle(template: dict[str, Any]) -> Idle:
    """What a CloudFormation template costs while nothing happens, as far as this stack uses AWS.

    Raises ValueError for a schedule that is not in minutes.
    """
    resources = template["Resources"].values()
    hours = prices.MONTH_HOURS
    requests = _POLLERS * hours * 3600 / _WAIT_SECONDS
    return Idle(
        keys=prices.KMS_KEY_MONTH * _count(resources, "AWS::KMS::Key"),
        alarms=prices.ALARM_METRIC_MONTH
        * sum(_watched(each["Properties"]) for each in resources if each["Type"] == "AWS::CloudWatch::Alarm"),
        polling=requests * prices.SQS_REQUEST * _count(resources, "AWS::Lambda::EventSourceMapping"),
        rounds=sum(
            hours * 60 / _minutes(each["Properties"]["ScheduleExpression"]) * _round(resources)
            for each in resources
            if "ScheduleExpression" in each.get("Properties", {})
        ),
    )


def _count(resources: Any, kind: str) -> int:
    return sum(each["Type"] == kind for each in resources)


def _watched(alarm: dict[str, Any]) -> int:
    """How many metrics an alarm watches: one, or those that its expression takes."""
    return sum("MetricStat" in metric for metric in alarm["Metrics"]) if "Metrics" in alarm else 1


def _round(resources: Any) -> float:
    """A round of the reconciler, the only function on a schedule."""
    (memory,) = (
        float(each["Properties"]["MemorySize"])
        for each in resources
        if each["Type"] == "AWS::Lambda::Function"
        and each["Properties"]["Handler"] == "pipeline.handlers.reconcile_jobs.handler"
    )
    run = prices.LAMBDA_REQUEST + _ROUND_SECONDS * float(memory) / 1024 * prices.LAMBDA_GB_SECOND
    return run + prices.XRAY_TRACE + prices.S3_LIST


def _minutes(schedule: str) -> int:
    number, _, unit = schedule.removeprefix("rate(").removesuffix(")").partition(" ")
    if unit not in ("minute", "minutes"):
        raise ValueError(f"a schedule in minutes is expected, not {schedule}")
    return int(number)


def main() -> None:
    Parser(prog="python -m bench.cost.idle", description=__doc__).parse_args()
    with tempfile.TemporaryDirectory(prefix="people-pathing-") as folder:
        people_pathing(context={"packaging": "host"}, outdir=folder).synth()
        (path,) = Path(folder).glob("*.template.json")
        found = idle(json.loads(path.read_text()))
    print(f"An idle month, at AWS list prices, {prices.AS_OF}, without the free tier:\n")
    for name, dollars in vars(found).items():
        print(f"  {name:8} ${dollars:.2f}")
    print(f"  {'in all':8} ${found.total:.2f}")


if __name__ == "__main__":
    command(main)

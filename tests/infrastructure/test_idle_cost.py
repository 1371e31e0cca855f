"""What an idle stack costs is computed from its template, and the README says that figure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.cost.idle import idle
from tests.infrastructure.template import Template

README = (Path(__file__).resolve().parents[2] / "README.md").read_text()


def test_the_readme_says_what_an_idle_month_of_the_default_stack_costs(template: Template) -> None:
    found = idle(template.document)
    for words in (
        f"the stack costs about ${found.total:.2f} a month",
        f"The KMS key costs ${found.keys:.0f},",
        f"alarms ${found.alarms:.2f} ",
        f"polling of four\nqueues ${found.polling:.2f};",
        f"the reconciler with its traces ${found.rounds:.2f}.",
    ):
        assert words.replace("\n", " ") in README.replace("\n", " ")


def test_an_alarm_costs_by_its_metrics_and_a_poller_by_its_requests() -> None:
    stat: dict[str, Any] = {"MetricStat": {}}
    resources = {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {}},
        "One": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Age"}},
        "Two": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {"Metrics": [stat, stat, {"Expression": "a + b"}]},
        },
        "Poller": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {}},
    }
    found = idle({"Resources": resources})
    assert (found.keys, found.rounds) == (1.0, 0.0)
    assert found.alarms == pytest.approx(0.30)
    assert found.polling == pytest.approx(5 * 3 * 60 * 730 * 0.40e-6)

"""cdk-nag's AwsSolutions pack runs in the app: a new finding stops the synthesis, so the deployment."""

from __future__ import annotations

import json

import pytest

from tests.infrastructure.conftest import Synthesize
from tests.infrastructure.template import Template


@pytest.mark.parametrize("endpoint", ["engine", "aws", "https://tracking.example.org"])
def test_no_finding_is_left(synthesize: Synthesize, endpoint: str) -> None:
    template = synthesize(tracking_endpoint=endpoint)
    report = json.loads((template.assembly / "validation-report.json").read_text())
    (checks,) = report["pluginReports"]
    assert checks["pluginName"] == "AwsSolutions"
    assert checks["conclusion"] == "success"
    assert checks["violations"] == []


def test_every_finding_that_stands_has_its_reason(template: Template) -> None:
    (metadata,) = template.assembly.glob("*.metadata.json")
    accepted = [
        (rule, reason)
        for entries in json.loads(metadata.read_text()).values()
        for entry in entries
        if entry["type"] == "aws:cdk:acknowledged-rules"
        for rule, reason in entry["data"].items()
    ]
    assert {rule.partition("[")[0] for rule, _ in accepted} == {
        "AwsSolutions::AwsSolutions-IAM5",
        "AwsSolutions::AwsSolutions-L1",
    }
    assert all(len(reason) > 20 for _, reason in accepted)


def test_a_finding_stops_the_synthesis() -> None:
    from aws_cdk import App, Stack, Validations
    from aws_cdk import aws_s3 as s3
    from cdk_nag import AwsSolutionsChecks

    app = App()
    s3.Bucket(Stack(app, "Loose"), "Bucket")
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()


def test_a_wildcard_is_accepted_by_the_name_it_is_reported_under() -> None:
    from aws_cdk import App, Stack
    from aws_cdk import aws_s3 as s3

    from infra.acknowledged import wildcard

    stack = Stack(App(), "Named")
    bucket = s3.Bucket(stack, "Bucket")
    wildcard(bucket, bucket.arn_for_objects("tracks/*"), "why")
    wildcard(bucket, "*", "why")
    noted = [entry.data for entry in bucket.node.metadata]
    assert any("IAM5[Resource::<Bucket83908E77.Arn>/tracks/*]" in str(data) for data in noted)
    assert any("IAM5[Resource::*]" in str(data) for data in noted)

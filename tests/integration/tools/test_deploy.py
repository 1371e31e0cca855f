"""A synthesized assembly is deployed, updated in place, and fails with one clear line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import AssemblyMaker
from tools.deployment.deploy import deploy
from tools.embedded.embedded_aws import EmbeddedAws
from tools.errors import ToolError
from tools.progress import Progress
from tools.target import Target, embedded


def answering(text: str) -> str:
    return f"def handler(event, context):\n    return {text!r}\n"


def answer(target: Target) -> Any:
    name = target.output("EngineFunction")
    return json.loads(target.client("lambda").invoke(FunctionName=name)["Payload"].read())


def test_an_assembly_is_deployed_then_updated_in_place(
    empty_aws: EmbeddedAws, make_assembly: AssemblyMaker
) -> None:
    target = embedded(empty_aws.endpoint)
    first = deploy(target, make_assembly(answering("first"), name="updated"), Progress())
    again = deploy(target, make_assembly(answering("first"), name="updated"), Progress())
    assert answer(again) == "first"
    second = deploy(target, make_assembly(answering("second"), name="updated"), Progress())
    assert second.outputs == first.outputs == again.outputs
    assert answer(second) == "second"


def test_a_resource_that_fails_is_named_with_its_reason(
    empty_aws: EmbeddedAws, make_assembly: AssemblyMaker
) -> None:
    properties = {"Type": "SecureString", "Value": "x", "Name": "/broken"}
    broken = {"Broken": {"Type": "AWS::SSM::Parameter", "Properties": properties}}
    assembly = make_assembly(answering("x"), broken, name="broken")
    with pytest.raises(ToolError, match=r"The deployment failed: Broken \(AWS::SSM::Parameter\): ."):
        deploy(embedded(empty_aws.endpoint), assembly, Progress())


def test_what_the_embedded_aws_does_not_support_is_left_out(
    empty_aws: EmbeddedAws, make_assembly: AssemblyMaker
) -> None:
    metric = {"Id": "m", "Expression": "SUM(METRICS())"}
    properties = {"Metrics": [metric], "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1}
    more = {
        "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": properties},
        "Queue": {"Type": "AWS::SQS::Queue", "DependsOn": "Alarm"},
    }
    target = deploy(
        embedded(empty_aws.endpoint), make_assembly(answering("x"), more, name="fits"), Progress()
    )
    resources = target.client("cloudformation").describe_stack_resources(StackName="fits")["StackResources"]
    assert {item["LogicalResourceId"] for item in resources} == {"Role", "Function", "Queue"}


def test_an_assembly_of_two_stacks_is_refused(empty_aws: EmbeddedAws, tmp_path: Path) -> None:
    stack = {"type": "aws:cloudformation:stack", "properties": {}}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"a": stack, "b": stack}}))
    with pytest.raises(ToolError, match="2 stacks"):
        deploy(embedded(empty_aws.endpoint), tmp_path, Progress())

"""Deploying again, upgrading, failing to upgrade and destroying: stored data stays.

One stack through its life, so the tests build on one another and run in this order.
"""

from __future__ import annotations

import gzip
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.deployment.deploy import deploy
from tools.deployment.synth import synthesize
from tools.embedded.embedded_aws import throw_away
from tools.errors import ToolError
from tools.progress import Progress
from tools.target import Target, embedded, stack_outputs

STACK = "people-pathing"
_RELEASE = Path(__file__).with_name("template-0.1.0.json.gz")
OBJECTS = {"VideosBucket": "kept.txt", "ResultsBucket": "tracks/kept.json", "WorkBucket": "jobs/kept.npz"}
ITEMS: dict[str, dict[str, Any]] = {
    "TracksTable": {"PK": {"S": "VIDEO#kept"}, "SK": {"S": "META"}},
    "JobsTable": {"PK": {"S": "JOB#kept"}},
}

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def assemblies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A first version, and an upgrade. As deployed to AWS: what holds data is retained."""
    folder = tmp_path_factory.mktemp("assemblies")
    contexts = {"first": {}, "upgrade": {"retention_days": "12", "segment_seconds": "20"}}
    return {
        name: synthesize(folder / name, Progress(), {"removal": "retain", **context})
        for name, context in contexts.items()
    }


@pytest.fixture(scope="module")
def release(assemblies: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template of version 0.1.0, as it was synthesized then, with the code of now."""
    folder = shutil.copytree(assemblies["first"], tmp_path_factory.mktemp("release") / "assembly")
    template = folder / f"{STACK}.template.json"
    code = {
        function["Properties"]["Handler"]: function["Properties"]["Code"]
        for function in functions_of(json.loads(template.read_text())).values()
    }
    document = json.loads(gzip.decompress(_RELEASE.read_bytes()))
    for function in functions_of(document).values():
        function["Properties"]["Code"] = code[function["Properties"]["Handler"]]
    template.unlink()  # it may be a link to the cached one
    template.write_text(json.dumps(document))
    return folder


def functions_of(document: dict[str, Any]) -> dict[str, Any]:
    found = document["Resources"].items()
    return {name: resource for name, resource in found if resource["Type"] == "AWS::Lambda::Function"}


@pytest.fixture(scope="module")
def life(release: Path) -> Iterator[Target]:
    """The deployment of the last release, with data in every bucket and table."""
    with throw_away() as aws:
        stack = deploy(embedded(aws.endpoint), release, Progress())
        for bucket, key in OBJECTS.items():
            stack.client("s3").put_object(Bucket=stack.output(bucket), Key=key, Body=b"kept")
        for table, item in ITEMS.items():
            stack.client("dynamodb").put_item(TableName=stack.output(table), Item=item)
        yield stack


def test_a_first_deployment_that_fails_leaves_nothing(assemblies: dict[str, Path], tmp_path: Path) -> None:
    broken = shutil.copytree(assemblies["first"], tmp_path / "broken")
    _break(broken / f"{STACK}.template.json")
    with throw_away() as aws:
        stack = embedded(aws.endpoint)
        with pytest.raises(ToolError, match="The deployment failed: Broken"):
            deploy(stack, broken, Progress())
        _wait_for(stack, "ROLLBACK_COMPLETE")
        buckets = [bucket["Name"] for bucket in stack.client("s3").list_buckets()["Buckets"]]
        # The CDK's own, and the one that failed: the embedded AWS does not take that one back.
        others = (f"{STACK}-broken-", "cdk-")
        assert [name for name in buckets if not name.startswith(others)] == []
        assert stack.client("dynamodb").list_tables()["TableNames"] == []
        assert stack.client("logs").describe_log_groups()["logGroups"] == []
        kms = stack.client("kms")
        states = {
            kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] for key in kms.list_keys()["Keys"]
        }
        assert states <= {"PendingDeletion"}


def everything_is_there(stack: Target) -> bool:
    for bucket, key in OBJECTS.items():
        found = stack.client("s3").get_object(Bucket=stack.output(bucket), Key=key)["Body"].read()
        assert found == b"kept", bucket
    for table, item in ITEMS.items():
        assert "Item" in stack.client("dynamodb").get_item(TableName=stack.output(table), Key=item), table
    return True


def variables_of(stack: Target, variable: str) -> set[str]:
    """The values of an environment variable over all functions."""
    functions = stack.client("lambda").list_functions()["Functions"]
    variables = [function.get("Environment", {}).get("Variables", {}) for function in functions]
    return {found[variable] for found in variables if variable in found}


def test_an_upgrade_from_the_last_release_keeps_what_is_stored(
    life: Target, assemblies: dict[str, Path]
) -> None:
    upgraded = deploy(life, assemblies["first"], Progress())
    assert life.outputs.items() <= upgraded.outputs.items()
    assert everything_is_there(upgraded)


def test_deploying_again_changes_nothing(life: Target, assemblies: dict[str, Path]) -> None:
    before = stack_outputs(life, STACK)
    again = deploy(life, assemblies["first"], Progress())
    assert again.outputs == before
    assert everything_is_there(again)


def test_an_upgrade_keeps_what_is_stored(life: Target, assemblies: dict[str, Path]) -> None:
    before = stack_outputs(life, STACK)
    upgraded = deploy(life, assemblies["upgrade"], Progress())
    assert upgraded.outputs == before
    assert variables_of(upgraded, "RETENTION_DAYS") == {"12"}
    assert variables_of(upgraded, "SEGMENT_SECONDS") == {"20"}
    assert everything_is_there(upgraded)


def test_an_upgrade_that_fails_is_rolled_back(life: Target, assemblies: dict[str, Path]) -> None:
    _break(assemblies["upgrade"] / f"{STACK}.template.json")
    with pytest.raises(ToolError, match="The deployment failed: Broken"):
        deploy(life, assemblies["upgrade"], Progress())
    _wait_for(life, "UPDATE_ROLLBACK_COMPLETE")
    assert variables_of(life, "RETENTION_DAYS") == {"12"}
    assert everything_is_there(life)


def _break(template: Path) -> None:
    """Change functions, then add a bucket that cannot be made: it notifies a queue that is not there."""
    document = json.loads(template.read_text())
    functions = functions_of(document)
    for function in functions.values():
        variables = function["Properties"]["Environment"]["Variables"]
        if "RETENTION_DAYS" in variables:
            variables["RETENTION_DAYS"] = "99"
    nowhere = {"Event": "s3:ObjectCreated:*", "Queue": "arn:aws:sqs:us-east-1:000000000000:nowhere"}
    document["Resources"]["Broken"] = {
        "Type": "AWS::S3::Bucket",
        "DependsOn": list(functions),
        "Properties": {"NotificationConfiguration": {"QueueConfigurations": [nowhere]}},
    }
    template.unlink()  # it may be a link to the cached one
    template.write_text(json.dumps(document))


def test_destroying_says_what_it_keeps_and_keeps_it(life: Target) -> None:
    cloudformation = life.client("cloudformation")
    stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=STACK)
    _wait_for(life, "DELETE_COMPLETE", stack)
    events = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
    kept = {
        event["ResourceType"]
        for page in events
        for event in page["StackEvents"]
        if event["ResourceStatus"] == "DELETE_SKIPPED"
    }
    assert {"AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::KMS::Key"} <= kept
    assert everything_is_there(life)
    assert life.client("lambda").list_functions()["Functions"] == []


def _wait_for(stack: Target, status: str, name: str = STACK) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        found = stack.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        if found == status:
            return
        time.sleep(0.25)
    raise AssertionError(f"The stack is {found}, not {status}.")

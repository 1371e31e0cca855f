"""Deploy a synthesized cloud assembly to the embedded AWS with boto3 alone.

It takes seconds, where the CDK command line takes half a minute.
"""

import hashlib
import io
import json
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from tools.deployment.embedded_template import fit
from tools.errors import ToolError
from tools.messages import stacks as messages
from tools.progress import Progress
from tools.target import Target, stack_outputs

_BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version"
_ASSETS_BUCKET = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
_DEPLOY_SECONDS = 300.0
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


@dataclass(frozen=True)
class _Place:
    account: str
    region: str

    def fill(self, text: str) -> str:
        return (
            text.replace("${AWS::AccountId}", self.account)
            .replace("${AWS::Region}", self.region)
            .replace("${AWS::Partition}", "aws")
        )


def deploy(target: Target, assembly: Path, progress: Progress) -> Target:
    """Upload the assembly's assets, create or update its one stack, and wait until it is done.

    Args:
        target: the embedded AWS.
        assembly: folder of a synthesized cloud assembly with exactly one stack.
        progress: shows how far it is.

    Returns:
        The same target with the stack's outputs.

    Raises:
        ToolError: the deployment failed; names the first resource that did and why.
    """
    place = _Place(target.client("sts").get_caller_identity()["Account"], target.session.region_name or "")
    manifest = json.loads((assembly / "manifest.json").read_text())
    stacks = [
        (identifier, artifact["properties"])
        for identifier, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    ]
    if len(stacks) != 1:
        raise ToolError(messages.several_stacks(len(stacks)))
    identifier, properties = stacks[0]
    _bootstrap(target)
    _upload_assets(target, assembly, place, progress)
    name = properties.get("stackName", identifier)
    template, _ = fit(json.loads((assembly / properties["templateFile"]).read_text()))
    _apply(target, name, _put_template(target, place, template), len(template["Resources"]), progress)
    return target.with_outputs(stack_outputs(target, name))


def _bootstrap(target: Target) -> None:
    """The part of `cdk bootstrap` that templates refer to."""
    target.client("ssm").put_parameter(Name=_BOOTSTRAP_VERSION, Value="30", Type="String", Overwrite=True)


def _upload_assets(target: Target, assembly: Path, place: _Place, progress: Progress) -> None:
    s3 = target.client("s3")
    buckets: set[str] = set()
    for listing in sorted(assembly.glob("*.assets.json")):
        for asset in json.loads(listing.read_text())["files"].values():
            path = assembly / asset["source"]["path"]
            if path.name.endswith(".template.json"):
                continue
            for destination in asset["destinations"].values():
                bucket, key = place.fill(destination["bucketName"]), place.fill(destination["objectKey"])
                if bucket not in buckets:
                    _ensure_bucket(s3, bucket)
                    buckets.add(bucket)
                if _exists(s3, bucket, key):
                    continue
                progress.show(f"uploading {_described(asset, path)}")
                if asset["source"].get("packaging") == "zip":
                    s3.upload_fileobj(_zipped(path), bucket, key)
                else:
                    s3.upload_file(str(path), bucket, key)


def _described(asset: dict[str, Any], path: Path) -> str:
    """An asset in the user's words, by the first part of its construct path."""
    part = str(asset.get("displayName", "")).partition("/")[0].lower() or "stack"
    return f"the code of the {part} ({path.stat().st_size / 1e6:.0f} MB)"


def _ensure_bucket(s3: Any, bucket: str) -> None:
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError:
        s3.create_bucket(Bucket=bucket)


def _exists(s3: Any, bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        return False
    return True


def _zipped(folder: Path) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    buffer.seek(0)
    return buffer


def _put_template(target: Target, place: _Place, template: dict[str, Any]) -> str:
    """Upload the template, which is too large for the request; returns its address."""
    s3, bucket = target.client("s3"), place.fill(_ASSETS_BUCKET)
    body = json.dumps(template).encode()
    key = f"{hashlib.sha256(body).hexdigest()}.json"
    _ensure_bucket(s3, bucket)
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    return f"{target.endpoint}/{bucket}/{key}"


def _apply(target: Target, name: str, template_url: str, resources: int, progress: Progress) -> None:
    cloudformation = target.client("cloudformation")
    request = {
        "StackName": name,
        "TemplateURL": template_url,
        "Capabilities": _CAPABILITIES,
    }
    started = time.time()
    verb = "create"
    try:
        cloudformation.create_stack(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AlreadyExistsException":
            raise
        verb = "update"
        try:
            cloudformation.update_stack(**request)
        except ClientError as unchanged:
            if "No updates" not in str(unchanged):
                raise
            return
    _wait(cloudformation, name, verb, started, resources, progress)


def _wait(
    cloudformation: Any, name: str, verb: str, started: float, resources: int, progress: Progress
) -> None:
    end = time.monotonic() + _DEPLOY_SECONDS
    while time.monotonic() < end:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        status: str = stack["StackStatus"]
        if status in (f"{verb.upper()}_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"):
            return
        if status.endswith(("_FAILED", "ROLLBACK_COMPLETE")):
            raise ToolError(messages.not_deployed(_first_failure(cloudformation, name, started, stack)))
        done = _done(cloudformation, name, started)
        progress.show(f"{verb.rstrip('e')}ing the stack: {done} of {resources} resources")
        time.sleep(0.25)
    raise ToolError(messages.deployed_too_long(_DEPLOY_SECONDS))


def _events(cloudformation: Any, name: str, started: float) -> list[dict[str, Any]]:
    try:
        pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=name)
        events = [event for page in pages for event in page["StackEvents"]]
    except (ClientError, WaiterError):
        return []
    recent = [event for event in events if event["Timestamp"].timestamp() >= started - 1]
    return sorted(recent, key=lambda event: event["Timestamp"])


def _done(cloudformation: Any, name: str, started: float) -> int:
    return sum(
        event["ResourceStatus"].endswith("_COMPLETE")
        and event["ResourceType"] != "AWS::CloudFormation::Stack"
        for event in _events(cloudformation, name, started)
    )


def _first_failure(cloudformation: Any, name: str, started: float, stack: dict[str, Any]) -> str:
    for event in _events(cloudformation, name, started):
        reason = event.get("ResourceStatusReason", "")
        if event["ResourceStatus"].endswith("_FAILED") and reason and "cancelled" not in reason.lower():
            return f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}"
    return str(stack.get("StackStatusReason", stack["StackStatus"]))

"""The stack that commands work on: in the embedded AWS that `make up` left running, or deployed to AWS."""

import os
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from tools.embedded.embedded_aws import REGION, ROOT, answers
from tools.errors import ToolError
from tools.messages import stacks, videos

ENV_FILE = ROOT / ".local" / "env"

_EXPORTED = {
    "VideosBucket": "VIDEOS_BUCKET",
    "ResultsBucket": "RESULTS_BUCKET",
    "TracksTable": "TRACKS_TABLE",
}
"""Outputs of the stack that users need by hand, with their names in `.local/env`."""


@dataclass(frozen=True)
class Target:
    """An AWS (embedded if `endpoint` is set) with the outputs of the stack deployed there."""

    session: boto3.Session
    endpoint: str | None = None
    outputs: dict[str, str] = field(default_factory=dict)

    def client(self, service: str, **config: Any) -> Any:
        """A boto3 client. The embedded AWS needs path-style S3 addresses: its buckets have no host names."""
        if self.endpoint is not None:
            config["s3"] = {"addressing_style": "path"}
        settings = Config(**config)
        return self.session.client(service, endpoint_url=self.endpoint, config=settings)  # type: ignore[call-overload]

    def resource(self, service: str) -> Any:
        """A boto3 resource, as `dynamodb`."""
        return self.session.resource(service, endpoint_url=self.endpoint)  # type: ignore[call-overload]

    def output(self, name: str) -> str:
        """The stack output `name`, as `VideosBucket`.

        Raises:
            ToolError: the stack has no such output.
        """
        if name not in self.outputs:
            raise ToolError(stacks.no_output(name))
        return self.outputs[name]

    def with_outputs(self, outputs: dict[str, str]) -> "Target":
        return Target(self.session, self.endpoint, outputs)


def embedded(endpoint: str, outputs: dict[str, str] | None = None) -> Target:
    """The embedded AWS at `endpoint`. Its credentials are no secret: it accepts any."""
    session = boto3.Session(
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106
        region_name=REGION,
    )
    return Target(session, endpoint, outputs or {})


def check_key(key: str) -> None:
    """Raises ToolError for text that cannot be the key of an object."""
    try:
        length = len(key.encode())
    except UnicodeEncodeError:
        raise ToolError(videos.key_not_utf8(key)) from None
    if not 1 <= length <= 1024:
        raise ToolError(videos.key_length(key))


def current(stack: str | None = None) -> Target:
    """The stack to work on: the one `make up` deployed, or the one on AWS that `stack` names.

    Raises:
        ToolError: nothing is up and no stack was named, or the named stack is not there.
    """
    if stack:
        return deployed(stack)
    if not ENV_FILE.exists():
        raise ToolError(stacks.NOTHING_RUNS)
    variables = read_env(ENV_FILE)
    endpoint = variables.get("AWS_ENDPOINT_URL", "")
    if not answers(endpoint):
        raise ToolError(stacks.silent(endpoint))
    outputs = {
        "".join(part.title() for part in name.removeprefix("STACK_").split("_")): value
        for name, value in variables.items()
        if name.startswith("STACK_")
    }
    names = {shell: name for name, shell in _EXPORTED.items()}
    return embedded(
        endpoint, outputs | {names[key]: value for key, value in variables.items() if key in names}
    )


def present_endpoint() -> str | None:
    """The address of the embedded AWS that the last `make up` left running; None after `make down`."""
    try:
        return read_env(ENV_FILE).get("AWS_ENDPOINT_URL")
    except OSError:
        return None


def deployed(stack: str) -> Target:
    """The stack `stack` on AWS, by the caller's own credentials and region."""
    target = Target(boto3.Session(), os.environ.get("AWS_ENDPOINT_URL"))
    try:
        return target.with_outputs(stack_outputs(target, stack))
    except ClientError as error:
        raise ToolError(
            stacks.unreadable(stack, error.response["Error"].get("Message", str(error)))
        ) from error


def stack_outputs(target: Target, stack: str) -> dict[str, str]:
    """Outputs of a deployed stack by name."""
    description = target.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {item["OutputKey"]: item["OutputValue"] for item in description.get("Outputs", [])}


def write_env(target: Target) -> None:
    """Write `.local/env`: shell exports that point the AWS CLI and any SDK at the embedded AWS."""
    variables = {
        "AWS_ENDPOINT_URL": target.endpoint or "",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    for name, value in sorted(target.outputs.items()):
        if name in _EXPORTED:
            variables[_EXPORTED[name]] = value
        elif "_" not in name:
            variables["STACK_" + re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper()] = value
    ENV_FILE.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()]
    ENV_FILE.write_text(
        "# Settings of the embedded AWS that `make up` left running. Use them with: . .local/env\n"
        + "".join(lines)
    )


def read_env(path: Path) -> dict[str, str]:
    """The variables of a file of `export NAME=value` lines."""
    variables = {}
    for line in path.read_text().splitlines():
        if line.startswith("export ") and "=" in line:
            name, _, value = line.removeprefix("export ").partition("=")
            variables[name] = shlex.split(value)[0] if value else ""
    return variables

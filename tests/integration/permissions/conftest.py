"""The real stack where IAM is enforced, and clients that act in the role of one of its functions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import boto3
import pytest

from tests.integration.permissions.enforcing_aws import enforcing_aws
from tools.deployment.deploy import deploy
from tools.deployment.synth import synthesize
from tools.progress import Progress
from tools.target import Target, embedded

ClientOf = Callable[[str, str], Any]

# What a migrating user names in the options of the deployment.
CALLER_BUCKET = "callers-own-videos"
NOTIFICATION_ROLE = "callers-own-publisher"
_OPTIONS = {
    "caller_buckets": CALLER_BUCKET,
    "notification_role_arns": f"arn:aws:iam::000000000000:role/{NOTIFICATION_ROLE}",
}


@pytest.fixture(scope="session")
def enforcing_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Deployed by the account's root; everything after acts in roles."""
    assembly = synthesize(tmp_path_factory.mktemp("assembly") / "out", Progress(), _OPTIONS)
    with enforcing_aws() as aws, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_CA_BUNDLE", str(aws.certificate))
        yield deploy(embedded(aws.endpoint), assembly, Progress())


@pytest.fixture(scope="session")
def client_of(enforcing_stack: Target) -> ClientOf:
    """Clients with the rights of the function whose handler is given.

    Only Lambda may take such a role, so the tests' own account is let in first, which changes no right of it.
    """
    functions = {
        function["Handler"]: function
        for function in enforcing_stack.client("lambda").list_functions()["Functions"]
    }

    @cache
    def session_of(handler: str) -> boto3.Session:
        arn = functions[handler]["Role"]
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        iam = enforcing_stack.client("iam")
        iam.update_assume_role_policy(RoleName=arn.rpartition("/")[2], PolicyDocument=document)
        taken = enforcing_stack.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return boto3.Session(
            aws_access_key_id=taken["AccessKeyId"],
            aws_secret_access_key=taken["SecretAccessKey"],
            aws_session_token=taken["SessionToken"],
            region_name=enforcing_stack.session.region_name,
        )

    def client(handler: str, service: str) -> Any:
        return Target(session_of(handler), enforcing_stack.endpoint).client(service)

    return client

"""The real stack where IAM is enforced, and clients that act in the role of one of its functions."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import pytest

from tests.e2e.street import cut_street
from tests.integration.permissions.enforcing_aws import EnforcingAws, enforcing_aws
from tools.deployment.deploy import deploy
from tools.deployment.synth import synthesize
from tools.progress import Progress
from tools.target import Target, embedded

ClientOf = Callable[[str, str], Any]

_WAIT_SECONDS = 240

CALLER_BUCKET = "callers-own-videos"
NOTIFICATION_ROLE = "callers-own-publisher"
_OPTIONS = {
    "caller_buckets": CALLER_BUCKET,
    "notification_role_arns": f"arn:aws:iam::000000000000:role/{NOTIFICATION_ROLE}",
}


@pytest.fixture(scope="session")
def enforcing() -> Iterator[EnforcingAws]:
    with enforcing_aws() as aws, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_CA_BUNDLE", str(aws.certificate))
        yield aws


@pytest.fixture(scope="session")
def enforcing_stack(enforcing: EnforcingAws, tmp_path_factory: pytest.TempPathFactory) -> Target:
    """Deployed by the account's root; everything after acts in roles."""
    assembly = synthesize(tmp_path_factory.mktemp("assembly") / "out", Progress(), _OPTIONS)
    return deploy(embedded(enforcing.endpoint), assembly, Progress())


@dataclass(frozen=True)
class Played:
    """What became of a video, and what the reconciler answered afterwards."""

    meta: dict[str, Any]
    repairs: dict[str, int]


@pytest.fixture(scope="session")
def played(enforcing_stack: Target, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A video has gone the whole way, a scene has come and gone, and the reconciler has made its round."""
    stack = enforcing_stack
    video = cut_street(tmp_path_factory.mktemp("street") / "street.mp4", 2)
    stack.client("s3").upload_file(str(video), stack.output("VideosBucket"), "a street.mp4")
    meta = _finished(stack)
    _answer_a_scene(stack, meta)
    (reconcile,) = (
        function["FunctionName"]
        for function in stack.client("lambda").list_functions()["Functions"]
        if function["Handler"] == "pipeline.handlers.reconcile_jobs.handler"
    )
    answer = stack.client("lambda").invoke(FunctionName=reconcile, Payload=b'{"PatienceSeconds": 0}')
    return Played(meta, json.loads(answer["Payload"].read()))


def _answer_a_scene(stack: Target, meta: dict[str, Any]) -> None:
    """A scene that comes after the video, and goes again."""
    s3, bucket = stack.client("s3"), stack.output("ResultsBucket")
    zone = {"name": "all", "polygon": [[0, 0], [1, 0], [1, 1], [0, 1]]}
    scene = {"version": 1, "name": "Street", "zones": [zone], "rules": []}
    s3.put_object(Bucket=bucket, Key="scenes/street.json", Body=json.dumps(scene).encode())
    partition = meta["PK"]["S"]
    _await(lambda: "Answers" in _meta_of(stack, partition))
    assert s3.list_objects_v2(Bucket=bucket, Prefix="answers/visits/scene=street/")["KeyCount"] == 1
    s3.delete_object(Bucket=bucket, Key="scenes/street.json")
    _await(lambda: "Answers" not in _meta_of(stack, partition))
    _await(lambda: s3.list_objects_v2(Bucket=bucket, Prefix="answers/")["KeyCount"] == 0)


def _meta_of(stack: Target, partition: str) -> dict[str, Any]:
    key = {"PK": {"S": partition}, "SK": {"S": "META"}}
    found: dict[str, Any] = stack.client("dynamodb").get_item(TableName=stack.output("TracksTable"), Key=key)
    return dict(found["Item"])


def _await(done: Callable[[], bool]) -> None:
    end = time.monotonic() + _WAIT_SECONDS
    while not done():
        assert time.monotonic() < end, "The scene's answers never came, or never went."
        time.sleep(0.3)


def _finished(stack: Target) -> dict[str, Any]:
    end = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < end:
        for item in stack.client("dynamodb").scan(TableName=stack.output("TracksTable"))["Items"]:
            if item["SK"]["S"] == "META" and item["Status"]["S"] in ("SUCCEEDED", "FAILED"):
                found: dict[str, Any] = item
                return found
        time.sleep(0.5)
    raise AssertionError("The video did not finish.")


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

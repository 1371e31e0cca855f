"""docs/migrating.md with IAM enforced: its policies, as they are written there, let its examples run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from reader.people_pathing import rekognition_client
from testing.clips import make_clip
from tests.integration.permissions.conftest import CALLER_BUCKET, NOTIFICATION_ROLE, ClientOf
from tools.target import Target

ROOT = Path(__file__).resolve().parents[3]
ACCOUNT = "000000000000"
FINISH = "engine.handlers.finish.handler"
API = "engine.handlers.api.handler"
REKOGNITION_ALONE = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "rekognition.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}

pytestmark = pytest.mark.timeout(600)


def blocks(heading: str) -> dict[str, str]:
    """The first block of code of each language under a heading of the page."""
    page = (ROOT / "docs" / "migrating.md").read_text()
    (section,) = (part for part in page.split("\n## ") if part.startswith(heading))
    found: dict[str, str] = {}
    for language, code in re.findall(r"^```(\w+)\n(.*?)^```$", section, re.DOTALL | re.MULTILINE):
        found.setdefault(language, code)
    return found


def filled(text: str, stack: Target) -> str:
    """A policy of the page with the stack's outputs in place of the names in angle brackets."""
    values = {**stack.outputs, "region": "us-east-1", "account": ACCOUNT}
    return re.sub(r"<(\w+)>", lambda name: values[name[1]], text)


@dataclass(frozen=True)
class Caller:
    """A user who has what the page gives a caller, and nothing else."""

    session: boto3.Session
    environment: dict[str, str]
    queue: str


@pytest.fixture(scope="module")
def caller(enforcing_stack: Target, tmp_path_factory: pytest.TempPathFactory) -> Caller:
    stack = enforcing_stack
    s3, sqs, sns, iam = (stack.client(name) for name in ("s3", "sqs", "sns", "iam"))
    clip = make_clip(tmp_path_factory.mktemp("callers") / "clip.mp4", frames=25)
    s3.create_bucket(Bucket=CALLER_BUCKET)
    s3.upload_file(str(clip), CALLER_BUCKET, "clip")
    topic = sns.create_topic(Name="callers-own")["TopicArn"]
    queue = sqs.create_queue(QueueName="callers-own")["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:callers-own"
    allowed = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    iam.create_role(RoleName=NOTIFICATION_ROLE, AssumeRolePolicyDocument=json.dumps(REKOGNITION_ALONE))
    publish = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
    iam.put_role_policy(
        RoleName=NOTIFICATION_ROLE,
        PolicyName="publish",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [publish]}),
    )
    iam.create_user(UserName="caller")
    granted = filled(blocks("3. What the caller may do")["json"], stack)
    iam.put_user_policy(UserName="caller", PolicyName="call", PolicyDocument=granted)
    key = iam.create_access_key(UserName="caller")["AccessKey"]
    environment = {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": str(stack.endpoint),
        "AWS_CA_BUNDLE": os.environ["AWS_CA_BUNDLE"],
        "NODE_EXTRA_CA_CERTS": os.environ["AWS_CA_BUNDLE"],
        "ENGINE_FUNCTION": stack.output("EngineFunction"),
        "BUCKET": CALLER_BUCKET,
        "KEY": "clip",
        "TOPIC_ARN": topic,
        "ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/{NOTIFICATION_ROLE}",
    }
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
    return Caller(session, environment, queue)


def refused(call: Callable[[], Any]) -> bool:
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException", "403"):
            return True
        raise
    return False


def test_the_engine_takes_the_callers_role_once_it_is_trusted_as_the_page_says(
    enforcing_stack: Target, client_of: ClientOf, caller: Caller
) -> None:
    def take(handler: str) -> Callable[[], Any]:
        return lambda: client_of(handler, "sts").assume_role(
            RoleArn=caller.environment["ROLE_ARN"], RoleSessionName="test"
        )

    iam = enforcing_stack.client("iam")
    iam.update_assume_role_policy(RoleName=NOTIFICATION_ROLE, PolicyDocument=json.dumps(REKOGNITION_ALONE))
    assert refused(take(FINISH))
    trust = filled(blocks("4. The role of your NotificationChannel")["json"], enforcing_stack)
    iam.update_assume_role_policy(RoleName=NOTIFICATION_ROLE, PolicyDocument=trust)
    assert not refused(take(FINISH))
    assert refused(take(API))


def test_the_engine_reads_callers_buckets_and_no_others(
    enforcing_stack: Target, client_of: ClientOf, caller: Caller
) -> None:
    enforcing_stack.client("s3").create_bucket(Bucket="nobody-named-this")
    enforcing_stack.client("s3").put_object(Bucket="nobody-named-this", Key="clip", Body=b"")
    for handler in (API, "engine.handlers.plan.handler", "engine.handlers.detect.handler"):
        s3 = client_of(handler, "s3")
        assert not refused(partial(s3.get_object, Bucket=CALLER_BUCKET, Key="clip"))
        assert refused(partial(s3.get_object, Bucket="nobody-named-this", Key="clip"))
        assert refused(partial(s3.put_object, Bucket=CALLER_BUCKET, Key="clip", Body=b""))


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_the_examples_track_a_video_and_its_completion_reaches_the_callers_topic(
    enforcing_stack: Target, caller: Caller, language: str
) -> None:
    if language == "javascript" and not (ROOT / "node_modules" / "@aws-sdk" / "client-rekognition").exists():
        pytest.skip("the AWS SDK for JavaScript is not installed: npm ci")
    trust = filled(blocks("4. The role of your NotificationChannel")["json"], enforcing_stack)
    enforcing_stack.client("iam").update_assume_role_policy(RoleName=NOTIFICATION_ROLE, PolicyDocument=trust)
    command = {
        "python": [sys.executable, "-"],
        "javascript": ["node", "--input-type=module", "-"],
    }[language]
    ended = subprocess.run(
        command,
        input=blocks("2. The client")[language],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "reader"), **caller.environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == ["SUCCEEDED", "0"]
    (message,) = enforcing_stack.client("sqs").receive_message(QueueUrl=caller.queue, WaitTimeSeconds=20)[
        "Messages"
    ]
    enforcing_stack.client("sqs").delete_message(
        QueueUrl=caller.queue, ReceiptHandle=message["ReceiptHandle"]
    )
    assert json.loads(message["Body"])["Status"] == "SUCCEEDED"


def test_a_caller_may_do_nothing_else(
    enforcing_stack: Target, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", str(enforcing_stack.endpoint))
    client = rekognition_client(session=caller.session)
    with pytest.raises(client.exceptions.InvalidS3ObjectException):
        client.start_person_tracking(Video={"S3Object": {"Bucket": "nobody-named-this", "Name": "clip"}})
    assert refused(lambda: caller.session.client("s3").list_buckets())
    assert refused(
        lambda: caller.session.client("dynamodb").scan(TableName=enforcing_stack.output("JobsTable"))
    )

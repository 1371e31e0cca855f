"""Least privilege: with IAM enforced a video is tracked to its results, and anything else is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.integration.permissions.conftest import ClientOf, Played
from tools.target import Target

START, COLLECT, ANSWER, RECONCILE = (
    f"pipeline.handlers.{module}.handler"
    for module in ("start_tracking", "collect_tracks", "answer_scenes", "reconcile_jobs")
)
API, PLAN, TURN, DETECT, LINK, FINISH = (
    f"engine.handlers.{module}.handler" for module in ("api", "plan", "turn", "detect", "link", "finish")
)

# Deploying, and a machine that has much else to do.
pytestmark = pytest.mark.timeout(600)

REFUSALS = {
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "403",
}


def test_a_video_goes_the_whole_way_and_the_reconciler_its_round(
    enforcing_stack: Target, played: Played
) -> None:
    meta = played.meta
    assert meta["Status"]["S"] == "SUCCEEDED", meta
    assert int(meta["PeopleCount"]["N"]) > 0
    results = enforcing_stack.client("s3").list_objects_v2(
        Bucket=enforcing_stack.output("ResultsBucket"), Prefix=meta["ResultsPrefix"]["S"]
    )
    assert any(found["Key"].endswith("manifest.json") for found in results["Contents"])
    assert played.repairs["missed videos"] == 0


Call = Callable[[ClientOf, Target], Any]


def _refused(call: Call, client_of: ClientOf, stack: Target) -> bool:
    try:
        call(client_of, stack)
    except ClientError as error:
        if error.response["Error"]["Code"] in REFUSALS:
            return True
        raise
    return False


def _get(handler: str, bucket: str, key: str) -> Call:
    def call(client_of: ClientOf, stack: Target) -> None:
        try:
            client_of(handler, "s3").get_object(Bucket=stack.output(bucket), Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":  # allowed to look, and nothing there
                raise

    return call


def _put(handler: str, bucket: str, key: str) -> Call:
    return lambda client_of, stack: client_of(handler, "s3").put_object(
        Bucket=stack.output(bucket), Key=key, Body=b""
    )


def _read_item(handler: str, table: str, key: dict[str, Any]) -> Call:
    return lambda client_of, stack: client_of(handler, "dynamodb").get_item(
        TableName=stack.output(table), Key=key
    )


def _scan(handler: str, table: str) -> Call:
    return lambda client_of, stack: client_of(handler, "dynamodb").scan(TableName=stack.output(table))


def _drop_table(handler: str, table: str) -> Call:
    return lambda client_of, stack: client_of(handler, "dynamodb").delete_table(TableName=stack.output(table))


def _send(handler: str, queue: str) -> Call:
    return lambda client_of, stack: client_of(handler, "sqs").send_message(
        QueueUrl=stack.output(queue), MessageBody="{}", DelaySeconds=900
    )


def _invoke(handler: str) -> Call:
    return lambda client_of, stack: client_of(handler, "lambda").invoke(
        FunctionName=stack.output("EngineFunction"), Payload=b"{}"
    )


def _execute(handler: str) -> Call:
    return lambda client_of, stack: client_of(handler, "stepfunctions").start_execution(
        stateMachineArn=stack.output("StateMachine"), input="{}"
    )


def _publish(handler: str) -> Call:
    return lambda client_of, stack: client_of(handler, "sns").publish(
        TopicArn=stack.output("CompletionTopic"), Message="{}"
    )


def _list_users(handler: str) -> Call:
    return lambda client_of, _: client_of(handler, "iam").list_users()


TRACK = {"PK": {"S": "VIDEO#x"}, "SK": {"S": "META"}}
JOB = {"PK": {"S": "JOB#x"}}


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(_read_item(START, "TracksTable", TRACK), id="start reads META"),
        pytest.param(_send(START, "UploadQueue"), id="start sends an upload back"),
        pytest.param(_invoke(START), id="start calls the engine"),
        pytest.param(_put(COLLECT, "ResultsBucket", "tracks/x/a"), id="collect writes tracks"),
        pytest.param(_put(COLLECT, "ResultsBucket", "answers/x/a"), id="collect writes answers"),
        pytest.param(_get(COLLECT, "ResultsBucket", "scenes/x.json"), id="collect reads scenes"),
        pytest.param(_send(COLLECT, "AnswersQueue"), id="collect asks for answers"),
        pytest.param(_read_item(ANSWER, "TracksTable", TRACK), id="answer reads META"),
        pytest.param(_put(ANSWER, "ResultsBucket", "answers/x/a"), id="answer writes answers"),
        pytest.param(_get(ANSWER, "ResultsBucket", "scenes/x.json"), id="answer reads scenes"),
        pytest.param(_get(ANSWER, "ResultsBucket", "tracks/x/a"), id="answer reads tracks"),
        pytest.param(_send(ANSWER, "AnswersQueue"), id="answer sends to its own queue"),
        pytest.param(_read_item(API, "JobsTable", JOB), id="the API reads jobs"),
        pytest.param(_put(PLAN, "WorkBucket", "jobs/x/still.jpg"), id="plan leaves a still"),
        pytest.param(_put(LINK, "WorkBucket", "jobs/x/links.json"), id="link leaves its links"),
        pytest.param(_get(PLAN, "VideosBucket", "x.mp4"), id="plan reads videos"),
        pytest.param(_put(DETECT, "WorkBucket", "jobs/x/a"), id="detect writes its work"),
    ],
)
def test_what_is_needed_is_allowed(call: Call, client_of: ClientOf, enforcing_stack: Target) -> None:
    assert not _refused(call, client_of, enforcing_stack)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(_get(START, "VideosBucket", "x.mp4"), id="start reads videos"),
        pytest.param(_put(START, "ResultsBucket", "tracks/x/a"), id="start writes tracks"),
        pytest.param(_send(START, "CollectQueue"), id="start sends completions"),
        pytest.param(_scan(START, "TracksTable"), id="start scans tracks"),
        pytest.param(_drop_table(START, "TracksTable"), id="start drops the table"),
        pytest.param(_read_item(START, "JobsTable", JOB), id="start reads jobs"),
        pytest.param(_get(COLLECT, "VideosBucket", "x.mp4"), id="collect reads videos"),
        pytest.param(_put(COLLECT, "VideosBucket", "x.mp4"), id="collect writes videos"),
        pytest.param(_put(COLLECT, "ResultsBucket", "elsewhere"), id="collect writes beside the tracks"),
        pytest.param(_get(COLLECT, "WorkBucket", "jobs/x/results"), id="collect reads the engine's work"),
        pytest.param(_put(COLLECT, "WorkBucket", "jobs/x/still.jpg"), id="collect replaces a still"),
        pytest.param(_put(COLLECT, "WorkBucket", "jobs/x/links.json"), id="collect replaces links"),
        pytest.param(_send(COLLECT, "UploadQueue"), id="collect sends uploads"),
        pytest.param(_publish(COLLECT), id="collect publishes completions"),
        pytest.param(_execute(COLLECT), id="collect starts executions"),
        pytest.param(_put(COLLECT, "ResultsBucket", "scenes/x.json"), id="collect writes scenes"),
        pytest.param(_put(ANSWER, "ResultsBucket", "scenes/x.json"), id="answer writes scenes"),
        pytest.param(_get(ANSWER, "VideosBucket", "x.mp4"), id="answer reads videos"),
        pytest.param(_get(ANSWER, "WorkBucket", "jobs/x/results"), id="answer reads the engine's work"),
        pytest.param(_scan(ANSWER, "TracksTable"), id="answer scans tracks"),
        pytest.param(_send(ANSWER, "UploadQueue"), id="answer sends uploads"),
        pytest.param(_invoke(ANSWER), id="answer calls the engine"),
        pytest.param(_put(RECONCILE, "ResultsBucket", "tracks/x/a"), id="reconcile writes tracks"),
        pytest.param(_get(RECONCILE, "VideosBucket", "x.mp4"), id="reconcile reads videos"),
        pytest.param(_put(API, "VideosBucket", "x.mp4"), id="the API writes videos"),
        pytest.param(_put(API, "WorkBucket", "jobs/x/a"), id="the API writes work"),
        pytest.param(_read_item(API, "TracksTable", TRACK), id="the API reads tracks"),
        pytest.param(_publish(API), id="the API publishes completions"),
        pytest.param(_execute(PLAN), id="plan starts executions"),
        pytest.param(_invoke(DETECT), id="detect calls the API"),
        pytest.param(_put(DETECT, "WorkBucket", "elsewhere"), id="detect writes beside the jobs"),
        pytest.param(_put(DETECT, "VideosBucket", "x.mp4"), id="detect writes videos"),
        pytest.param(_get(LINK, "VideosBucket", "x.mp4"), id="link reads videos"),
        pytest.param(_get(LINK, "ResultsBucket", "tracks/x/a"), id="link reads tracks"),
        pytest.param(_publish(FINISH), id="finish publishes without the role"),
        pytest.param(_get(FINISH, "WorkBucket", "jobs/x/a"), id="finish reads work"),
        pytest.param(_scan(FINISH, "JobsTable"), id="finish scans jobs"),
        *(
            pytest.param(_list_users(handler), id=f"{handler} looks at users")
            for handler in (START, COLLECT, ANSWER, RECONCILE, API, PLAN, DETECT, LINK, FINISH)
        ),
    ],
)
def test_what_is_not_needed_is_refused(call: Call, client_of: ClientOf, enforcing_stack: Target) -> None:
    assert _refused(call, client_of, enforcing_stack)


def test_who_has_the_uploaders_policy_may_upload_and_do_nothing_else(
    enforcing_stack: Target, tmp_path: Path
) -> None:
    iam, videos = enforcing_stack.client("iam"), enforcing_stack.output("VideosBucket")
    iam.create_user(UserName="uploader")
    iam.attach_user_policy(UserName="uploader", PolicyArn=enforcing_stack.output("UploaderPolicy"))
    key = iam.create_access_key(UserName="uploader")["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
    uploader = Target(session, enforcing_stack.endpoint, enforcing_stack.outputs)
    large = tmp_path / "large.txt"
    large.write_bytes(bytes(9 * 1024 * 1024))  # in parts
    s3 = uploader.client("s3")
    s3.put_object(Bucket=videos, Key="small.txt", Body=b"")
    s3.upload_file(str(large), videos, "large.txt")
    calls: tuple[Callable[[], Any], ...] = (
        lambda: s3.get_object(Bucket=videos, Key="small.txt"),
        lambda: s3.delete_object(Bucket=videos, Key="small.txt"),
        lambda: s3.put_object(Bucket=enforcing_stack.output("ResultsBucket"), Key="x", Body=b""),
        lambda: uploader.client("kms").generate_data_key(
            KeyId=enforcing_stack.output("Key"), KeySpec="AES_256"
        ),
    )
    for call in calls:
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["Error"]["Code"] in REFUSALS


@pytest.mark.parametrize("name", ["elsewhere", "people-pathing-results-copy"])
def test_no_other_bucket_may_notify_the_upload_queue(enforcing_stack: Target, name: str) -> None:
    s3, sqs = enforcing_stack.client("s3"), enforcing_stack.client("sqs")
    queue = sqs.get_queue_attributes(
        QueueUrl=enforcing_stack.output("UploadQueue"), AttributeNames=["QueueArn"]
    )["Attributes"]["QueueArn"]

    def notify(bucket: str) -> None:
        s3.put_bucket_notification_configuration(
            Bucket=bucket,
            NotificationConfiguration={
                "QueueConfigurations": [{"QueueArn": queue, "Events": ["s3:ObjectCreated:*"]}]
            },
        )

    s3.create_bucket(Bucket=name)
    with pytest.raises(ClientError, match="Unable to validate the following destination configurations"):
        notify(name)


def test_only_finish_may_take_the_role_that_publishes(client_of: ClientOf, enforcing_stack: Target) -> None:
    (role,) = (
        role["Arn"]
        for role in enforcing_stack.client("iam").list_roles()["Roles"]
        if "PublishRole" in role["RoleName"]
    )

    def take(handler: str) -> Call:
        return lambda client_of, _: client_of(handler, "sts").assume_role(
            RoleArn=role, RoleSessionName="test"
        )

    assert not _refused(take(FINISH), client_of, enforcing_stack)
    for handler in (START, COLLECT, ANSWER, RECONCILE, API, PLAN, DETECT, LINK):
        assert _refused(take(handler), client_of, enforcing_stack), handler

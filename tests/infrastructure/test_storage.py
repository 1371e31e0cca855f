"""What is kept: encrypted, TLS-only, never public, for as long as asked, and not lost by a rename."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Any

import pytest

from pipeline.storage.days_left import kept_for
from tests.infrastructure.conftest import Synthesize
from tests.infrastructure.template import Template

STATEFUL = ("AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::KMS::Key")


def test_logical_ids_of_what_holds_data_never_change(template: Template) -> None:
    """Another id is another resource: CloudFormation would leave the old one and everything in it."""
    ids = {resource.logical_id for kind in STATEFUL for resource in template.all(kind)}
    assert ids == {
        "AccessLogsBucketCD784A59",
        "EncryptionKey3A692D6E",
        "EngineJobs846C345C",
        "EngineWorkB87FF813",
        "ResultsBucket46167C27",
        "ResultsTracks01CCE84F",
        "VideosBucketD93E5BFA",
    }


@pytest.mark.parametrize("endpoint", ["engine", "aws", "https://tracking.example.org"])
def test_nothing_waits_for_itself(synthesize: Synthesize, endpoint: str) -> None:
    """Buckets notify queues, roles and machines name each other: CloudFormation refuses circles."""
    resources = synthesize(tracking_endpoint=endpoint).document["Resources"]
    waits = {name: set(_named(resource)) & set(resources) for name, resource in resources.items()}
    order = TopologicalSorter(waits)
    order.prepare()  # raises CycleError


def _named(part: Any) -> Iterator[str]:
    """The logical ids a part of a template refers to."""
    if isinstance(part, list):
        for inner in part:
            yield from _named(inner)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key == "Ref":
                yield value
            elif key == "Fn::GetAtt":
                yield value[0]
            elif key == "DependsOn":
                yield from [value] if isinstance(value, str) else value
            else:
                yield from _named(value)


def test_nothing_stateful_is_named_by_us(template: Template) -> None:
    """Bucket names are global, and a named resource cannot be replaced."""
    for kind, name in (
        ("AWS::S3::Bucket", "BucketName"),
        ("AWS::DynamoDB::Table", "TableName"),
        ("AWS::SQS::Queue", "QueueName"),
        ("AWS::IAM::Role", "RoleName"),
    ):
        assert all(name not in resource.properties for resource in template.all(kind))


def test_data_outlives_the_stack_unless_chosen_otherwise(template: Template, synthesize: Synthesize) -> None:
    """Retained, but for what a deployment made that failed."""
    for chosen, deleted, replaced in (
        (template, "RetainExceptOnCreate", "Retain"),
        (synthesize(removal="destroy"), "Delete", "Delete"),
    ):
        for kind in (*STATEFUL, "AWS::Logs::LogGroup"):
            for resource in chosen.all(kind):
                assert resource.whole["DeletionPolicy"] == deleted
                assert resource.whole["UpdateReplacePolicy"] == replaced


def test_buckets_are_private_encrypted_and_tls_only(template: Template) -> None:
    key = {"Fn::GetAtt": [template.one("AWS::KMS::Key").logical_id, "Arn"]}
    for bucket in template.all("AWS::S3::Bucket"):
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        default = rule["ServerSideEncryptionByDefault"]
        if bucket.logical_id.startswith("AccessLogs"):
            assert default == {"SSEAlgorithm": "AES256"}
        else:
            assert default == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
            assert bucket["LoggingConfiguration"]["DestinationBucketName"]
    assert _refuse_plain_http(template, "AWS::S3::BucketPolicy") == len(template.all("AWS::S3::Bucket"))


def test_queues_and_topics_are_encrypted_and_tls_only(template: Template) -> None:
    key = {"Fn::GetAtt": [template.one("AWS::KMS::Key").logical_id, "Arn"]}
    assert all(queue["KmsMasterKeyId"] == key for queue in template.all("AWS::SQS::Queue"))
    assert all(topic["KmsMasterKeyId"] == key for topic in template.all("AWS::SNS::Topic"))
    assert _refuse_plain_http(template, "AWS::SQS::QueuePolicy") == len(template.all("AWS::SQS::Queue"))
    assert _refuse_plain_http(template, "AWS::SNS::TopicPolicy") == len(template.all("AWS::SNS::Topic"))


def _refuse_plain_http(template: Template, kind: str) -> int:
    refusing = {"Bool": {"aws:SecureTransport": "false"}}
    return sum(
        any(
            statement["Effect"] == "Deny" and statement.get("Condition") == refusing
            for statement in policy["PolicyDocument"]["Statement"]
        )
        for policy in template.all(kind)
    )


def test_the_key_rotates_and_delivering_services_may_use_it(template: Template) -> None:
    key = template.one("AWS::KMS::Key")
    assert key["EnableKeyRotation"] is True
    to_queues, to_topics = (
        statement for statement in key["KeyPolicy"]["Statement"] if "Service" in statement["Principal"]
    )
    assert set(to_queues["Principal"]["Service"]) == {
        "s3.amazonaws.com",
        "sns.amazonaws.com",
        "events.amazonaws.com",
    }
    assert to_topics["Principal"]["Service"] == "cloudwatch.amazonaws.com"
    _only_for_ours(to_queues, "aws:sqs:arn", "sqs")
    _only_for_ours(to_topics, "aws:sns:topicArn", "sns")


def _only_for_ours(statement: dict[str, Any], context: str, service: str) -> None:
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    ours = statement["Condition"]["ArnLike"][f"kms:EncryptionContext:{context}"]["Fn::Join"][1]
    assert f":{service}:" in "".join(part for part in ours if isinstance(part, str))
    assert {"Ref": "AWS::AccountId"} in ours


def test_tables_are_encrypted_recoverable_and_forget(template: Template) -> None:
    for table in template.all("AWS::DynamoDB::Table"):
        assert table["SSESpecification"]["SSEType"] == "KMS"
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["TimeToLiveSpecification"] == {"AttributeName": "ExpiresAt", "Enabled": True}
        assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_the_tracks_table_has_the_keys_and_the_index_readers_know(template: Template) -> None:
    table = template.one("AWS::DynamoDB::Table", "Results")
    assert _keys(table["KeySchema"]) == ["PK", "SK"]
    indexes = {index["IndexName"]: _keys(index["KeySchema"]) for index in table["GlobalSecondaryIndexes"]}
    assert indexes == {"by-status": ["GSI1PK", "GSI1SK"], "by-place": ["GSI2PK", "GSI2SK"]}
    assert _keys(template.one("AWS::DynamoDB::Table", "Engine")["KeySchema"]) == ["PK"]


def _keys(schema: list[dict[str, str]]) -> list[str]:
    return [part["AttributeName"] for part in schema]


def test_videos_and_tracks_are_forgotten_after_the_days_asked(synthesize: Synthesize) -> None:
    template = synthesize(retention_days="12", tracking_endpoint="aws")
    for bucket in ("Videos", "Results"):
        first, *_ = template.one("AWS::S3::Bucket", bucket)["LifecycleConfiguration"]["Rules"]
        assert first["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    rules = template.one("AWS::S3::Bucket", "Results")["LifecycleConfiguration"]["Rules"]
    # Not scenes/, which are the owner's.
    assert {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "Prefix" in rule} == {
        "tracks/": 12,
        "answers/": 12,
    }
    environment = template.function("pipeline.handlers.collect_tracks.handler")["Environment"]["Variables"]
    assert environment["RETENTION_DAYS"] == "12"


@pytest.mark.parametrize(
    ("retention_days", "named", "as_old_version"), [(2, 1, 1), (7, 5, 2), (30, 23, 7), (3650, 3643, 7)]
)
def test_a_videos_bytes_are_deleted_after_the_days_asked_with_those_of_its_old_version(
    synthesize: Synthesize, retention_days: int, named: int, as_old_version: int
) -> None:
    assert named + as_old_version == retention_days
    videos = synthesize(retention_days=str(retention_days)).one("AWS::S3::Bucket", "Videos")
    assert videos["VersioningConfiguration"] == {"Status": "Enabled"}
    first, markers = videos["LifecycleConfiguration"]["Rules"]
    assert first["ExpirationInDays"] == named
    assert first["NoncurrentVersionExpiration"] == {"NoncurrentDays": as_old_version}
    assert markers["ExpiredObjectDeleteMarker"] is True


@pytest.mark.parametrize("retention_days", [2, 30, 3650])
def test_what_is_written_anew_is_deleted_when_what_it_replaced_would_have_been(
    synthesize: Synthesize, retention_days: int
) -> None:
    """S3 counts a rule's days from when an object was written."""
    template = synthesize(retention_days=str(retention_days))
    rules = template.one("AWS::S3::Bucket", "Results")["LifecycleConfiguration"]["Rules"]
    assert len(rules) <= 1000
    assert all(rule["Status"] == "Enabled" for rule in rules)
    expiring = {
        f"{tag['Key']}={tag['Value']}": rule["ExpirationInDays"]
        for rule in rules
        for tag in rule.get("TagFilters", [])
    }
    for left in range(1, retention_days):
        days = expiring[kept_for(left)["Tagging"]]
        assert left * 0.9 <= days <= left


def test_the_engine_keeps_results_the_seven_days_it_promises(template: Template) -> None:
    (rule,) = template.one("AWS::S3::Bucket", "EngineWork")["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] > 7

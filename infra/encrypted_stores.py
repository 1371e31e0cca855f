"""Buckets and tables as every construct of the stack makes them: private, under the stack's key, logged."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct


class EncryptedBucket(s3.Bucket):
    """A bucket that is reached over TLS only and never from the public, with access logs."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        access_logs: s3.IBucket,
        logs_prefix: str,
        lifecycle_rules: Sequence[s3.LifecycleRule],
        removal: RemovalPolicy,
        versioned: bool | None = None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=versioned,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix=logs_prefix,
            removal_policy=removal,
            lifecycle_rules=lifecycle_rules,
        )


class EncryptedTable(dynamodb.Table):
    """A table billed by the request, with backups of every second and the TTL attribute `ExpiresAt`.

    Its keys are strings: `PK`, and `SK` where it is `sorted_by_sk`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        removal: RemovalPolicy,
        sorted_by_sk: bool = False,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            partition_key=text_attribute("PK"),
            sort_key=text_attribute("SK") if sorted_by_sk else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute="ExpiresAt",
            removal_policy=removal,
        )


def text_attribute(name: str) -> dynamodb.Attribute:
    """A key attribute that holds a string."""
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)

"""Where tracks are read: the table for queries, the bucket for full records."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.notifications import notify
from infra.queues import DurableQueue
from pipeline.answers.stored_scene import PREFIX as SCENES
from pipeline.answers.tables import PREFIX as ANSWERS

STATUS_INDEX = "by-status"
PLACE_INDEX = "by-place"


class Results(Construct):
    """The tracks table (keys PK and SK, indexes `by-status` and `by-place`) and the results bucket.

    A change of a scene in the bucket becomes a message in `answers`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        access_logs: s3.IBucket,
        answers: DurableQueue,
        retention_days: int,
        removal: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.table = self._tracks_table(key, removal)
        self.bucket = self._bucket(key, access_logs, retention_days, removal)
        notify(self.bucket, answers, ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], "prefix", [SCENES])

    def _tracks_table(self, key: kms.IKey, removal: RemovalPolicy) -> dynamodb.Table:
        text = dynamodb.AttributeType.STRING
        table = dynamodb.Table(
            self,
            "Tracks",
            partition_key=dynamodb.Attribute(name="PK", type=text),
            sort_key=dynamodb.Attribute(name="SK", type=text),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute="ExpiresAt",
            removal_policy=removal,
        )
        for number, name in enumerate((STATUS_INDEX, PLACE_INDEX), 1):
            table.add_global_secondary_index(
                index_name=name,
                partition_key=dynamodb.Attribute(name=f"GSI{number}PK", type=text),
                sort_key=dynamodb.Attribute(name=f"GSI{number}SK", type=text),
            )
        return table

    def _bucket(
        self, key: kms.IKey, access_logs: s3.IBucket, retention_days: int, removal: RemovalPolicy
    ) -> s3.Bucket:
        return s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="results/",
            removal_policy=removal,
            lifecycle_rules=[
                # Scenes stay: they are the owner's, and about no person.
                s3.LifecycleRule(
                    id=name,
                    prefix=prefix,
                    expiration=Duration.days(retention_days),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
                for name, prefix in (("forget-tracks", "tracks/"), ("forget-answers", ANSWERS))
            ],
        )

    @property
    def index_arn(self) -> str:
        return f"{self.table.table_arn}/index/{STATUS_INDEX}"

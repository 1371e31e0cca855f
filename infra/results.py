"""Where tracks are read: the table for queries, the bucket for full records."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.encrypted_stores import EncryptedBucket, EncryptedTable, text_attribute

STATUS_INDEX = "by-status"


class Results(Construct):
    """The tracks table (keys PK and SK, index `by-status`) and the results bucket."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        access_logs: s3.IBucket,
        retention_days: int,
        removal: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.table = EncryptedTable(self, "Tracks", key=key, removal=removal, sorted_by_sk=True)
        self.table.add_global_secondary_index(
            index_name=STATUS_INDEX,
            partition_key=text_attribute("GSI1PK"),
            sort_key=text_attribute("GSI1SK"),
        )
        self.bucket = EncryptedBucket(
            self,
            "Bucket",
            key=key,
            access_logs=access_logs,
            logs_prefix="results/",
            removal=removal,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="forget-tracks",
                    expiration=Duration.days(retention_days),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
        )

    @property
    def index_arn(self) -> str:
        return f"{self.table.table_arn}/index/{STATUS_INDEX}"

"""Where tracks are read: the table for queries, the bucket for full records."""

from __future__ import annotations

from collections.abc import Iterator

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.encrypted_stores import EncryptedBucket, EncryptedTable, text_attribute
from infra.notifications import notify
from infra.queues import DurableQueue
from pipeline.answers.output.tables import PREFIX as ANSWERS
from pipeline.answers.scenes.stored_scene import PREFIX as SCENES
from pipeline.storage.days_left import DAYS, TAG

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
        self.table = EncryptedTable(self, "Tracks", key=key, removal=removal, sorted_by_sk=True)
        for number, name in enumerate((STATUS_INDEX, PLACE_INDEX), 1):
            self.table.add_global_secondary_index(
                index_name=name,
                partition_key=text_attribute(f"GSI{number}PK"),
                sort_key=text_attribute(f"GSI{number}SK"),
            )
        self.bucket = self._bucket(key, access_logs, retention_days, removal)
        notify(self.bucket, answers, ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], "prefix", [SCENES])

    def _bucket(
        self, key: kms.IKey, access_logs: s3.IBucket, retention_days: int, removal: RemovalPolicy
    ) -> s3.Bucket:
        return EncryptedBucket(
            self,
            "Bucket",
            key=key,
            access_logs=access_logs,
            logs_prefix="results/",
            removal=removal,
            lifecycle_rules=[*_forgetting(retention_days), *_forgetting_rewritten(retention_days)],
        )

    @property
    def index_arn(self) -> str:
        return f"{self.table.table_arn}/index/{STATUS_INDEX}"


def _forgetting(retention_days: int) -> Iterator[s3.LifecycleRule]:
    """Scenes stay: they are the owner's, and about no person."""
    for name, prefix in (("forget-tracks", "tracks/"), ("forget-answers", ANSWERS)):
        yield s3.LifecycleRule(
            id=name,
            prefix=prefix,
            expiration=Duration.days(retention_days),
            abort_incomplete_multipart_upload_after=Duration.days(1),
        )


def _forgetting_rewritten(retention_days: int) -> Iterator[s3.LifecycleRule]:
    """What replaced an older object goes when that one would have gone."""
    for days in DAYS:
        if days < retention_days:
            yield s3.LifecycleRule(
                id=f"forget-rewritten-{days}",
                tag_filters={TAG: str(days)},
                expiration=Duration.days(days),
            )

"""The bucket that videos are dropped in, and its notifications."""

from __future__ import annotations

from itertools import product

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.notifications import notify
from infra.queues import DurableQueue

CONTAINERS = (".mp4", ".mov", ".avi")

# A version that was replaced or deleted may still wait for its turn.
_REPLACED_KEPT_DAYS = 7


def suffixes() -> list[str]:
    """Every spelling of the video suffixes, since S3 compares case-sensitively: 20 in all."""
    return sorted(
        {
            "".join(characters)
            for container in CONTAINERS
            for characters in product(*((one.lower(), one.upper()) for one in container))
        }
    )


class Videos(Construct):
    """The versioned videos bucket. An upload of a video file becomes a message in `uploads`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        access_logs: s3.IBucket,
        uploads: DurableQueue,
        retention_days: int,
        removal: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="videos/",
            removal_policy=removal,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="forget-videos",
                    expiration=Duration.days(retention_days),
                    noncurrent_version_expiration=Duration.days(min(_REPLACED_KEPT_DAYS, retention_days)),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                ),
                s3.LifecycleRule(id="forget-delete-markers", expired_object_delete_marker=True),
            ],
        )
        notify(self.bucket, uploads, ["s3:ObjectCreated:*"], "suffix", suffixes())

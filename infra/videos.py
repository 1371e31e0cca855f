"""The bucket that videos are dropped in, and its notifications."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra import acknowledged
from infra.encrypted_stores import EncryptedBucket
from infra.functions import Function
from infra.notifications import notify
from infra.queues import DurableQueue

CONTAINERS = (".mp4", ".mov", ".avi")

_REPLACED_KEPT_DAYS = 7
"""A version that was replaced or deleted may still wait for its turn; of a short retention a third."""


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
    """The versioned videos bucket. An upload of a video file becomes a message in `uploads`.

    `key_arns`: keys of the owner's own that videos may be encrypted under.
    """

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
        key_arns: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        self._key_arns = key_arns
        replaced_days = max(1, min(_REPLACED_KEPT_DAYS, retention_days // 3))
        self.bucket = EncryptedBucket(
            self,
            "Bucket",
            key=key,
            access_logs=access_logs,
            logs_prefix="videos/",
            versioned=True,
            removal=removal,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="forget-videos",
                    # S3 keeps what expires as an old version for a while: both together are the retention.
                    expiration=Duration.days(retention_days - replaced_days),
                    noncurrent_version_expiration=Duration.days(replaced_days),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                ),
                s3.LifecycleRule(id="forget-delete-markers", expired_object_delete_marker=True),
            ],
        )
        notify(self.bucket, uploads, ["s3:ObjectCreated:*"], "suffix", suffixes())
        self.uploader_policy = self._uploader_policy(key)

    def _uploader_policy(self, key: kms.IKey) -> iam.ManagedPolicy:
        """What uploading takes, to be attached to the account's users and roles: nothing is read with it."""
        policy = iam.ManagedPolicy(
            self,
            "UploaderPolicy",
            description="Upload videos to people pathing",
            statements=[
                iam.PolicyStatement(
                    actions=["s3:PutObject", "s3:AbortMultipartUpload"],
                    resources=[self.bucket.arn_for_objects("*")],
                ),
                iam.PolicyStatement(
                    # Decrypt: of the parts of a multipart upload, which begins at 8 MB in the AWS CLI.
                    actions=["kms:GenerateDataKey", "kms:Decrypt"],
                    resources=[key.key_arn],
                    conditions={
                        "StringEquals": {"kms:ViaService": f"s3.{Aws.REGION}.{Aws.URL_SUFFIX}"},
                    },
                ),
            ],
        )
        acknowledged.wildcard(policy, self.bucket.arn_for_objects("*"), "Videos come under any name.")
        return policy

    def let_read(self, function: Function, *, tell_missing: bool = False) -> None:
        """Grant `function` to read every version of every video.

        `tell_missing`: a missing object answers 404 and not 403, so that an error can say which it is.
        """
        function.allow(
            ["s3:GetObject", "s3:GetObjectVersion"],
            [self.bucket.arn_for_objects("*")],
            because="Videos come under any name.",
        )
        if tell_missing:
            function.allow(["s3:ListBucket"], [self.bucket.bucket_arn])
        if self._key_arns:
            function.allow(["kms:Decrypt"], self._key_arns)

"""The bucket that videos are dropped in, and its notifications."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from aws_cdk import Aws, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra import acknowledged
from infra.encrypted_stores import EncryptedBucket
from infra.functions import Function
from infra.queues import DurableQueue

CONTAINERS = (".mp4", ".mov", ".avi")

# A version that was replaced or deleted may still wait for its turn.
_REPLACED_KEPT_DAYS = 7

# CloudFormation makes a bucket's name of the stack's, the logical id and 13 random characters, shortening the
# first two where 63 are not enough: at worst to 24 each, with two dashes.
_NAME_PREFIX_KEPT = 24


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
                    expiration=Duration.days(retention_days),
                    noncurrent_version_expiration=Duration.days(min(_REPLACED_KEPT_DAYS, retention_days)),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                ),
                s3.LifecycleRule(id="forget-delete-markers", expired_object_delete_marker=True),
            ],
        )
        self._notify(uploads)
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

    def _notify(self, uploads: DurableQueue) -> None:
        """Notifications as a property of the bucket: CDK's custom resource would bring a function with rights
        over every bucket. The queue's policy must exist before the bucket, since S3 sends a test message."""
        bucket = self.bucket.node.default_child
        assert isinstance(bucket, s3.CfnBucket)
        bucket.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            queue_configurations=[
                s3.CfnBucket.QueueConfigurationProperty(
                    event="s3:ObjectCreated:*",
                    queue=uploads.queue.queue_arn,
                    filter=s3.CfnBucket.NotificationFilterProperty(
                        s3_key=s3.CfnBucket.S3KeyFilterProperty(
                            rules=[s3.CfnBucket.FilterRuleProperty(name="suffix", value=suffix)]
                        )
                    ),
                )
                for suffix in suffixes()
            ]
        )
        uploads.accept_from("s3", source_arn=self._arn_pattern(bucket), undelivered=False)
        self.bucket.node.add_dependency(uploads)

    def _arn_pattern(self, bucket: s3.CfnBucket) -> str:
        """The bucket's ARN as far as it is known before the bucket is.

        The queue's policy cannot name the bucket, which waits for that policy and names the queue itself.
        `start_tracking` refuses events of another bucket of this account whose name begins alike.
        """
        stack = Stack.of(self)
        name = f"{stack.stack_name}-{stack.get_logical_id(bucket)}".lower()
        return f"arn:{Aws.PARTITION}:s3:::{name[:_NAME_PREFIX_KEPT]}*"

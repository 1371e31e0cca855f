"""One customer key for everything at rest, with the AWS services that must use it to deliver messages."""

from __future__ import annotations

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

# Who writes to an encrypted queue or topic without a role of ours: uploads (S3), completions (SNS), crashed
# executions (EventBridge), alarms (CloudWatch). Each only on behalf of this account.
_DELIVERING = ("s3", "sns", "events", "cloudwatch")


class Encryption(Construct):
    """The stack's key, rotated every year."""

    def __init__(self, scope: Construct, construct_id: str, *, removal: RemovalPolicy) -> None:
        super().__init__(scope, construct_id)
        self.key = kms.Key(
            self,
            "Key",
            description="People pathing: videos, tracks, jobs and messages at rest",
            enable_key_rotation=True,
            removal_policy=removal,
        )
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="DeliverMessages",
                principals=[iam.ServicePrincipal(f"{service}.amazonaws.com") for service in _DELIVERING],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],  # In a key's policy: this key.
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )

"""One customer key for everything at rest, with the AWS services that must use it to deliver messages."""

from __future__ import annotations

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

_TO_QUEUES = ("s3", "sns", "events")
"""Services that write to an encrypted queue without a role of the stack."""

_TO_TOPICS = ("cloudwatch",)
"""Likewise to a topic."""


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
        self._let_deliver(_TO_QUEUES, "aws:sqs:arn", "sqs")
        self._let_deliver(_TO_TOPICS, "aws:sns:topicArn", "sns")

    def _let_deliver(self, services: tuple[str, ...], context: str, service: str) -> None:
        """Let `services` encrypt what goes to this account's queues or topics.

        Not every service passes a source ARN to KMS, so the condition is on the encryption context that
        SQS and SNS use. Which senders a queue accepts is for the queue's own policy.
        """
        ours = f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:*"
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(f"{name}.amazonaws.com") for name in services],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],  # In a key's policy: this key.
                conditions={"ArnLike": {f"kms:EncryptionContext:{context}": ours}},
            )
        )

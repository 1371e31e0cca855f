"""How the end of a job reaches the pipeline: completion topic → queue, and the role that may publish."""

from __future__ import annotations

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.queues import DurableQueue


class Completion(Construct):
    """The topic and role that go into NotificationChannel, and the queue that `collect_tracks` reads."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        publisher: iam.IPrincipal,
        collect_timeout: Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)
        self.publish_role = iam.Role(
            self,
            "PublishRole",
            assumed_by=publisher,
            description="Publishes a finished video to the completion topic",
        )
        for actions, resource in (
            (["sns:Publish"], self.topic.topic_arn),
            (["kms:Decrypt", "kms:GenerateDataKey"], key.key_arn),
        ):
            self.publish_role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[resource]))
        self.collects = DurableQueue(self, "Collects", key=key, function_timeout=collect_timeout, receives=8)
        sns.CfnSubscription(
            self,
            "Subscription",
            topic_arn=self.topic.topic_arn,
            protocol="sqs",
            endpoint=self.collects.queue.queue_arn,
            raw_message_delivery=True,
            redrive_policy={"deadLetterTargetArn": self.collects.dead_letter_queue.queue_arn},
        )
        self.collects.accept_from("sns", source_arn=self.topic.topic_arn)


def rekognition() -> iam.IPrincipal:
    """Amazon Rekognition, on behalf of this account."""
    return iam.ServicePrincipal(
        "rekognition.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
    )

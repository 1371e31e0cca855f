"""A queue that never drops a message: after its last receive it moves to a dead-letter queue of its own."""

from __future__ import annotations

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

_DEAD_LETTER_RETENTION = Duration.days(14)
"""SQS's maximum: two weeks to notice, repair and redrive."""

_RETENTION = Duration.days(14)


class DurableQueue(Construct):
    """An encrypted, TLS-only queue in front of one Lambda function, with its dead-letter queue.

    The visibility timeout is six times the function's timeout, so that no message is received again while
    it is processed.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        function_timeout: Duration,
        receives: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letter_queue = sqs.Queue(
            self,
            "DeadLetters",
            encryption_master_key=key,
            enforce_ssl=True,
            retention_period=_DEAD_LETTER_RETENTION,
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption_master_key=key,
            enforce_ssl=True,
            retention_period=_RETENTION,
            visibility_timeout=Duration.seconds(6 * function_timeout.to_seconds()),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letter_queue, max_receive_count=receives),
        )

    def accept_from(self, service: str, *, source_arn: str, undelivered: bool = True) -> None:
        """Let `service` (such as `sns`) send on behalf of this account and of `source_arn`.

        Args:
            service: its name before `.amazonaws.com`.
            source_arn: of the topic, rule or bucket; `*` and `?` stand for what is not known of it.
            undelivered: whether it may also send what it could not deliver to the dead-letter queue, as
                topics and rules do.
        """
        for queue in (self.queue, self.dead_letter_queue) if undelivered else (self.queue,):
            queue.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
                    actions=["sqs:SendMessage"],
                    resources=[queue.queue_arn],
                    conditions={
                        "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                        "ArnLike": {"aws:SourceArn": source_arn},
                    },
                )
            )

"""A queue that never drops a message: after its last retry it lies in a dead-letter queue of its own."""

from __future__ import annotations

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

# SQS's longest: two weeks to notice, mend and redrive.
_DEAD_LETTERS_KEPT = Duration.days(14)
_MESSAGES_KEPT = Duration.days(14)


class DurableQueue(Construct):
    """An encrypted, TLS-only queue in front of one Lambda function, with its dead-letter queue.

    The visibility time-out is six times the function's, so that no message in work is seen twice.
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
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            encryption_master_key=key,
            enforce_ssl=True,
            retention_period=_DEAD_LETTERS_KEPT,
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption_master_key=key,
            enforce_ssl=True,
            retention_period=_MESSAGES_KEPT,
            visibility_timeout=Duration.seconds(6 * function_timeout.to_seconds()),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=receives),
        )

    def accept_from(self, service: str, *, source_arn: str, dead_letters: bool = True) -> None:
        """Let `service` (such as `sns`) send on behalf of this account and of `source_arn`.

        Args:
            service: its name before `.amazonaws.com`.
            source_arn: of the topic, rule or bucket; `*` and `?` stand for what is not known of it.
            dead_letters: whether it may also leave there what it could not deliver, as topics and rules do.
        """
        for queue in (self.queue, self.dead_letters) if dead_letters else (self.queue,):
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

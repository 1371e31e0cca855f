"""Events of a bucket to a queue, as a property of the bucket: CDK's custom resource would bring a function
with rights over every bucket.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from aws_cdk import Aws, Stack
from aws_cdk import aws_s3 as s3

from infra.queues import DurableQueue

_NAME_PREFIX_KEPT = 24
"""CloudFormation makes a bucket's name of the stack's, the logical id and 13 random characters, shortening
the first two where 63 are not enough: at worst to 24 each, with two dashes.
"""


def notify(
    bucket: s3.Bucket,
    queue: DurableQueue,
    events: Sequence[str],
    kind: Literal["prefix", "suffix"],
    values: Sequence[str],
) -> None:
    """Send `events` (such as `s3:ObjectCreated:*`) on objects whose keys begin or end so to the queue.

    The queue's policy must exist before the bucket, since S3 sends a test message.
    """
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        queue_configurations=[
            s3.CfnBucket.QueueConfigurationProperty(
                event=event,
                queue=queue.queue.queue_arn,
                filter=s3.CfnBucket.NotificationFilterProperty(
                    s3_key=s3.CfnBucket.S3KeyFilterProperty(
                        rules=[s3.CfnBucket.FilterRuleProperty(name=kind, value=value)]
                    )
                ),
            )
            for event in events
            for value in values
        ]
    )
    queue.accept_from("s3", source_arn=_arn_pattern(resource), undelivered=False)
    bucket.node.add_dependency(queue)


def _arn_pattern(bucket: s3.CfnBucket) -> str:
    """The bucket's ARN as far as it is known before the bucket is.

    The queue's policy cannot name the bucket, which waits for that policy and names the queue itself. The
    functions refuse events of another bucket of this account whose name begins alike.
    """
    stack = Stack.of(bucket)
    name = f"{stack.stack_name}-{stack.get_logical_id(bucket)}".lower()
    return f"arn:{Aws.PARTITION}:s3:::{name[:_NAME_PREFIX_KEPT]}*"

"""A Lambda function with a role, a log group and rights of its own: nothing is granted that is not named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Names, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import acknowledged
from infra.options import Options
from infra.packaging.bundling import Package, PackageName, build
from infra.packaging.platforms import Platform

METRICS_NAMESPACE = "PeoplePathing"
"""CloudWatch's namespace of the functions' own metrics."""

RETURNING = lambda_.RecursiveLoop.ALLOW
"""For a function in a chain that comes back to its own queue by design: one that waits until the engine takes
another job, or hands over to itself. Lambda would stop it after about sixteen rounds. It does not run away:
every round is delayed, the queue's MaximumConcurrency holds, and the number of attempts is limited.
"""

_CONSUMERS = 2
"""Calls at once for one queue: two leave a fresh account's ten functions at once to the engine."""

_POLLING = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
"""What Lambda asks of a function's role to read its queue."""

_KEY_USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""What S3, SQS and SNS ask of a caller, and what DynamoDB does for an encrypted table."""


class Functions:
    """Makes the functions of one package: one code, platform and environment, each with a role of its own."""

    def __init__(
        self,
        name: PackageName,
        *,
        options: Options,
        key: kms.IKey,
        environment: Mapping[str, str],
        log_removal: RemovalPolicy,
    ) -> None:
        host = options.packaging == "host"
        self._package: Package = build(
            name, Platform.of_host() if host else Platform.on_aws(options.architecture)
        )
        self._name = name
        self._key = key
        self._log_removal = log_removal
        arm = options.architecture == "arm64"
        self._architecture = lambda_.Architecture.ARM_64 if arm else lambda_.Architecture.X86_64
        self._environment = {
            **environment,
            "ORT_DISABLE_TELEMETRY": "1",
            "POWERTOOLS_SERVICE_NAME": options.prefix,
            "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
            "POWERTOOLS_LOG_LEVEL": "INFO",
        }
        if host:  # The embedded AWS has no X-Ray daemon to send to.
            self._environment["POWERTOOLS_TRACE_DISABLED"] = "true"

    def function(
        self,
        scope: Construct,
        construct_id: str,
        module: str,
        *,
        timeout: Duration,
        memory_mb: int,
        recursive_loop: lambda_.RecursiveLoop | None = None,
    ) -> Function:
        """The function whose handler is `<package>.handlers.<module>.handler`."""
        return Function(
            scope,
            construct_id,
            key=self._key,
            log_removal=self._log_removal,
            handler=f"{self._name}.handlers.{module}.handler",
            code=lambda_.Code.from_asset(str(self._package.path), asset_hash=self._package.digest),
            architecture=self._architecture,
            environment=self._environment,
            timeout=timeout,
            memory_mb=memory_mb,
            recursive_loop=recursive_loop,
        )


class Function(Construct):
    """One function; `allow` names what it may do."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        log_removal: RemovalPolicy,
        handler: str,
        code: lambda_.Code,
        architecture: lambda_.Architecture,
        environment: Mapping[str, str],
        timeout: Duration,
        memory_mb: int,
        recursive_loop: lambda_.RecursiveLoop | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        log_group = logs.LogGroup(
            self, "Logs", retention=logs.RetentionDays.ONE_MONTH, removal_policy=log_removal
        )
        self.timeout = timeout
        self.role = iam.Role(
            self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"), description=handler
        )
        self.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [log_group.log_group_arn])
        # Every stored object, item and message is under the stack's key.
        self.allow(_KEY_USE, [key.key_arn])
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=architecture,
            handler=handler,
            code=code,
            role=self.role,
            environment=dict(environment),
            timeout=timeout,
            memory_size=memory_mb,
            tracing=lambda_.Tracing.ACTIVE,
            log_group=log_group,
            recursive_loop=recursive_loop,
        )
        acknowledged.finding(self.function, "L1", "The wheels in the package are for this Python version.")
        acknowledged.wildcard(self.role, "*", "X-Ray knows no resources.")

    @property
    def arn(self) -> str:
        return self.function.function_arn

    def consume(self, queue: sqs.IQueue, *, batch: int, most: int = _CONSUMERS) -> None:
        """Feed the function with the queue's messages, `batch` at most in a call, `most` calls at once."""
        # Not SqsEventSource, which grants more than Lambda's pollers need; the id is the one it gave, since a
        # mapping cannot be replaced by one of the same queue and function.
        self.allow(_POLLING, [queue.queue_arn])
        self.function.add_event_source_mapping(
            f"SqsEventSource:{Names.node_unique_id(queue.node)}",
            event_source_arn=queue.queue_arn,
            batch_size=batch,
            max_concurrency=most,
            report_batch_item_failures=True,
        )

    def allow(
        self,
        actions: Sequence[str],
        resources: Sequence[str],
        *,
        because: str | None = None,
    ) -> None:
        """Grant the function's role `actions` on `resources` (ARNs).

        A wildcard among the resources stands only with its reason, `because`.
        """
        self.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))
        if because is not None:
            for resource in resources:
                acknowledged.wildcard(self.role, resource, because)

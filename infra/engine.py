"""The engine: the person tracking service itself, behind one API function that IAM guards."""

from __future__ import annotations

import json

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra import acknowledged, workflow
from infra.encrypted_stores import EncryptedBucket, EncryptedTable
from infra.functions import RETURNING, Function, Functions
from infra.options import DETECT_SECONDS, Options
from infra.queues import DurableQueue
from infra.videos import Videos

_WORK_KEPT = Duration.days(8)
"""Results are promised for seven days; the day after, the objects go as the job's records do."""

_JOBS = "Each job has a folder of its own, named by its id."
"""Why policies have a wildcard below `jobs/`."""

_API_TIMEOUT = Duration.seconds(30)
_TURN_TIMEOUT = Duration.seconds(30)
_PLAN_TIMEOUT = Duration.minutes(5)
_DETECT_TIMEOUT = Duration.seconds(DETECT_SECONDS)
_LINK_TIMEOUT = Duration.minutes(15)
_FINISH_TIMEOUT = Duration.minutes(2)


class Engine(Construct):
    """API function, state machine plan → turn → detect (distributed) → link → finish, jobs, work bucket."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: Options,
        key: kms.IKey,
        access_logs: s3.IBucket,
        videos: Videos,
        removal: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self._key = key
        self._removal = removal
        self._videos = videos
        self._caller_buckets = options.caller_buckets
        self._notification_role_arns = options.notification_role_arns
        self.jobs = EncryptedTable(self, "Jobs", key=key, removal=removal)
        self.work = self._work_bucket(access_logs)
        functions = Functions(
            "engine",
            options=options,
            key=key,
            log_removal=removal,
            environment=self._environment(options),
        )
        make = functions.function
        # Called within the chains of the pipeline's functions, which come back to their queues.
        self.api = make(self, "Api", "api", timeout=_API_TIMEOUT, memory_mb=1024, recursive_loop=RETURNING)
        self.plan = make(self, "Plan", "plan", timeout=_PLAN_TIMEOUT, memory_mb=1024)
        self.turn = make(self, "Turn", "turn", timeout=_TURN_TIMEOUT, memory_mb=512)
        self.detect = make(
            self, "Detect", "detect", timeout=_DETECT_TIMEOUT, memory_mb=options.detect_memory_mb
        )
        self.link = make(self, "Link", "link", timeout=_LINK_TIMEOUT, memory_mb=options.link_memory_mb)
        self.finish = make(self, "Finish", "finish", timeout=_FINISH_TIMEOUT, memory_mb=512)
        self.state_machine = self._state_machine(options.concurrency)
        self.crashed = self._finish_crashed()
        self.api.function.add_environment("STATE_MACHINE_ARN", self.state_machine.state_machine_arn)
        self._grant()

    @property
    def functions(self) -> tuple[Function, ...]:
        return (self.api, self.plan, self.turn, self.detect, self.link, self.finish)

    def _environment(self, options: Options) -> dict[str, str]:
        return {
            "JOBS_TABLE": self.jobs.table_name,
            "WORK_BUCKET": self.work.bucket_name,
            "DETECTOR": options.detector,
            "ANALYSIS_HZ": f"{options.analysis_hz:g}",
            "SEGMENT_SECONDS": str(options.segment_seconds),
            "DETECT_MEMORY_MB": str(options.detect_memory_mb),
            "DETECT_SECONDS": str(DETECT_SECONDS),
            "FACES": options.faces,
            "MAX_OPEN_JOBS": str(options.max_open_jobs),
            "SEGMENTS_AT_ONCE": str(options.concurrency),
            "DETECT_FUNCTIONS": str(options.budget.detecting),
            "READERS": str(options.budget.collectors),
        }

    def _work_bucket(self, access_logs: s3.IBucket) -> s3.Bucket:
        return EncryptedBucket(
            self,
            "Work",
            key=self._key,
            access_logs=access_logs,
            logs_prefix="work/",
            removal=self._removal,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="forget-jobs",
                    expiration=_WORK_KEPT,
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
        )

    def _state_machine(self, concurrency: int) -> sfn.StateMachine:
        def step(function: Function) -> workflow.Step:
            return workflow.Step(function.arn, function.timeout.to_seconds())

        role = self._workflow_role()
        machine = sfn.StateMachine(
            self,
            "Workflow",
            definition_body=sfn.DefinitionBody.from_string(
                # Not CDK's own to_json_string: it drops `"ResultPath": null`, which says to keep the input.
                json.dumps(
                    workflow.definition(
                        plan=step(self.plan),
                        turn=step(self.turn),
                        detect=step(self.detect),
                        link=step(self.link),
                        finish=step(self.finish),
                        concurrency=concurrency,
                    )
                )
            ),
            role=role,
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=logs.LogGroup(
                    self,
                    "WorkflowLogs",
                    retention=logs.RetentionDays.ONE_MONTH,
                    removal_policy=self._removal,
                ),
                level=sfn.LogLevel.ALL,
                include_execution_data=False,
            ),
        )
        self._allow_children(role, machine)
        return machine

    def _workflow_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "WorkflowRole",
            assumed_by=iam.ServicePrincipal(
                "states.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
        )
        steps = (self.plan, self.turn, self.detect, self.link, self.finish)
        _allow(role, ["lambda:InvokeFunction"], [function.arn for function in steps])
        segments = self.work.arn_for_objects("jobs/*/segments.json")
        _allow(role, ["s3:GetObject"], [segments])
        acknowledged.wildcard(role, segments, _JOBS)
        acknowledged.wildcard(role, "*", "X-Ray and the delivery of logs know no resources.")
        _allow(role, ["kms:Decrypt", "kms:GenerateDataKey"], [self._key.key_arn])
        return role

    def _allow_children(self, role: iam.Role, machine: sfn.StateMachine) -> None:
        """Lets the machine run its Distributed Map, which starts the machine itself for its items."""
        # A policy apart: the role's own cannot name the machine, which waits for the role.
        name = machine.state_machine_name
        arn = f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}:execution:{name}"
        executions = [f"{arn}/*", f"{arn}:*"]
        policy = iam.Policy(
            self,
            "DistributedMap",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    actions=["states:StartExecution"],
                    resources=[machine.state_machine_arn],
                ),
                iam.PolicyStatement(
                    actions=["states:DescribeExecution", "states:StopExecution"],
                    resources=executions,
                ),
            ],
        )
        for resource in executions:
            acknowledged.wildcard(policy, resource, "Executions are named by their job, children at random.")

    def _finish_crashed(self) -> DurableQueue:
        """Executions that ended without running `finish` (stopped, timed out) reach it here."""
        crashed = DurableQueue(
            self, "Crashed", key=self._key, function_timeout=self.finish.timeout, receives=5
        )
        rule = events.CfnRule(
            self,
            "CrashedRule",
            description="Executions of the engine that did not succeed",
            event_pattern={
                "source": ["aws.states"],
                "detail-type": ["Step Functions Execution Status Change"],
                "detail": {
                    "stateMachineArn": [self.state_machine.state_machine_arn],
                    "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                },
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id="Crashed",
                    arn=crashed.queue.queue_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=crashed.dead_letter_queue.queue_arn
                    ),
                )
            ],
        )
        crashed.accept_from("events", source_arn=rule.attr_arn)
        self.finish.consume(crashed.queue, batch=1)
        return crashed

    def _grant(self) -> None:
        for function in self.functions:
            function.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], [self.jobs.table_arn])
        self.api.allow(["dynamodb:PutItem", "dynamodb:DeleteItem"], [self.jobs.table_arn])
        for function in (self.api, self.plan, self.detect):
            self._videos.let_read(function, tell_missing=True)
            for name in self._caller_buckets:
                bucket = f"arn:{Aws.PARTITION}:s3:::{name}"
                function.allow(
                    ["s3:GetObject", "s3:GetObjectVersion"],
                    [f"{bucket}/*"],
                    because="Callers' videos come under any name.",
                )
                function.allow(["s3:ListBucket"], [bucket])
        if self._notification_role_arns:
            self.finish.allow(["sts:AssumeRole"], self._notification_role_arns)
        work = self.work.arn_for_objects("jobs/*")
        for function in (self.api, self.detect, self.link):
            function.allow(["s3:GetObject"], [work], because=_JOBS)
        for function in (self.plan, self.detect, self.link):
            function.allow(["s3:PutObject"], [work], because=_JOBS)
        self.link.allow(["s3:AbortMultipartUpload"], [work], because=_JOBS)
        self.api.allow(["states:StartExecution"], [self.state_machine.state_machine_arn])


def _allow(role: iam.Role, actions: list[str], resources: list[str]) -> None:
    role.add_to_policy(iam.PolicyStatement(actions=actions, resources=resources))

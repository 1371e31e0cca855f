"""The stack: its constructs, and the outputs an operator needs."""

from __future__ import annotations

from aws_cdk import CfnOutput, RemovalPolicy, Stack, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.access_logs import AccessLogs
from infra.catalogue import Catalogue
from infra.completion import Completion, rekognition
from infra.encryption import Encryption
from infra.engine import Engine
from infra.monitoring import Monitoring
from infra.options import Options
from infra.pipeline import ANSWER_TIMEOUT, COLLECT_TIMEOUT, START_TIMEOUT, Pipeline
from infra.queues import DurableQueue
from infra.results import Results
from infra.videos import Videos

_REMOVALS = {
    # Not plain RETAIN: a first deployment that fails would leave empty buckets, tables and a key behind, and
    # each try another set.
    "retain": RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    "destroy": RemovalPolicy.DESTROY,
}


class PeoplePathingStack(Stack):
    """Drop a video in a bucket, read each person's path from a table."""

    def __init__(self, scope: Construct, construct_id: str, options: Options) -> None:
        super().__init__(
            scope,
            construct_id,
            description="People pathing: each person's path out of every video dropped in a bucket",
        )
        removal = _REMOVALS[options.removal]
        key = self.key = Encryption(self, "Encryption", removal=removal).key
        access_logs = AccessLogs(self, "AccessLogs", removal=removal).bucket
        self.uploads = DurableQueue(self, "Uploads", key=key, function_timeout=START_TIMEOUT, receives=8)
        self.videos = Videos(
            self,
            "Videos",
            key=key,
            access_logs=access_logs,
            uploads=self.uploads,
            retention_days=options.retention_days,
            removal=removal,
            key_arns=options.video_key_arns,
        )
        self.answers = DurableQueue(self, "Answers", key=key, function_timeout=ANSWER_TIMEOUT, receives=6)
        self.results = self._results(options, key, access_logs, removal)
        self.engine = self._engine(options, key, access_logs, removal) if options.has_engine else None
        self.completion = Completion(
            self, "Completion", key=key, publisher=self._publisher(options), collect_timeout=COLLECT_TIMEOUT
        )
        if self.engine is not None:
            self.engine.finish.allow(["sts:AssumeRole"], [self.completion.publish_role.role_arn])
        self.pipeline = Pipeline(
            self,
            "Pipeline",
            options=options,
            key=key,
            videos=self.videos,
            uploads=self.uploads,
            results=self.results,
            completion=self.completion,
            answers=self.answers,
            engine=self.engine,
            removal=removal,
        )
        self.catalogue = Catalogue(self, "Catalogue", prefix=options.prefix, bucket=self.results.bucket)
        self._add_monitoring(options, key)
        self._add_outputs()
        for name, value in options.tags:
            Tags.of(self).add(name, value)

    def _results(
        self, options: Options, key: kms.IKey, access_logs: s3.IBucket, removal: RemovalPolicy
    ) -> Results:
        return Results(
            self,
            "Results",
            key=key,
            access_logs=access_logs,
            answers=self.answers,
            retention_days=options.retention_days,
            removal=removal,
        )

    def _engine(
        self, options: Options, key: kms.IKey, access_logs: s3.IBucket, removal: RemovalPolicy
    ) -> Engine:
        return Engine(
            self,
            "Engine",
            options=options,
            key=key,
            access_logs=access_logs,
            videos=self.videos,
            removal=removal,
        )

    def _add_monitoring(self, options: Options, key: kms.IKey) -> None:
        self.queues = {
            "Upload": self.uploads,
            "Collect": self.completion.collects,
            "Answers": self.answers,
        }
        functions = [*self.pipeline.functions]
        busiest = [self.pipeline.start, self.pipeline.collect]
        if self.engine is not None:
            self.queues["Crashed"] = self.engine.crashed
            functions += self.engine.functions
            busiest += [self.engine.api, self.engine.detect]
        self.monitoring = Monitoring(
            self,
            "Monitoring",
            key=key,
            service=options.prefix,
            queues=self.queues,
            functions=functions,
            busiest=busiest,
            email=options.alarm_email,
        )

    def _publisher(self, options: Options) -> iam.IPrincipal:
        """The principal that may assume the role that publishes completions."""
        if self.engine is not None:
            return iam.ArnPrincipal(self.engine.finish.role.role_arn)
        if options.tracking_endpoint == "aws":
            return rekognition()
        # Another endpoint: any principal of this account that is granted sts:AssumeRole on it.
        return iam.AccountRootPrincipal()

    def _add_outputs(self) -> None:
        outputs = {
            "Key": self.key.key_arn,
            "VideosBucket": self.videos.bucket.bucket_name,
            "UploaderPolicy": self.videos.uploader_policy.managed_policy_arn,
            "ResultsBucket": self.results.bucket.bucket_name,
            "TracksTable": self.results.table.table_name,
            "AnswersDatabase": self.catalogue.name,
            "CompletionTopic": self.completion.topic.topic_arn,
            "AlarmTopic": self.monitoring.topic.topic_arn,
        }
        for name, queue in self.queues.items():
            outputs |= {
                f"{name}Queue": queue.queue.queue_url,
                f"{name}DeadLetters": queue.dead_letter_queue.queue_url,
            }
        if self.engine is not None:
            outputs |= {
                "EngineFunction": self.engine.api.function.function_name,
                "JobsTable": self.engine.jobs.table_name,
                "WorkBucket": self.engine.work.bucket_name,
                "StateMachine": self.engine.state_machine.state_machine_arn,
                # For policies of callers: of their buckets and keys, and of the roles they notify through.
                "ApiRole": self.engine.api.role.role_arn,
                "PlanRole": self.engine.plan.role.role_arn,
                "DetectRole": self.engine.detect.role.role_arn,
                "FinishRole": self.engine.finish.role.role_arn,
            }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)

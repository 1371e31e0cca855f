"""The pipeline: start tracking of uploads, collect finished jobs, repair what is stuck."""

from __future__ import annotations

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.completion import Completion
from infra.engine import Engine
from infra.functions import RETURNING, Function, Functions
from infra.options import Options
from infra.queues import DurableQueue
from infra.results import Results
from infra.videos import Videos
from pipeline.answers.output.tables import PREFIX as ANSWERS
from pipeline.answers.scenes.stored_scene import PREFIX as SCENES

_START_BATCH = 2
"""Enough for a whole batch of uploads, however slow the engine: the client waits 65 seconds for each call."""

START_TIMEOUT = Duration.seconds(_START_BATCH * 65 + 20)
COLLECT_TIMEOUT = Duration.minutes(10)
"""Shorter than Lambda's fifteen minutes on purpose: a collector continues in another invocation when its time
runs low, and one that was killed, and so set no backoff, is retried after six times this. Long enough for one
person in view for six hours, whose records are collected in one go.
"""

_COLLECT_MB = 1769
"""One whole vCPU: less would be slower and no cheaper, since a collector works more than it waits."""

ANSWER_TIMEOUT = Duration.minutes(10)
"""A scene with a floor plan of people who stay for hours takes minutes for a video."""

_RECONCILE_TIMEOUT = Duration.minutes(5)
_RECONCILE_EVERY = Duration.minutes(10)


class Pipeline(Construct):
    """`start_tracking`, `collect_tracks`, `answer_scenes` and `reconcile_jobs`, with what each reads and may
    do.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: Options,
        key: kms.IKey,
        videos: Videos,
        uploads: DurableQueue,
        results: Results,
        completion: Completion,
        answers: DurableQueue,
        engine: Engine | None,
        removal: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self._videos, self._uploads, self._results = videos, uploads, results
        self._completion, self._engine, self._endpoint = completion, engine, options.tracking_endpoint
        self._budget = options.budget
        self._answers = answers
        make = Functions(
            "pipeline", options=options, key=key, log_removal=removal, environment=self._environment(options)
        ).function
        self.start = make(
            self, "Start", "start_tracking", timeout=START_TIMEOUT, memory_mb=512, recursive_loop=RETURNING
        )
        self.collect = make(
            self,
            "Collect",
            "collect_tracks",
            timeout=COLLECT_TIMEOUT,
            memory_mb=_COLLECT_MB,
            recursive_loop=RETURNING,
        )
        self.answer = make(
            self,
            "Answer",
            "answer_scenes",
            timeout=ANSWER_TIMEOUT,
            memory_mb=1024,
            recursive_loop=RETURNING,
        )
        self.reconcile = make(self, "Reconcile", "reconcile_jobs", timeout=_RECONCILE_TIMEOUT, memory_mb=512)
        self._feed()
        self._grant()

    def _environment(self, options: Options) -> dict[str, str]:
        environment = {
            "TRACKS_TABLE": self._results.table.table_name,
            "RESULTS_BUCKET": self._results.bucket.bucket_name,
            "VIDEOS_BUCKET": self._videos.bucket.bucket_name,
            "TRACKING_ENDPOINT": options.tracking_endpoint,
            "COMPLETION_TOPIC_ARN": self._completion.topic.topic_arn,
            "PUBLISH_ROLE_ARN": self._completion.publish_role.role_arn,
            "COLLECT_QUEUE_URL": self._completion.collects.queue.queue_url,
            "UPLOAD_QUEUE_URL": self._uploads.queue.queue_url,
            "ANSWERS_QUEUE_URL": self._answers.queue.queue_url,
            "RETENTION_DAYS": str(options.retention_days),
        }
        if self._engine is not None:
            environment["ENGINE_FUNCTION"] = self._engine.api.function.function_name
            environment["STILLS_BUCKET"] = self._engine.work.bucket_name
        return environment

    @property
    def functions(self) -> tuple[Function, ...]:
        return (*self._tracking, self.answer)

    @property
    def _tracking(self) -> tuple[Function, ...]:
        """Those that call the tracking service."""
        return (self.start, self.collect, self.reconcile)

    def _feed(self) -> None:
        for function, queue, batch, most in (
            (self.start, self._uploads, _START_BATCH, self._budget.starters),
            (self.collect, self._completion.collects, 1, self._budget.collectors),
            (self.answer, self._answers, 1, self._budget.answerers),
        ):
            function.consume(queue.queue, batch=batch, most=most)
            # A message that failed comes again after a backoff.
            function.allow(["sqs:ChangeMessageVisibility"], [queue.queue.queue_arn])
        # Straight to the function, without a queue: the next tick makes up for a lost one.
        rule = events.CfnRule(
            self,
            "ReconcileSchedule",
            description="Looks for stuck videos",
            schedule_expression=events.Schedule.rate(_RECONCILE_EVERY).expression_string,
            targets=[events.CfnRule.TargetProperty(id="Reconcile", arn=self.reconcile.arn)],
        )
        lambda_.CfnPermission(
            self,
            "ReconcilePermission",
            action="lambda:InvokeFunction",
            function_name=self.reconcile.arn,
            principal="events.amazonaws.com",
            source_arn=rule.attr_arn,
        )

    def _grant(self) -> None:
        table = self._results.table.table_arn
        uploads, collects = self._uploads.queue.queue_arn, self._completion.collects.queue.queue_arn
        bus = f"arn:{Aws.PARTITION}:events:{Aws.REGION}:{Aws.ACCOUNT_ID}:event-bus/default"
        for function in self.functions:
            function.allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], [table])
            function.allow(["events:PutEvents"], [bus])
        self.start.allow(["dynamodb:PutItem"], [table])
        self.start.allow(["sqs:SendMessage"], [uploads])
        for function in (self.collect, self.answer):
            self._grant_results(function)
        self.answer.allow(["dynamodb:Query"], [self._results.index_arn])
        self.answer.allow(
            ["s3:PutObjectTagging"],
            [self._results.bucket.arn_for_objects(prefix) for prefix in ("tracks/*", f"{ANSWERS}*")],
            because="What is written anew of a video carries the days that it is still kept.",
        )
        self.collect.allow(["sqs:SendMessage"], [collects])
        if self._engine is not None:
            self.collect.allow(
                ["s3:GetObject"],
                [self._engine.work.arn_for_objects(f"jobs/*/{name}") for name in ("still.jpg", "links.json")],
                because="What the engine leaves of each job besides its answers.",
            )
        self.reconcile.allow(["dynamodb:BatchGetItem", "dynamodb:PutItem"], [table])
        self.reconcile.allow(["dynamodb:Query"], [self._results.index_arn])
        self.reconcile.allow(["s3:ListBucketVersions"], [self._videos.bucket.bucket_arn])
        self.reconcile.allow(["sqs:SendMessage", "sqs:GetQueueAttributes"], [uploads, collects])
        self._grant_tracking()

    def _grant_results(self, function: Function) -> None:
        """What writing tracks and answers takes."""
        bucket = self._results.bucket
        function.allow(["dynamodb:BatchWriteItem", "dynamodb:Query"], [self._results.table.table_arn])
        function.allow(
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
            [bucket.arn_for_objects("tracks/*")],
            because="Each video has a folder of its own, named by its id.",
        )
        function.allow(
            ["s3:PutObject", "s3:DeleteObject"],
            [bucket.arn_for_objects(f"{ANSWERS}*")],
            because="Answers are in folders named by table, scene and day.",
        )
        function.allow(
            ["s3:GetObject"],
            [bucket.arn_for_objects(f"{SCENES}*")],
            because="Scenes are named by their owner.",
        )
        # Without a condition: S3 answers a missing object with AccessDenied to who may not list its bucket.
        function.allow(["s3:ListBucket"], [bucket.bucket_arn])
        function.allow(["sqs:SendMessage"], [self._answers.queue.queue_arn])

    def _grant_tracking(self) -> None:
        """What calling the service behind the tracking client takes."""
        if self._engine is not None:
            for function in self._tracking:
                function.allow(["lambda:InvokeFunction"], [self._engine.api.arn])
        if self._endpoint != "aws":
            return
        unnarrowed = "Rekognition's tracking operations have no resource types."
        self.start.allow(["rekognition:StartPersonTracking"], ["*"], because=unnarrowed)
        for function in (self.collect, self.reconcile):
            function.allow(["rekognition:GetPersonTracking"], ["*"], because=unnarrowed)
        # Rekognition reads the video with the caller's rights.
        self._videos.let_read(self.start)
        self.start.allow(["iam:PassRole"], [self._completion.publish_role.role_arn])

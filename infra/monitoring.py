"""Alarms for what an operator must act on, and a dashboard for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.functions import METRICS_NAMESPACE, Function
from infra.queues import DurableQueue

_FIVE_MINUTES = Duration.minutes(5)
_HOUR = Duration.hours(1)

_OLDEST_SECONDS = 3600
"""Back-pressure sends messages again, so a message this old is not merely waiting for its turn."""

_FAILED_PERCENT = 50
"""Of an hour's videos: one bad file among a few raises no alarm."""

_FEWEST_VIDEOS = 4


class Monitoring(Construct):
    """Alarms to a topic (by e-mail where an address is given), and a dashboard."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        service: str,
        queues: Mapping[str, DurableQueue],
        functions: Sequence[Function],
        busiest: Sequence[Function],
        email: str | None,
    ) -> None:
        """`busiest`: those of the functions called most. An alarm costs by the metrics it watches."""
        super().__init__(scope, construct_id)
        self._service = service
        self._functions = functions
        self.topic = self._alarm_topic(key, email)
        for name, queue in queues.items():
            self._watch_queue(name, queue)
        self._watch_videos()
        self._watch_functions(busiest)
        self._draw(queues)

    def _alarm_topic(self, key: kms.IKey, email: str | None) -> sns.Topic:
        topic = sns.Topic(self, "Alarms", master_key=key, enforce_ssl=True)
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        if email is not None:
            sns.CfnSubscription(
                self, "AlarmEmail", topic_arn=topic.topic_arn, protocol="email", endpoint=email
            )
        return topic

    def _watch_queue(self, name: str, queue: DurableQueue) -> None:
        self._alarm(
            f"{name}DeadLetters",
            queue.dead_letter_queue.metric_approximate_number_of_messages_visible(
                period=_FIVE_MINUTES, statistic="Maximum"
            ),
            threshold=1,
            says=f"{name}: messages are in the dead-letter queue. List and redrive them with `make redrive`.",
        )
        self._alarm(
            f"{name}Waiting",
            queue.queue.metric_approximate_age_of_oldest_message(period=_FIVE_MINUTES, statistic="Maximum"),
            threshold=_OLDEST_SECONDS,
            says=f"{name}: the oldest message has waited for over an hour. "
            "Its function keeps failing, or cannot keep up.",
        )

    def _watch_videos(self) -> None:
        failed, ready = self._counted("VideosFailed", _HOUR), self._counted("VideosReady", _HOUR)
        self._alarm(
            "FailedVideos",
            cloudwatch.MathExpression(
                # A counter that counted nothing has no value at all.
                expression=f"IF(FILL(failed, 0) + FILL(ready, 0) >= {_FEWEST_VIDEOS}, "
                "100 * FILL(failed, 0) / (FILL(failed, 0) + FILL(ready, 0)), 0)",
                using_metrics={"failed": failed, "ready": ready},
                period=_HOUR,
                label="Failed videos, percent",
            ),
            threshold=_FAILED_PERCENT,
            says="Half of the last hour's videos failed. StatusMessage in their META items says why.",
        )
        self._alarm(
            "StuckJobs",
            self._counted("StuckJobs", _HOUR),
            threshold=1,
            says="The reconciler found stuck videos, and resumed or failed them.",
        )
        self._alarm(
            "ForeignUploads",
            self._counted("ForeignUploads", _HOUR),
            threshold=1,
            says="Events of another bucket reached the upload queue and were dropped. The log of "
            "start_tracking names the bucket: remove its notification.",
        )

    def _watch_functions(self, busiest: Sequence[Function]) -> None:
        for name, watched, says in (
            (
                "Throttles",
                # All functions draw on one quota: when it is used up, those that are called most are refused
                # too.
                busiest,
                "Functions have been throttled for 15 minutes: raise the account's Lambda quota, "
                "or lower the option functions.",
            ),
            ("Errors", self._functions, "Functions have been failing for 15 minutes. Their logs say why."),
        ):
            metric = _summed(name, watched, _FIVE_MINUTES)
            self._alarm(name, metric, threshold=1, periods=3, says=says)

    def _alarm(
        self,
        construct_id: str,
        metric: cloudwatch.IMetric,
        *,
        threshold: float,
        says: str,
        periods: int = 1,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=says,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))

    def _counted(self, name: str, period: Duration) -> cloudwatch.Metric:
        """What the functions count themselves."""
        return cloudwatch.Metric(
            namespace=METRICS_NAMESPACE,
            metric_name=name,
            dimensions_map={"service": self._service},
            statistic="Sum",
            period=period,
        )

    def _draw(self, queues: Mapping[str, DurableQueue]) -> None:
        counted = [self._counted(name, _FIVE_MINUTES) for name in ("JobsStarted", "JobsHeldBack")]
        outcomes = [self._counted(name, _FIVE_MINUTES) for name in ("VideosReady", "VideosFailed")]
        repairs = [self._counted(name, _FIVE_MINUTES) for name in ("StuckJobs", "MissedVideos")]
        work = [self._counted(name, _FIVE_MINUTES) for name in ("FramesAnalysed", "RecordsCollected")]
        depths = [queue.queue.metric_approximate_number_of_messages_visible() for queue in queues.values()]
        ages = [queue.queue.metric_approximate_age_of_oldest_message() for queue in queues.values()]
        dead = [
            queue.dead_letter_queue.metric_approximate_number_of_messages_visible()
            for queue in queues.values()
        ]
        durations = [function.function.metric_duration(statistic="p95") for function in self._functions]
        dashboard = cloudwatch.Dashboard(self, "Dashboard", default_interval=Duration.hours(12))
        dashboard.add_widgets(
            _graph("Videos started and held back", counted),
            _graph("Videos ready and failed", outcomes),
            _graph("Repaired by the reconciler", repairs),
        )
        dashboard.add_widgets(
            _graph("Messages waiting", depths),
            _graph("Oldest message, seconds", ages),
            _graph("Dead-letter messages", dead),
        )
        dashboard.add_widgets(
            _graph("Frames analysed, records collected", work),
            _graph("Function durations, p95", durations),
            _graph(
                "Function errors and throttles",
                [_summed(name, self._functions, _FIVE_MINUTES) for name in ("Errors", "Throttles")],
            ),
        )


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=8)


def _summed(name: str, functions: Sequence[Function], period: Duration) -> cloudwatch.MathExpression:
    """A metric of Lambda's, summed over functions: at most ten, since an alarm takes no more metrics than
    that.
    """
    metrics: dict[str, cloudwatch.IMetric] = {
        f"{name.lower()}{number}": function.function.metric(name, period=period, statistic="Sum")
        for number, function in enumerate(functions)
    }
    return cloudwatch.MathExpression(
        expression=f'SUM(METRICS("{name.lower()}"))', using_metrics=metrics, period=period, label=name
    )

"""What an operator must act on raises an alarm, and every alarm reaches the topic."""

from __future__ import annotations

import json
from typing import Any

from tests.infrastructure.conftest import Synthesize
from tests.infrastructure.template import Resource, Template

BUSIEST = (
    "pipeline.handlers.start_tracking.handler",
    "pipeline.handlers.collect_tracks.handler",
    "engine.handlers.api.handler",
    "engine.handlers.detect.handler",
)


def alarms(template: Template) -> dict[str, Resource]:
    return {
        alarm.logical_id.removeprefix("Monitoring")[:-8]: alarm
        for alarm in template.all("AWS::CloudWatch::Alarm")
    }


def test_what_is_alarmed(template: Template) -> None:
    assert set(alarms(template)) == {
        "UploadDeadLetters",
        "CollectDeadLetters",
        "AnswersDeadLetters",
        "AnswersWaiting",
        "CrashedDeadLetters",
        "UploadWaiting",
        "CollectWaiting",
        "CrashedWaiting",
        "FailedVideos",
        "StuckJobs",
        "ForeignUploads",
        "Throttles",
        "Errors",
    }


def test_every_alarm_says_what_to_do_and_reaches_the_topic(template: Template) -> None:
    topic = template.outputs["AlarmTopic"]
    for alarm in alarms(template).values():
        assert alarm["AlarmActions"] == [topic]
        assert len(alarm["AlarmDescription"]) > 20
        assert alarm["TreatMissingData"] == "notBreaching"


def test_one_dead_letter_message_raises_an_alarm(template: Template) -> None:
    dead = {
        queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for queue in template.all("AWS::SQS::Queue")
        if "RedrivePolicy" in queue.properties
    }
    watched = set()
    for name in ("UploadDeadLetters", "CollectDeadLetters", "AnswersDeadLetters", "CrashedDeadLetters"):
        alarm = alarms(template)[name]
        assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 1)
        assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
        (dimension,) = alarm["Dimensions"]
        watched.add(dimension["Value"]["Fn::GetAtt"][0])
    assert watched == dead


def test_errors_of_every_function_and_throttles_of_the_busiest_count(template: Template) -> None:
    every = {function.logical_id for function in template.all("AWS::Lambda::Function")}
    busiest = {template.function(handler).logical_id for handler in BUSIEST}
    for name, functions in (("Throttles", busiest), ("Errors", every)):
        metrics = [metric for metric in alarms(template)[name]["Metrics"] if "MetricStat" in metric]
        assert len(metrics) <= 10  # the most an alarm takes
        assert {
            metric["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"] for metric in metrics
        } == functions
        assert {metric["MetricStat"]["Metric"]["MetricName"] for metric in metrics} == {name}


def test_alarms_watch_the_metrics_that_the_functions_emit(synthesize: Synthesize) -> None:
    template = synthesize(prefix="Shop-9", alarm_email="ops@example.org")
    variables = template.function("pipeline.handlers.collect_tracks.handler")["Environment"]["Variables"]
    alarm = alarms(template)["StuckJobs"]
    assert alarm["Namespace"] == variables["POWERTOOLS_METRICS_NAMESPACE"]
    assert alarm["Dimensions"] == [{"Name": "service", "Value": variables["POWERTOOLS_SERVICE_NAME"]}]
    using = alarms(template)["FailedVideos"]["Metrics"]
    counters = {m["MetricStat"]["Metric"]["MetricName"] for m in using if "MetricStat" in m}
    assert counters == {"VideosFailed", "VideosReady"}


def test_alarms_are_mailed_where_an_address_is_given(template: Template, synthesize: Synthesize) -> None:
    def mailed(template: Template) -> list[Any]:
        return [
            subscription["Endpoint"]
            for subscription in template.all("AWS::SNS::Subscription")
            if subscription["Protocol"] == "email"
        ]

    assert mailed(template) == []
    assert mailed(synthesize(prefix="Shop-9", alarm_email="ops@example.org")) == ["ops@example.org"]


def test_the_dashboard_is_whole_json(template: Template) -> None:
    body = template.one("AWS::CloudWatch::Dashboard")["DashboardBody"]["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else "token" for part in body)
    assert len(json.loads(text)["widgets"]) == 9

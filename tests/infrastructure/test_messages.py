"""No message is lost: triggers, queues, dead-letter queues and timeouts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infrastructure.conftest import Synthesize
from tests.infrastructure.template import Resource, Template


def queue_of(template: Template, handler: str) -> tuple[Resource, Resource]:
    """The event source of a function and the queue it reads."""
    function = template.function(handler).logical_id
    (mapping,) = (
        mapping
        for mapping in template.all("AWS::Lambda::EventSourceMapping")
        if mapping["FunctionName"] == {"Ref": function}
    )
    queue = mapping["EventSourceArn"]["Fn::GetAtt"][0]
    return mapping, template.one("AWS::SQS::Queue", queue)


QUEUED = (
    "pipeline.handlers.start_tracking.handler",
    "pipeline.handlers.collect_tracks.handler",
    "pipeline.handlers.answer_scenes.handler",
    "engine.handlers.finish.handler",
)


def test_uploads_of_videos_in_any_letter_case_are_notified_and_nothing_else(template: Template) -> None:
    notified = template.one("AWS::S3::Bucket", "Videos")["NotificationConfiguration"]["QueueConfigurations"]
    suffixes = [rule["Value"] for entry in notified for rule in entry["Filter"]["S3Key"]["Rules"]]
    assert all(rule["Name"] == "suffix" for entry in notified for rule in entry["Filter"]["S3Key"]["Rules"])
    assert {suffix.lower() for suffix in suffixes} == {".mp4", ".mov", ".avi"}
    assert len(set(suffixes)) == len(suffixes) == 4 + 8 + 8
    assert {entry["Event"] for entry in notified} == {"s3:ObjectCreated:*"}
    _, queue = queue_of(template, "pipeline.handlers.start_tracking.handler")
    assert all(entry["Queue"] == {"Fn::GetAtt": [queue.logical_id, "Arn"]} for entry in notified)


def test_every_change_of_a_scene_is_notified_and_nothing_else(template: Template) -> None:
    notified = template.one("AWS::S3::Bucket", "Results")["NotificationConfiguration"]["QueueConfigurations"]
    _, queue = queue_of(template, "pipeline.handlers.answer_scenes.handler")
    assert {entry["Event"] for entry in notified} == {"s3:ObjectCreated:*", "s3:ObjectRemoved:*"}
    for entry in notified:
        assert entry["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "scenes/"}]
        assert entry["Queue"] == {"Fn::GetAtt": [queue.logical_id, "Arn"]}
    bucket = template.one("AWS::S3::Bucket", "Results")
    policies = {policy.logical_id for policy in template.all("AWS::SQS::QueuePolicy")}
    assert any(name in policies and name.startswith("AnswersQueue") for name in bucket.whole["DependsOn"])


def test_the_upload_queue_accepts_before_the_bucket_tries_it(template: Template) -> None:
    bucket = template.one("AWS::S3::Bucket", "Videos")
    policies = {policy.logical_id for policy in template.all("AWS::SQS::QueuePolicy")}
    assert any(name in policies and name.startswith("UploadsQueue") for name in bucket.whole["DependsOn"])


@pytest.mark.parametrize(
    ("prefix", "named"),
    [
        ("people-pathing", "people-pathing-videosbuc*"),
        ("Shop-9", "shop-9-videosbucketd93e5*"),
        ("a" * 40, "a" * 24 + "*"),  # CloudFormation shortens the names of such a stack
    ],
)
def test_the_upload_queue_takes_events_of_the_videos_bucket_alone(
    synthesize: Synthesize, prefix: str, named: str
) -> None:
    (statement,) = (
        statement
        for logical_id, statement in synthesize(prefix=prefix).policy_statements()
        if logical_id.startswith("UploadsQueue") and statement["Effect"] == "Allow"
    )
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    arn = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":s3:::{named}"]]}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "ArnLike": {"aws:SourceArn": arn},
    }


def test_every_sender_to_a_queue_is_named(template: Template) -> None:
    allowed = [
        statement
        for policy in template.all("AWS::SQS::QueuePolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert len(allowed) == 6
    for statement in allowed:
        source = statement["Condition"]["ArnLike"]["aws:SourceArn"]
        assert source != "*"
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


def test_every_queue_has_a_dead_letter_queue_of_its_own(template: Template) -> None:
    queues = {queue.logical_id: queue for queue in template.all("AWS::SQS::Queue")}
    targets = [
        queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for queue in queues.values()
        if "RedrivePolicy" in queue.properties
    ]
    assert len(targets) == len(set(targets)) == 4
    assert set(targets) == {name for name, queue in queues.items() if "RedrivePolicy" not in queue.properties}
    assert all(queues[target]["MessageRetentionPeriod"] == 14 * 86400 for target in targets)
    assert all(
        queue["RedrivePolicy"]["maxReceiveCount"] >= 5  # fewer are used up by throttled pollers
        for queue in queues.values()
        if "RedrivePolicy" in queue.properties
    )


def test_the_visibility_timeout_is_six_times_the_functions_timeout(template: Template) -> None:
    for handler in QUEUED:
        _, queue = queue_of(template, handler)
        assert queue["VisibilityTimeout"] >= 6 * template.function(handler)["Timeout"]


def test_one_bad_record_does_not_stop_a_batch_and_a_flood_does_not_starve_the_account(
    template: Template,
) -> None:
    for handler in QUEUED:
        mapping, _ = queue_of(template, handler)
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert all(
        "ReservedConcurrentExecutions" not in function.properties
        for function in template.all("AWS::Lambda::Function")
    )


def test_starting_collecting_and_answering_are_as_wide_as_the_budget(synthesize: Synthesize) -> None:
    template = synthesize(functions="200")
    at_once = {
        handler: queue_of(template, handler)[0]["ScalingConfig"]["MaximumConcurrency"] for handler in QUEUED
    }
    assert at_once == {
        "pipeline.handlers.start_tracking.handler": 4,
        "pipeline.handlers.collect_tracks.handler": 20,
        "pipeline.handlers.answer_scenes.handler": 4,
        "engine.handlers.finish.handler": 2,
    }


def test_a_batch_of_uploads_fits_in_its_functions_time_however_slow_the_engine(template: Template) -> None:
    mapping, _ = queue_of(template, "pipeline.handlers.start_tracking.handler")
    longest_call = template.function("engine.handlers.api.handler")["Timeout"]
    longest_batch = mapping["BatchSize"] * longest_call
    assert template.function("pipeline.handlers.start_tracking.handler")["Timeout"] > longest_batch


def test_completions_reach_the_collector_and_undeliverable_ones_its_dead_letter_queue(
    template: Template,
) -> None:
    topic = template.one("AWS::SNS::Topic", "Completion").logical_id
    (subscription,) = (
        subscription
        for subscription in template.all("AWS::SNS::Subscription")
        if subscription["TopicArn"] == {"Ref": topic}
    )
    _, queue = queue_of(template, "pipeline.handlers.collect_tracks.handler")
    assert subscription["Protocol"] == "sqs"
    assert subscription["Endpoint"] == {"Fn::GetAtt": [queue.logical_id, "Arn"]}
    dead_letter_target = queue["RedrivePolicy"]["deadLetterTargetArn"]
    assert subscription["RedrivePolicy"] == {"deadLetterTargetArn": dead_letter_target}


def test_executions_that_end_badly_reach_finish(template: Template) -> None:
    rule = template.one("AWS::Events::Rule", "EngineCrashed")
    machine = template.one("AWS::StepFunctions::StateMachine").logical_id
    assert rule["EventPattern"] == {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {"stateMachineArn": [{"Ref": machine}], "status": ["FAILED", "TIMED_OUT", "ABORTED"]},
    }
    _, queue = queue_of(template, "engine.handlers.finish.handler")
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": [queue.logical_id, "Arn"]}
    assert target["DeadLetterConfig"] == {"Arn": queue["RedrivePolicy"]["deadLetterTargetArn"]}


def test_the_reconciler_runs_on_a_schedule(template: Template) -> None:
    function = template.function("pipeline.handlers.reconcile_jobs.handler").logical_id
    rule = template.one("AWS::Events::Rule", "PipelineReconcile")
    assert rule["ScheduleExpression"] == "rate(10 minutes)"
    assert [target["Arn"] for target in rule["Targets"]] == [{"Fn::GetAtt": [function, "Arn"]}]
    permission = template.one("AWS::Lambda::Permission")
    assert permission["SourceArn"] == {"Fn::GetAtt": [rule.logical_id, "Arn"]}


def test_services_deliver_for_this_account_only(template: Template) -> None:
    """Confused deputies: whatever AWS service a policy lets in, it must come on this account's behalf."""
    for logical_id, statement in template.policy_statements():
        for service in _services(statement):
            # Lambda takes a role only from who may pass it; the key has a test of its own.
            if service != "lambda.amazonaws.com" and not logical_id.startswith("EncryptionKey"):
                account = statement["Condition"]["StringEquals"]["aws:SourceAccount"]
                assert account == {"Ref": "AWS::AccountId"}, logical_id


def _services(statement: dict[str, Any]) -> list[str]:
    principal = statement.get("Principal", {})
    service = principal.get("Service", []) if isinstance(principal, dict) else []
    return service if isinstance(service, list) else [service]

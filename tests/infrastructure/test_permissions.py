"""Least privilege: each function may do what it needs, on the resources it needs, and nothing else."""

from __future__ import annotations

import json
from typing import Any

from tests.infrastructure.conftest import Synthesize
from tests.infrastructure.template import Template, listed

ANSWER = "pipeline.handlers.answer_scenes.handler"
TRACKING = (
    "pipeline.handlers.start_tracking.handler",
    "pipeline.handlers.collect_tracks.handler",
    "pipeline.handlers.reconcile_jobs.handler",
)
PIPELINE = (*TRACKING, ANSWER)
ENGINE_STEPS = (
    "engine.handlers.plan.handler",
    "engine.handlers.turn.handler",
    "engine.handlers.detect.handler",
    "engine.handlers.link.handler",
    "engine.handlers.finish.handler",
)

NO_RESOURCE = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
    "rekognition:StartPersonTracking",
    "rekognition:GetPersonTracking",
}
"""Actions that AWS lets nobody narrow to a resource."""


def allowed(template: Template, handler: str, action: str) -> bool:
    return action in template.rights_of(handler)


def names(resources: list[Any]) -> str:
    return json.dumps(resources)


def role_policies(template: Template) -> list[dict[str, Any]]:
    return [
        statement
        for policy in template.all("AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def test_no_role_has_a_wildcard_action(synthesize: Synthesize) -> None:
    for endpoint in ("engine", "aws", "https://tracking.example.org"):
        for statement in role_policies(synthesize(tracking_endpoint=endpoint)):
            assert not any("*" in action for action in listed(statement["Action"])), statement


def test_every_resource_stands_only_where_aws_knows_no_narrower(synthesize: Synthesize) -> None:
    for endpoint in ("engine", "aws", "https://tracking.example.org"):
        for statement in role_policies(synthesize(tracking_endpoint=endpoint)):
            if "*" in listed(statement["Resource"]):
                assert set(listed(statement["Action"])) <= NO_RESOURCE


def test_no_role_has_managed_policies_and_each_function_has_its_own(template: Template) -> None:
    assert all("ManagedPolicyArns" not in role.properties for role in template.all("AWS::IAM::Role"))
    roles = [function["Role"]["Fn::GetAtt"][0] for function in template.all("AWS::Lambda::Function")]
    assert len(roles) == len(set(roles))


def test_each_queues_function_may_read_it_before_it_is_connected(template: Template) -> None:
    """Else Lambda refuses the connection, and the deployment fails."""
    for mapping in template.all("AWS::Lambda::EventSourceMapping"):
        function = template.one("AWS::Lambda::Function", mapping["FunctionName"]["Ref"])
        rights = template.rights_of(function["Handler"])
        for action in ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"):
            assert rights[action] == [mapping["EventSourceArn"]]
    for function in template.all("AWS::Lambda::Function"):
        role = function["Role"]["Fn::GetAtt"][0]
        policies = {
            policy.logical_id
            for policy in template.all("AWS::IAM::Policy")
            if {"Ref": role} in policy["Roles"]
        }
        assert policies
        assert policies <= set(function.whole["DependsOn"])


def test_only_the_pipeline_may_call_the_engine(template: Template) -> None:
    api = [{"Fn::GetAtt": [template.function("engine.handlers.api.handler").logical_id, "Arn"]}]
    for handler in TRACKING:
        assert template.rights_of(handler)["lambda:InvokeFunction"] == api
    for handler in (ANSWER, *ENGINE_STEPS, "engine.handlers.api.handler"):
        assert not allowed(template, handler, "lambda:InvokeFunction")
    assert not template.all("AWS::Lambda::Url")


def test_videos_are_read_by_the_engine_and_written_by_nobody(template: Template) -> None:
    videos = template.one("AWS::S3::Bucket", "Videos").logical_id
    for handler in (*PIPELINE, *ENGINE_STEPS, "engine.handlers.api.handler"):
        for action, resources in template.rights_of(handler).items():
            if videos in names(resources):
                assert action.startswith(("s3:Get", "s3:List")), (handler, action)
    for handler in PIPELINE:
        assert videos not in names(template.rights_of(handler).get("s3:GetObject", []))


def test_neither_half_reaches_the_others_data_but_for_what_is_left_of_each_job(template: Template) -> None:
    pipelines = [template.one("AWS::DynamoDB::Table", "Results").logical_id]
    pipelines.append(template.one("AWS::S3::Bucket", "Results").logical_id)
    engines = [template.one("AWS::DynamoDB::Table", "Engine").logical_id]
    engines.append(template.one("AWS::S3::Bucket", "Engine").logical_id)
    for handlers, foreign in (
        (PIPELINE, engines),
        ((*ENGINE_STEPS, "engine.handlers.api.handler"), pipelines),
    ):
        for handler in handlers:
            resources = [one for some in template.rights_of(handler).values() for one in some]
            left = ("/jobs/*/still.jpg", "/jobs/*/links.json")
            rights = names([one for one in resources if not any(name in str(one) for name in left)])
            assert not any(name in rights for name in foreign), handler


NO_NEED_TO_TELL_MISSING_FROM_REFUSED = {
    (
        "pipeline.handlers.collect_tracks.handler",
        "EngineWork",
    ),  # what cannot be read of it is as good as none
    # A step's files are written before they are read, and kept longer than its job.
    ("engine.handlers.api.handler", "EngineWork"),
    ("engine.handlers.detect.handler", "EngineWork"),
    ("engine.handlers.link.handler", "EngineWork"),
}
"""Functions that read objects of a bucket they may not list, where S3's answer to a missing object is
AccessDenied: any error is handled alike there.
"""


def test_who_reads_objects_can_tell_a_missing_one_from_a_refused_one(template: Template) -> None:
    """S3 says NoSuchKey only to who may list the bucket, without a condition on the prefix."""
    found = set()
    buckets = {bucket.logical_id for bucket in template.all("AWS::S3::Bucket")}
    for function in template.all("AWS::Lambda::Function"):
        reading, listing = set(), set()
        for statement in template.statements_of(function["Role"]["Fn::GetAtt"][0]):
            named = {bucket for bucket in buckets if bucket in names(listed(statement["Resource"]))}
            if "s3:GetObject" in listed(statement["Action"]):
                reading |= named
            if "s3:ListBucket" in listed(statement["Action"]) and "Condition" not in statement:
                listing |= named
        found |= {(function["Handler"], bucket[:10]) for bucket in reading - listing}
    assert found == NO_NEED_TO_TELL_MISSING_FROM_REFUSED


def test_only_the_collector_and_who_answers_again_write_and_remove_results(template: Template) -> None:
    for action in ("s3:PutObject", "s3:DeleteObject", "dynamodb:BatchWriteItem"):
        assert [handler for handler in PIPELINE if allowed(template, handler, action)] == [
            "pipeline.handlers.collect_tracks.handler",
            ANSWER,
        ]
        if action.startswith("s3:"):
            written = names(template.rights_of(ANSWER)[action])
            assert "/tracks/*" in written
            assert "/answers/*" in written
            assert "/scenes/*" not in written


def test_who_reads_scenes_is_told_when_one_is_missing(template: Template) -> None:
    """S3 answers with AccessDenied to who may not list the whole bucket."""
    for handler in ("pipeline.handlers.collect_tracks.handler", ANSWER):
        statements = template.statements_of(template.function(handler)["Role"]["Fn::GetAtt"][0])
        (listing,) = (one for one in statements if "s3:ListBucket" in listed(one["Action"]))
        assert "Condition" not in listing


def test_only_finish_takes_the_publishing_role_and_only_it_is_trusted(template: Template) -> None:
    role = template.one("AWS::IAM::Role", "CompletionPublishRole")
    finish = template.function("engine.handlers.finish.handler")["Role"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"AWS": finish}
    assert template.rights_of("engine.handlers.finish.handler")["sts:AssumeRole"] == [
        {"Fn::GetAtt": [role.logical_id, "Arn"]}
    ]
    for handler in (*PIPELINE, "engine.handlers.api.handler", *ENGINE_STEPS[:-1]):
        assert not allowed(template, handler, "sts:AssumeRole")
    topic = template.one("AWS::SNS::Topic", "Completion").logical_id
    publishing = [s for s in template.statements_of(role.logical_id) if s["Action"] == "sns:Publish"]
    assert [statement["Resource"] for statement in publishing] == [{"Ref": topic}]


def test_only_the_api_starts_executions_and_the_machine_itself(template: Template) -> None:
    machine = {"Ref": template.one("AWS::StepFunctions::StateMachine").logical_id}
    assert template.rights_of("engine.handlers.api.handler")["states:StartExecution"] == [machine]
    for handler in (*PIPELINE, *ENGINE_STEPS):
        assert not allowed(template, handler, "states:StartExecution")
    workflow = template.one("AWS::IAM::Role", "EngineWorkflowRole").logical_id
    starting = [
        statement
        for statement in template.statements_of(workflow)
        if "states:StartExecution" in listed(statement["Action"])
    ]
    assert [statement["Resource"] for statement in starting] == [machine]


def test_who_uploads_may_do_nothing_but_put_videos(template: Template) -> None:
    (policy,) = template.all("AWS::IAM::ManagedPolicy")
    assert not {"Roles", "Users", "Groups"} & set(policy.properties)  # attached by the account
    put, key = policy["PolicyDocument"]["Statement"]
    assert set(put["Action"]) == {"s3:PutObject", "s3:AbortMultipartUpload"}
    videos = {"Fn::GetAtt": [template.one("AWS::S3::Bucket", "Videos").logical_id, "Arn"]}
    assert put["Resource"] == {"Fn::Join": ["", [videos, "/*"]]}
    assert set(key["Action"]) == {"kms:GenerateDataKey", "kms:Decrypt"}
    assert key["Resource"] == template.outputs["Key"]
    via_s3 = ["s3.", {"Ref": "AWS::Region"}, ".", {"Ref": "AWS::URLSuffix"}]
    assert key["Condition"] == {"StringEquals": {"kms:ViaService": {"Fn::Join": ["", via_s3]}}}


def test_nobody_redrives_an_execution(template: Template) -> None:
    """A failure was caught and the caller notified: the same execution cannot take that back."""
    for statement in role_policies(template):
        assert "states:RedriveExecution" not in listed(statement["Action"])


def test_with_rekognition_itself_the_engine_is_not_deployed(synthesize: Synthesize) -> None:
    template = synthesize(tracking_endpoint="aws")
    assert not template.all("AWS::StepFunctions::StateMachine")
    handlers = [function["Handler"] for function in template.all("AWS::Lambda::Function")]
    assert sorted(handlers) == sorted(PIPELINE)
    role = template.one("AWS::IAM::Role", "CompletionPublishRole")
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "rekognition.amazonaws.com"}
    start = template.rights_of("pipeline.handlers.start_tracking.handler")
    assert start["rekognition:StartPersonTracking"] == ["*"]
    assert start["iam:PassRole"] == [{"Fn::GetAtt": [role.logical_id, "Arn"]}]
    assert "rekognition:GetPersonTracking" not in start
    collect = template.rights_of("pipeline.handlers.collect_tracks.handler")
    assert collect["rekognition:GetPersonTracking"] == ["*"]
    assert "iam:PassRole" not in collect


def test_with_another_endpoint_no_aws_service_is_asked(synthesize: Synthesize) -> None:
    template = synthesize(tracking_endpoint="https://tracking.example.org")
    assert not template.all("AWS::StepFunctions::StateMachine")
    for handler in PIPELINE:
        rights = template.rights_of(handler)
        assert not any(action.startswith(("rekognition:", "lambda:", "iam:")) for action in rights)
        variables = template.function(handler)["Environment"]["Variables"]
        assert variables["TRACKING_ENDPOINT"] == "https://tracking.example.org"


def test_videos_may_be_encrypted_under_keys_of_the_accounts_own(synthesize: Synthesize) -> None:
    key = "arn:aws:kms:eu-west-1:123456789012:key/1a-2b"
    for endpoint, readers in (
        (
            "engine",
            {"engine.handlers.api.handler", "engine.handlers.plan.handler", "engine.handlers.detect.handler"},
        ),
        ("aws", {"pipeline.handlers.start_tracking.handler"}),
    ):
        template = synthesize(tracking_endpoint=endpoint, video_key_arns=key)
        handlers = PIPELINE + (("engine.handlers.api.handler", *ENGINE_STEPS) if endpoint == "engine" else ())
        granted = {one for one in handlers if key in names(template.rights_of(one)["kms:Decrypt"])}
        assert granted == readers

"""The functions: runtime, environment, timeout and memory."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.infrastructure.conftest import Synthesize
from tests.infrastructure.template import Template

PIPELINE = [
    f"pipeline.handlers.{module}.handler"
    for module in ("start_tracking", "collect_tracks", "answer_scenes", "reconcile_jobs")
]
ENGINE = [
    f"engine.handlers.{module}.handler" for module in ("api", "plan", "turn", "detect", "link", "finish")
]


def environment(template: Template, handler: str) -> dict[str, Any]:
    variables: dict[str, Any] = template.function(handler)["Environment"]["Variables"]
    return variables


def test_every_handler_is_deployed_once(template: Template) -> None:
    assert sorted(function["Handler"] for function in template.all("AWS::Lambda::Function")) == sorted(
        PIPELINE + ENGINE
    )


def test_functions_fit_a_fresh_account_and_are_traced(template: Template) -> None:
    for function in template.all("AWS::Lambda::Function"):
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == ["x86_64"]
        assert function["MemorySize"] <= 3008
        assert function["Timeout"] <= 900
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert len(json.dumps(function["Environment"])) < 4096


def test_only_functions_that_send_to_their_own_queue_may_run_in_a_loop(template: Template) -> None:
    """Lambda stops any other function after about sixteen rounds of one chain."""
    loops = {
        function["Handler"]: function["RecursiveLoop"]
        for function in template.all("AWS::Lambda::Function")
        if "RecursiveLoop" in function.properties
    }
    assert loops == {
        "pipeline.handlers.start_tracking.handler": "Allow",
        "pipeline.handlers.collect_tracks.handler": "Allow",
        "pipeline.handlers.answer_scenes.handler": "Allow",
        "engine.handlers.api.handler": "Allow",
    }


def test_no_function_lets_onnxruntime_report_its_use(template: Template) -> None:
    for function in template.all("AWS::Lambda::Function"):
        assert function["Environment"]["Variables"]["ORT_DISABLE_TELEMETRY"] == "1"


def test_every_log_has_an_end(template: Template) -> None:
    groups = {group.logical_id: group for group in template.all("AWS::Logs::LogGroup")}
    used = {
        function["LoggingConfig"]["LogGroup"]["Ref"] for function in template.all("AWS::Lambda::Function")
    }
    assert len(used) == len(PIPELINE + ENGINE)
    assert used < set(groups)
    assert all(group["RetentionInDays"] == 30 for group in groups.values())


def test_the_pipeline_gets_the_environment_it_needs(template: Template) -> None:
    for handler in PIPELINE:
        variables = environment(template, handler)
        assert {name: variables[name] for name in ("TRACKING_ENDPOINT", "RETENTION_DAYS")} == {
            "TRACKING_ENDPOINT": "engine",
            "RETENTION_DAYS": "30",
        }
        assert variables["TRACKS_TABLE"] == template.outputs["TracksTable"]
        assert variables["RESULTS_BUCKET"] == template.outputs["ResultsBucket"]
        assert variables["VIDEOS_BUCKET"] == template.outputs["VideosBucket"]
        assert variables["ENGINE_FUNCTION"] == template.outputs["EngineFunction"]
        assert variables["STILLS_BUCKET"] == template.outputs["WorkBucket"]
        assert variables["COMPLETION_TOPIC_ARN"] == template.outputs["CompletionTopic"]
        assert variables["UPLOAD_QUEUE_URL"] == template.outputs["UploadQueue"]
        assert variables["COLLECT_QUEUE_URL"] == template.outputs["CollectQueue"]
        assert variables["ANSWERS_QUEUE_URL"] == template.outputs["AnswersQueue"]
        assert template.one("AWS::IAM::Role", variables["PUBLISH_ROLE_ARN"]["Fn::GetAtt"][0])


def test_the_engine_gets_the_environment_it_needs(synthesize: Synthesize) -> None:
    template = synthesize(
        detector="nanodet",
        analysis_hz="7.5",
        segment_seconds="20",
        faces="off",
        max_open_jobs="3",
        functions="50",
        concurrency="2",
    )
    for handler in ENGINE:
        variables = environment(template, handler)
        assert variables["JOBS_TABLE"] == template.outputs["JobsTable"]
        assert variables["WORK_BUCKET"] == template.outputs["WorkBucket"]
        assert variables["DETECTOR"] == "nanodet"
        assert variables["ANALYSIS_HZ"] == "7.5"
        assert variables["SEGMENT_SECONDS"] == "20"
        assert (variables["DETECT_MEMORY_MB"], variables["DETECT_SECONDS"]) == ("3008", "900")
        assert variables["FACES"] == "off"
        assert variables["MAX_OPEN_JOBS"] == "3"
        assert variables["SEGMENTS_AT_ONCE"] == "2"
        assert (variables["DETECT_FUNCTIONS"], variables["READERS"]) == ("45", "5")
        assert ("STATE_MACHINE_ARN" in variables) == (handler == "engine.handlers.api.handler")


def test_functions_name_themselves_in_logs_and_metrics(synthesize: Synthesize) -> None:
    variables = environment(synthesize(prefix="Shop-9"), "engine.handlers.detect.handler")
    assert variables["POWERTOOLS_SERVICE_NAME"] == "Shop-9"
    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == "PeoplePathing"


def test_memory_is_a_choice(synthesize: Synthesize) -> None:
    template = synthesize(detect_memory_mb="1769", link_memory_mb="4096")
    assert template.function("engine.handlers.detect.handler")["MemorySize"] == 1769
    assert environment(template, "engine.handlers.plan.handler")["DETECT_MEMORY_MB"] == "1769"
    assert template.function("engine.handlers.link.handler")["MemorySize"] == 4096


def test_outputs_name_what_an_operator_looks_for(template: Template) -> None:
    assert {
        "AlarmTopic",
        "VideosBucket",
        "ResultsBucket",
        "TracksTable",
        "EngineFunction",
        "CompletionTopic",
        "UploadQueue",
        "UploadDeadLetters",
        "CollectQueue",
        "CollectDeadLetters",
        "AnswersQueue",
        "AnswersDeadLetters",
        "AnswersDatabase",
        "CrashedQueue",
        "CrashedDeadLetters",
        "JobsTable",
        "WorkBucket",
        "StateMachine",
        "Key",
        "UploaderPolicy",
        "ApiRole",
        "PlanRole",
        "DetectRole",
        "FinishRole",
    } <= set(template.outputs)


def test_no_arn_names_a_partition_of_aws(template: Template) -> None:
    """China and GovCloud have their own: an ARN takes the stack's."""
    assert "arn:aws" not in template.text


def test_every_resource_that_costs_carries_the_tags_asked_for(synthesize: Synthesize) -> None:
    template = synthesize(tags="team=video")
    tag = {"Key": "team", "Value": "video"}
    for kind in (
        "AWS::CloudWatch::Alarm",
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::StepFunctions::StateMachine",
    ):
        for resource in template.all(kind):
            assert tag in resource["Tags"], resource.logical_id


def test_two_syntheses_differ_in_nothing(synthesize: Synthesize, template: Template) -> None:
    again = synthesize(retention_days="30")
    packages = re.compile(r"[0-9a-f]{64}\.zip")  # of sources that may have been edited between
    assert packages.sub("", again.text) == packages.sub("", template.text)


def test_no_template_is_larger_than_cloudformation_takes(template: Template) -> None:
    assert len(template.text.encode()) < 1_000_000
    assert len(template.document["Resources"]) < 500

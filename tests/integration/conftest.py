"""A small cloud assembly as CDK writes one, for tests of the deployment itself."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.integration.grants import Recorder, granted

_BUCKET = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
_ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    },
}

AssemblyMaker = Callable[..., Path]


@pytest.fixture(scope="session")
def _recorder() -> Recorder:
    recorder = Recorder()
    boto3.setup_default_session()  # the handlers' own; tests have others
    assert boto3.DEFAULT_SESSION is not None
    boto3.DEFAULT_SESSION.events.register("before-parameter-build", recorder.note)
    return recorder


@pytest.fixture(autouse=True)
def _every_call_of_a_handler_is_granted(_recorder: Recorder) -> Iterator[None]:
    _recorder.clear()
    yield
    refused = [use for use in _recorder.uses if not granted().allow(use)]
    assert refused == [], f"the stack grants none of this: {refused}"


@pytest.fixture
def make_assembly(tmp_path: Path) -> AssemblyMaker:
    """Writes an assembly of one function with the code `source`, and further resources."""

    def make(source: str, resources: dict[str, Any] | None = None, name: str = "small") -> Path:
        folder = tmp_path / name
        code = folder / "asset.code"
        code.mkdir(parents=True, exist_ok=True)
        (code / "code.py").write_text(source)
        template = _template(source, resources or {})
        (folder / "small.template.json").write_text(json.dumps(template))
        files = {
            "code": _asset("asset.code", "zip", f"{_key(source)}.zip"),
            "template": _asset("small.template.json", "file", f"{_key(json.dumps(template))}.json"),
        }
        (folder / "small.assets.json").write_text(json.dumps({"files": files}))
        url = f"https://{_BUCKET}.s3.${{AWS::Region}}.amazonaws.com/"
        properties = {
            "templateFile": "small.template.json",
            "stackName": name,
            "stackTemplateAssetObjectUrl": url + files["template"]["destinations"]["current"]["objectKey"],
        }
        artifacts = {
            "small.assets": {"type": "cdk:asset-manifest", "properties": {"file": "small.assets.json"}},
            "small": {"type": "aws:cloudformation:stack", "properties": properties},
        }
        (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}))
        return folder

    return make


def _template(source: str, resources: dict[str, Any]) -> dict[str, Any]:
    return {
        "Parameters": {
            "BootstrapVersion": {
                "Type": "AWS::SSM::Parameter::Value<String>",
                "Default": "/cdk-bootstrap/hnb659fds/version",
            }
        },
        "Resources": {
            "Role": _ROLE,
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Runtime": "python3.13",
                    "Handler": "code.handler",
                    "Timeout": 60,
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Code": {"S3Bucket": {"Fn::Sub": _BUCKET}, "S3Key": f"{_key(source)}.zip"},
                },
            },
            **resources,
        },
        "Outputs": {"EngineFunction": {"Value": {"Ref": "Function"}}},
    }


def _asset(path: str, packaging: str, key: str) -> dict[str, Any]:
    return {
        "source": {"path": path, "packaging": packaging},
        "destinations": {"current": {"bucketName": _BUCKET, "objectKey": key}},
    }


def _key(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()

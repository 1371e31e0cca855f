"""Calls of AWS that handlers make in a test's own process, and what the stack grants their functions.

A call is recorded by boto3's own event when a handler is on the calling thread's stack; what another thread
calls counts for the last handler that called. Names of a test's resources are translated to the stack's. S3
and SQS use the key with the caller's rights, so that a call of theirs needs grants on the key too.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from tests.infrastructure.template import Template
from tools.deployment.synth import synthesize
from tools.progress import Progress

KEY = "EncryptionKey"
_A_TEST = "a test"
_NAMES = {
    "videos": "VideosBucket",
    "results": "ResultsBucket",
    "tracks": "ResultsTracks",
    "uploads": "UploadsQueue",
    "collects": "CompletionCollectsQueue",
    "answers": "AnswersQueue",
    "jobs": "EngineJobs",
    "work": "EngineWork",
}
"""Of a test's resources, the part that says what it is → the logical id, without its hash."""

_READS, _WRITES = ("kms:Decrypt",), ("kms:GenerateDataKey",)
_BOTH = (*_READS, *_WRITES)


@dataclass(frozen=True)
class Use:
    """What a function asked for: an action of IAM, and its resource in the stack's own words."""

    function: str
    action: str
    resource: str


@dataclass
class Recorder:
    """The calls since `clear`."""

    _calls: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)
    _last: str | None = None

    def note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """botocore's event `before-parameter-build`, before every call."""
        caller = _caller()
        if caller == _A_TEST:
            return
        self._last = caller or self._last
        if self._last is not None:
            self._calls.append((self._last, model.service_model.service_name, model.name, params))

    @property
    def uses(self) -> set[Use]:
        """What the calls needed. Raises KeyError for a call that is unknown here."""
        return {
            Use(function, action, resource)
            for function, service, operation, params in self._calls
            for action, resource in _SERVICES.get(service, _nothing)(operation, params)
        }

    def clear(self) -> None:
        self._calls, self._last = [], None


def _nothing(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """A tracking endpoint by its address needs no grant; what is behind Lambda's is a test's own."""
    yield from ()


def _dynamodb(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if operation == "TransactWriteItems":
        for item in params["TransactItems"]:
            ((kind, written),) = item.items()
            name = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}.get(
                kind, "ConditionCheckItem"
            )
            yield f"dynamodb:{name}", _logical(written["TableName"])
        return
    if operation == "BatchWriteItem":  # its body is prepared, and put in later
        yield "dynamodb:BatchWriteItem", "ResultsTracks"
        return
    tables = params.get("RequestItems") or [params["TableName"]]
    index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
    for table in tables:
        yield f"dynamodb:{operation}", _logical(table) + index


def _s3(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    key = params.get("Key", "")
    # Some tests have one bucket for a job's files and for others.
    if key.startswith("jobs/"):
        bucket = "EngineWork"
    else:
        bucket = "VideosBucket" if params["Bucket"].startswith("bucket-") else _logical(params["Bucket"])
    version = "Version" if "VersionId" in params else ""
    keys = [key] if key else [each["Key"] for each in params.get("Delete", {}).get("Objects", [])]
    action, key_use = {
        "GetObject": (f"GetObject{version}", _READS),
        "HeadObject": (f"GetObject{version}", _READS),
        "PutObject": ("PutObject", _WRITES),
        "CreateMultipartUpload": ("PutObject", _BOTH),
        "UploadPart": ("PutObject", _BOTH),
        "CompleteMultipartUpload": ("PutObject", _BOTH),
        "AbortMultipartUpload": ("AbortMultipartUpload", ()),
        "DeleteObject": ("DeleteObject", ()),
        "DeleteObjects": ("DeleteObject", ()),
        "ListObjectsV2": ("ListBucket", ()),
        "ListObjectVersions": ("ListBucketVersions", ()),
    }[operation]
    for resource in [f"{bucket}/{key}" for key in keys] or [bucket]:
        yield f"s3:{action}", resource
    for use in key_use:
        yield use, KEY


def _sqs(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield f"sqs:{operation}", _logical(params["QueueUrl"].rpartition("/")[2])
    if operation == "SendMessage":
        for use in _BOTH:
            yield use, KEY


def _events(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield f"events:{operation}", "event-bus/default"


def _states(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield f"states:{operation}", "EngineWorkflow"


def _sts(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield f"sts:{operation}", "CompletionPublishRole"


_SERVICES: dict[str, Callable[[str, dict[str, Any]], Iterator[tuple[str, str]]]] = {
    "dynamodb": _dynamodb,
    "s3": _s3,
    "sqs": _sqs,
    "events": _events,
    "stepfunctions": _states,
    "sts": _sts,
}
"""SNS is not here: a completion is published in the role that `finish` assumes."""


def _logical(name: str) -> str:
    """The stack's name of a test's resource, such as `test-…-videos`, `jobs-…` or `jobs`."""
    parts = name.split("-")
    first, last = parts[0], parts[-1]
    return _NAMES[last if first == "test" else first]


def _caller() -> str | None:
    """The nearest among the callers: a handler, by the last part of its module, or `_A_TEST`.

    None on a thread of its own that has neither.
    """
    frame: FrameType | None = sys._getframe().f_back
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith("tests.") and module != __name__:
            return _A_TEST
        # What handlers share has none itself.
        if module.startswith(("pipeline.handlers.", "engine.handlers.")) and "handler" in frame.f_globals:
            return str(module.rpartition(".")[2])
        frame = frame.f_back
    return None


class Grants:
    """What a synthesized stack grants its functions, without conditions, in the words of `Use`."""

    def __init__(self, template: Template) -> None:
        self._of: dict[tuple[str, str], set[str]] = {}
        for function in template.all("AWS::Lambda::Function"):
            handler = function["Handler"]
            role = function["Role"]["Fn::GetAtt"][0]
            assert not any("Condition" in statement for statement in template.statements_of(role))
            for action, resources in template.rights_of(handler).items():
                key = (handler.split(".")[-2], action)
                self._of[key] = {_words(resource) for resource in resources}

    def allow(self, use: Use) -> bool:
        return any(
            fnmatchcase(use.resource, granted) for granted in self._of.get((use.function, use.action), ())
        )


def _words(resource: Any) -> str:
    """A resource of a policy: logical ids stand for ARNs, without their hashes."""
    match resource:
        case str():
            return resource
        case {"Fn::Join": [separator, parts]}:
            joined = str(separator).join(_words(part) for part in parts)
            return re.sub(r"^arn:.*:(event-bus/.*)$", r"\1", joined)
        case {"Fn::GetAtt": [name, _]} | {"Ref": name}:
            return name if name.startswith("AWS::") else str(name)[:-8]
    raise ValueError(f"not a resource that is understood here: {json.dumps(resource)}")


@cache
def granted() -> Grants:
    """What the stack of this checkout grants."""
    with tempfile.TemporaryDirectory(prefix="people-pathing-") as folder:
        return Grants(Template(synthesize(Path(folder) / "assembly", Progress())))

"""Requests checked and answers shaped by botocore's own model of Amazon Rekognition.

The model is the authority on types, required members, lengths, ranges, patterns and enums, so no rule of
the wire is written twice. What the model does not say (clipping MaxResults, token lifetimes) is with the
operations.
"""

from __future__ import annotations

import json
import re
import uuid
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape

from engine.api import errors
from engine.messages import request as messages

CONTENT_TYPE = "application/x-amz-json-1.1"
"""Of every answer, as AWS's JSON services have it."""

_INTEGER_BITS = {"integer": 32, "long": 64}
"""Widths of the model's integer types."""


@cache
def service() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("rekognition", "service-2"), "rekognition")


def operation_named(target: str) -> OperationModel:
    """The operation an X-Amz-Target header names, `RekognitionService.<Operation>`.

    Raises UnknownOperationError when the service model has none of that name.
    """
    prefix, _, name = target.partition(".")
    if prefix != service().metadata["targetPrefix"] or name not in service().operation_names:
        raise errors.UnknownOperationError
    return service().operation_model(name)


def parse_request(operation: OperationModel, body: str) -> dict[str, Any]:
    """The members the model knows, out of a JSON body; nulls and unknown members are dropped.

    Raises SerializationError when the body is not a JSON object, InvalidParameterError naming every member
    that breaks a rule of the model.
    """
    try:
        request = json.loads(body or "{}")
    except (ValueError, RecursionError):
        raise errors.SerializationError from None
    if not isinstance(request, dict):
        raise errors.SerializationError
    assert operation.input_shape is not None
    failures: list[str] = []
    parsed = _parse(operation.input_shape, request, "", failures)
    if failures:
        raise errors.InvalidParameterError.because(*failures)
    return dict(parsed)


def shape_answer(operation: OperationModel, answer: dict[str, Any]) -> dict[str, Any]:
    """Only what the model's output shape has, in its types; members that are None are left out."""
    assert operation.output_shape is not None
    return dict(_shape(operation.output_shape, answer))


def error_body(error: errors.WireError) -> str:
    return json.dumps(
        {"__type": error.name, "Code": error.name, "Logref": str(uuid.uuid4()), "Message": str(error)}
    )


def _parse(shape: Shape, value: Any, path: str, failures: list[str]) -> Any:
    if isinstance(shape, StructureShape):
        return _parse_structure(shape, value, path, failures)
    if shape.type_name in _INTEGER_BITS:
        limit = 2 ** (_INTEGER_BITS[shape.type_name] - 1)
        if isinstance(value, bool) or not isinstance(value, int) or not -limit <= value < limit:
            failures.append(messages.NOT_AN_INTEGER.format(member=path))
        else:
            _check_range(shape, value, path, failures)
    elif not isinstance(value, str):
        failures.append(messages.NOT_A_STRING.format(member=path))
    else:
        _check_text(shape, value, path, failures)
    return value


def _parse_structure(shape: StructureShape, value: Any, path: str, failures: list[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        failures.append(messages.NOT_A_STRUCTURE.format(member=path))
        return {}
    given = {name: value[name] for name in shape.members if value.get(name) is not None}
    failures.extend(
        messages.REQUIRED.format(member=_member(path, name))
        for name in shape.required_members
        if name not in given
    )
    return {
        name: _parse(shape.members[name], item, _member(path, name), failures) for name, item in given.items()
    }


def _member(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _check_range(shape: Shape, value: int, path: str, failures: list[str]) -> None:
    rules = shape.metadata
    if "min" in rules and value < rules["min"]:
        failures.append(messages.TOO_SMALL.format(member=path, limit=rules["min"]))
    if "max" in rules and value > rules["max"]:
        failures.append(messages.TOO_LARGE.format(member=path, limit=rules["max"]))


def _check_text(shape: Shape, value: str, path: str, failures: list[str]) -> None:
    rules = shape.metadata
    if any("\ud800" <= character <= "\udfff" for character in value):
        # Half of a surrogate pair, which JSON can express.
        failures.append(messages.NOT_UNICODE.format(member=path))
    if "min" in rules and len(value) < rules["min"]:
        failures.append(messages.TOO_SHORT.format(member=path, limit=rules["min"]))
    if "max" in rules and len(value) > rules["max"]:
        failures.append(messages.TOO_LONG.format(member=path, limit=rules["max"]))
    if "pattern" in rules and not _pattern(rules["pattern"]).fullmatch(value):
        failures.append(messages.NO_MATCH.format(member=path, pattern=rules["pattern"]))
    if "enum" in rules and value not in rules["enum"]:
        failures.append(messages.NOT_AMONG.format(member=path, choices=", ".join(rules["enum"])))


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _shape(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape):
        return {
            name: _shape(member, value[name])
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if isinstance(shape, ListShape):
        return [_shape(shape.member, item) for item in value]
    if shape.type_name in _INTEGER_BITS:
        return int(value)
    if shape.type_name in ("float", "double"):
        return float(value)
    return value

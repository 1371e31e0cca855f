"""A synthesized template, with the lookups that tests need."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Resource:
    """One resource: logical id, properties, and the whole of it as the template has it."""

    logical_id: str
    whole: dict[str, Any]

    @property
    def properties(self) -> dict[str, Any]:
        return self.whole.get("Properties", {})

    def __getitem__(self, name: str) -> Any:
        return self.properties[name]


class Template:
    """Wraps the JSON of `<stack>.template.json` in a cloud assembly."""

    def __init__(self, assembly: Path) -> None:
        self.assembly = assembly
        (path,) = assembly.glob("*.template.json")
        self.text = path.read_text()
        self.document = json.loads(self.text)

    def all(self, kind: str) -> list[Resource]:
        """The resources of a type, such as `AWS::SQS::Queue`."""
        return [
            Resource(logical_id, whole)
            for logical_id, whole in self.document["Resources"].items()
            if whole["Type"] == kind
        ]

    def one(self, kind: str, id_start: str = "") -> Resource:
        """The only resource of a type whose logical id starts so."""
        found = [resource for resource in self.all(kind) if resource.logical_id.startswith(id_start)]
        assert len(found) == 1, f"{len(found)} of {kind} {id_start}*"
        return found[0]

    @property
    def outputs(self) -> dict[str, Any]:
        return {name: output["Value"] for name, output in self.document["Outputs"].items()}

    def function(self, handler: str) -> Resource:
        (found,) = (
            function for function in self.all("AWS::Lambda::Function") if function["Handler"] == handler
        )
        return found

    def statements_of(self, role: str) -> list[dict[str, Any]]:
        """What the policies of the role with this logical id allow."""
        return [
            statement
            for policy in self.all("AWS::IAM::Policy")
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def rights_of(self, handler: str) -> dict[str, list[Any]]:
        """Action → resources that the role of the function with this handler may use it on."""
        role = self.function(handler)["Role"]["Fn::GetAtt"][0]
        rights: dict[str, list[Any]] = {}
        for statement in self.statements_of(role):
            assert statement["Effect"] == "Allow"
            for action in listed(statement["Action"]):
                rights.setdefault(action, []).extend(listed(statement["Resource"]))
        return rights

    def policy_statements(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every statement of every policy, with the logical id of what it stands on."""
        for logical_id, whole in self.document["Resources"].items():
            for document in _policies(whole.get("Properties", {})):
                for statement in document["Statement"]:
                    yield logical_id, statement


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _policies(properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in ("PolicyDocument", "AssumeRolePolicyDocument", "KeyPolicy"):
        if name in properties:
            yield properties[name]

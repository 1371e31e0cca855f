"""Accepted findings of cdk-nag, each with its reason, next to the construct it is about."""

from __future__ import annotations

from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import Construct


def finding(construct: Construct, rule: str, because: str) -> None:
    """Accept a finding of the AwsSolutions pack on `construct`, such as `L1`."""
    Validations.of(construct).acknowledge(
        Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=because)
    )


def wildcard(construct: Construct, resource: str, because: str) -> None:
    """Accept that a policy of `construct` grants on `resource`, an ARN that ends in or is `*`."""
    finding(construct, f"IAM5[Resource::{_as_reported(Stack.of(construct).resolve(resource))}]", because)


def _as_reported(resolved: Any) -> str:
    """A resource as cdk-nag names it: `<LogicalId.Arn>/*`."""
    if isinstance(resolved, str):
        return resolved
    ((function, argument),) = resolved.items()
    if function == "Fn::Join":
        return "".join(_as_reported(part) for part in argument[1])
    return f"<{argument if isinstance(argument, str) else '.'.join(argument)}>"

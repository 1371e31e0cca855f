"""Resources of the stack that the embedded AWS does not support, and that are left out there alone."""

from typing import Any


def fit(template: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The template without alarms over metric math, which the embedded AWS refuses (and evaluates no alarms).

    Returns:
        The template to deploy, and the logical ids that were left out of it.
    """
    resources: dict[str, Any] = template["Resources"]
    left_out = [
        name
        for name, resource in resources.items()
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource.get("Properties", {})
    ]
    kept = {
        name: _without(resource, left_out) for name, resource in resources.items() if name not in left_out
    }
    return template | {"Resources": kept}, left_out


def _without(resource: dict[str, Any], left_out: list[str]) -> dict[str, Any]:
    """The resource without dependencies on what is left out."""
    waits = resource.get("DependsOn", [])
    waits = [waits] if isinstance(waits, str) else waits
    kept = [name for name in waits if name not in left_out]
    return resource | {"DependsOn": kept} if len(kept) < len(waits) else resource

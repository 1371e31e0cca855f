"""What the functions were granted and what they used of it, as IAM decided it: each call has its grant, and
each grant its call, or a reason here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest

from tests.integration.permissions.conftest import Played
from tests.integration.permissions.enforcing_aws import EnforcingAws
from tools.target import Target

pytestmark = pytest.mark.timeout(600)

START, COLLECT, ANSWER, RECONCILE = ("start_tracking", "collect_tracks", "answer_scenes", "reconcile_jobs")
API, PLAN, TURN, DETECT, LINK, FINISH = ("api", "plan", "turn", "detect", "link", "finish")

_BY_SERVICES = "an AWS service uses it with the function's rights; the embedded AWS does not ask IAM for that"
NOT_ASKED = {
    **dict.fromkeys(
        (
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
        ),
        _BY_SERVICES,
    ),
    **dict.fromkeys(("xray:PutTraceSegments", "xray:PutTelemetryRecords"), "no X-Ray in the embedded AWS"),
}
"""Grants of every function that are used where IAM is not asked here."""

_POLLER = "Lambda's event source mapping, which the embedded AWS does not ask for"
_MISSING = "S3 asks for it when an object is missing: test_permissions.py, by the policy"
NOT_PLAYED = {
    (START, "sqs:GetQueueAttributes"): _POLLER,
    (COLLECT, "sqs:GetQueueAttributes"): _POLLER,
    (ANSWER, "sqs:GetQueueAttributes"): _POLLER,
    (FINISH, "sqs:GetQueueAttributes"): _POLLER,
    (START, "sqs:ChangeMessageVisibility"): "a failed message: test_redelivery.py",
    (COLLECT, "sqs:ChangeMessageVisibility"): "a failed message: test_redelivery.py",
    (ANSWER, "sqs:ChangeMessageVisibility"): "a failed message: test_redelivery.py",
    (START, "sqs:SendMessage"): "an upload that waits: test_back_pressure.py",
    (COLLECT, "sqs:SendMessage"): "a collection that is handed over: test_collecting.py",
    (RECONCILE, "sqs:SendMessage"): "a lost message: test_reconciling.py",
    (START, "events:PutEvents"): "a refused video is announced: test_exactly_once.py",
    (RECONCILE, "events:PutEvents"): "a video that is given up is announced: test_reconciling.py",
    (RECONCILE, "dynamodb:UpdateItem"): "a repair is counted: test_reconciling.py",
    (RECONCILE, "lambda:InvokeFunction"): "a stuck video's job is asked: test_reconciling.py",
    (ANSWER, "events:PutEvents"): "a broken rule of a scene is announced: test_answering.py",
    (
        ANSWER,
        "s3:PutObjectTagging",
    ): "asked for with an object's tag: test_answering.py; not by the embedded AWS",
    (ANSWER, "s3:AbortMultipartUpload"): "the same way of writing as link's: test_results.py",
    (COLLECT, "s3:AbortMultipartUpload"): "the same way of writing as link's: test_results.py",
    (LINK, "s3:AbortMultipartUpload"): "a large result that failed half-way: test_results.py",
    (API, "dynamodb:DeleteItem"): "a job that could not be started: test_start_person_tracking.py",
    (API, "s3:ListBucket"): _MISSING,
    (PLAN, "s3:ListBucket"): _MISSING,
    (DETECT, "s3:ListBucket"): _MISSING,
    (PLAN, "s3:GetObject"): "a caller's video without a version: test_migrating.py",
}
"""Grants that one video and one round of the reconciler do not use, and what does."""


def _function_roles(stack: Target) -> dict[str, str]:
    """Name of a role → the last part of its function's handler."""
    return {
        function["Role"].rpartition("/")[2]: function["Handler"].split(".")[-2]
        for function in stack.client("lambda").list_functions()["Functions"]
    }


def _granted(stack: Target) -> dict[str, set[str]]:
    """The actions that each function's role is granted."""
    iam = stack.client("iam")
    granted: dict[str, set[str]] = defaultdict(set)
    for role, function in _function_roles(stack).items():
        for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
            for statement in document["Statement"]:
                actions = statement["Action"]
                granted[function] |= {actions} if isinstance(actions, str) else set(actions)
    return dict(granted)


def _decisions(aws: EnforcingAws, stack: Target) -> list[tuple[str, dict[str, Any]]]:
    """What IAM was asked for functions, not for tests in their roles."""
    roles = _function_roles(stack)
    found = []
    for line in aws.decisions.read_text().splitlines():
        decision = json.loads(line)
        _, _, assumed = decision["principal"].partition(":assumed-role/")
        role, _, session = assumed.partition("/")
        if role in roles and session != "test":
            found.append((roles[role], decision))
    return found


def test_no_function_asks_for_what_it_was_not_granted(
    enforcing: EnforcingAws, enforcing_stack: Target, played: Played
) -> None:
    decisions = _decisions(enforcing, enforcing_stack)
    assert {function for function, _ in decisions} == {
        *(START, COLLECT, ANSWER, RECONCILE),
        *(API, PLAN, TURN, DETECT, LINK, FINISH),
    }
    assert [found for found in decisions if not found[1]["allowed"]] == []


def test_every_grant_is_used_or_has_its_reason(
    enforcing: EnforcingAws, enforcing_stack: Target, played: Played
) -> None:
    used = {(function, decision["action"]) for function, decision in _decisions(enforcing, enforcing_stack)}
    granted = {
        (function, action)
        for function, actions in _granted(enforcing_stack).items()
        for action in actions - set(NOT_ASKED)
    }
    unused = granted - used
    assert unused == set(NOT_PLAYED), (
        f"unused without a reason: {sorted(unused - set(NOT_PLAYED))}; "
        f"used, or not granted any more: {sorted(set(NOT_PLAYED) - unused)}"
    )

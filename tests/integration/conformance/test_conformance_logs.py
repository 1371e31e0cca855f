"""What the engine logs: never a record, a face, a secret or the name of a video."""

from __future__ import annotations

import base64
from typing import Any

from tests.integration.conformance.conftest import Engine


def test_logs_hold_no_record_no_face_no_secret_and_no_name(
    engine: Engine, face_job: str, people_job: str, people_video: dict[str, Any]
) -> None:
    engine.rekognition.get_person_tracking(JobId=face_job)
    logged = "\n".join(messages(engine))
    assert face_job in logged
    secret = engine.jobs.find(people_job).secret
    for word in (
        "BoundingBox",
        "Landmarks",
        "eyeLeft",
        people_video["S3Object"]["Name"],
        base64.b64encode(secret).decode(),
        secret.hex(),
    ):
        assert word not in logged


def messages(engine: Engine) -> list[str]:
    """Everything the engine's functions have logged so far."""
    logs = engine.target.client("logs")
    groups = [
        group["logGroupName"]
        for page in logs.get_paginator("describe_log_groups").paginate()
        for group in page["logGroups"]
        if "Engine" in group["logGroupName"]
    ]
    return [
        event["message"]
        for group in groups
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        for event in page["events"]
    ]

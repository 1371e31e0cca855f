"""Telling a failed job whose video is at fault from one that the service failed."""

from __future__ import annotations

import pytest

from engine.messages import job as messages
from engine.stage import Stage
from pipeline.rekognition.failed_jobs import is_service_fault


@pytest.mark.parametrize("stage", Stage)
def test_of_the_engines_texts_only_unexpected_errors_are_faults_of_the_service(stage: Stage) -> None:
    assert is_service_fault(messages.unexpected(stage))
    assert not is_service_fault(messages.timed_out(stage))
    assert not is_service_fault(messages.aborted(stage))


@pytest.mark.parametrize(
    "text",
    [
        "InternalServerError",
        "Internal server error",
        "Internal Error: please contact support.",
        "ThrottlingException",
        "Your request was throttled.",
        "Provisioned Rate exceeded.",
        "ProvisionedThroughputExceededException",
        "Service is temporarily unavailable",
    ],
)
def test_amazons_words_for_its_own_faults_are_known(text: str) -> None:
    assert is_service_fault(text)


@pytest.mark.parametrize(
    "text",
    [
        "Unsupported codec/format.",
        "The tracking job failed and gave no reason.",
        "The video is no longer in S3.",
        "The video is in the storage class GLACIER: restore it and track it again.",
        "The video is damaged: 80 % of its frames could not be decoded.",
    ],
)
def test_a_fault_of_the_video_is_none_of_the_service(text: str) -> None:
    assert not is_service_fault(text)

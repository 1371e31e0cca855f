"""What the pipeline's client makes of a call that Lambda refuses."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from pipeline.rekognition.client import tracking_client
from pipeline.runtime.environment import TrackingEnvironment
from testing.faulty_proxy import Answer, Call, FaultyProxy
from testing.pipeline_environment import EmbeddedPipeline


def test_a_missing_engine_is_a_server_fault_and_not_a_missing_job(pipeline: EmbeddedPipeline) -> None:
    environment = {
        **pipeline.environment,
        "TRACKING_ENDPOINT": "engine",
        "ENGINE_FUNCTION": "no-such-function",
    }
    client = tracking_client(TrackingEnvironment.read(environment))
    with pytest.raises(ClientError) as refused:
        client.get_person_tracking(JobId="a" * 64)
    assert refused.value.response["Error"]["Code"] == "InternalServerError"
    assert "ResourceNotFoundException" in refused.value.response["Error"]["Message"]


@pytest.mark.parametrize(
    ("status", "code", "raised"),
    [
        (403, "AccessDeniedException", "AccessDeniedException"),
        (429, "TooManyRequestsException", "ThrottlingException"),
        (400, "RecursiveInvocationException", "InternalServerError"),
        (502, "KMSAccessDeniedException", "InternalServerError"),
    ],
)
def test_lambdas_refusals_become_rekognitions_errors(
    faulty_pipeline: EmbeddedPipeline, proxy: FaultyProxy, status: int, code: str, raised: str
) -> None:
    def refuse(_: Call) -> Answer:
        return status, {"x-amzn-ErrorType": code}, b'{"Type": "User", "message": "no"}'

    proxy.faults.append(refuse)
    environment = {**faulty_pipeline.environment, "TRACKING_ENDPOINT": "engine", "ENGINE_FUNCTION": "engine"}
    with pytest.raises(ClientError) as refused:
        tracking_client(TrackingEnvironment.read(environment)).get_person_tracking(JobId="a" * 64)
    assert refused.value.response["Error"]["Code"] == raised

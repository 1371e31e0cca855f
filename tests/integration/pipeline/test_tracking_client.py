"""What the pipeline's client makes of a Lambda that refuses a call for the engine."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from pipeline.rekognition.client import tracking_client
from pipeline.runtime.environment import Environment
from testing.faulty_proxy import Answer, Call, FaultyProxy
from testing.pipeline_environment import PipelineRoom


def test_an_engine_that_is_not_there_is_a_server_fault_and_no_job_that_is_gone(room: PipelineRoom) -> None:
    environment = {**room.environment, "TRACKING_ENDPOINT": "engine", "ENGINE_FUNCTION": "no-such-function"}
    client = tracking_client(Environment.read(environment))
    with pytest.raises(ClientError) as refused:
        client.get_person_tracking(JobId="a" * 64)
    assert refused.value.response["Error"]["Code"] == "InternalServerError"
    assert "ResourceNotFoundException" in refused.value.response["Error"]["Message"]


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "AccessDeniedException", "AccessDeniedException"),
        (429, "TooManyRequestsException", "ThrottlingException"),
        (400, "RecursiveInvocationException", "InternalServerError"),
        (502, "KMSAccessDeniedException", "InternalServerError"),
    ],
)
def test_lambdas_refusals_are_said_in_rekognitions_words(
    faulty_room: PipelineRoom, proxy: FaultyProxy, status: int, code: str, said: str
) -> None:
    def refuse(_: Call) -> Answer:
        return status, {"x-amzn-ErrorType": code}, b'{"Type": "User", "message": "no"}'

    proxy.faults.append(refuse)
    environment = {**faulty_room.environment, "TRACKING_ENDPOINT": "engine", "ENGINE_FUNCTION": "engine"}
    with pytest.raises(ClientError) as refused:
        tracking_client(Environment.read(environment)).get_person_tracking(JobId="a" * 64)
    assert refused.value.response["Error"]["Code"] == said

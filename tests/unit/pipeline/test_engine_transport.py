"""The client's calls reach the engine's function through botocore's own machinery."""

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from pipeline.rekognition import engine_transport
from pipeline.rekognition.client import tracking_client
from pipeline.runtime.environment import TrackingEnvironment


@pytest.fixture
def lambda_stub(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    for name, value in {
        "ACCESS_KEY_ID": "x",
        "SECRET_ACCESS_KEY": "x",
        "DEFAULT_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    client = engine_transport.lambda_client()
    stubber = Stubber(client)
    stubber.activate()
    monkeypatch.setattr(engine_transport, "lambda_client", lambda: client)
    return stubber


def _client(attempts: int = 1) -> Any:
    environment = {"TRACKING_ENDPOINT": "engine", "ENGINE_FUNCTION": "engine-api"}
    return tracking_client(TrackingEnvironment.read(environment), attempts)


def _answer(status: int, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": "r-1"}
    payload = json.dumps({"statusCode": status, "headers": headers, "body": json.dumps(body)})
    return {"StatusCode": 200, "Payload": io.BytesIO(payload.encode()), **more}


def test_a_call_is_an_invocation_with_target_and_body(lambda_stub: Stubber) -> None:
    lambda_stub.add_response(
        "invoke", _answer(200, {"JobId": "j"}), {"FunctionName": "engine-api", "Payload": ANY}
    )
    answer = _client().start_person_tracking(
        Video={"S3Object": {"Bucket": "bucket", "Name": "k"}}, JobTag="t"
    )
    assert answer["JobId"] == "j"
    assert answer["ResponseMetadata"]["RequestId"] == "r-1"


def test_an_error_of_the_engine_is_the_modelled_exception(lambda_stub: Stubber) -> None:
    body = {"__type": "LimitExceededException", "Code": "LimitExceededException", "Message": "20 open Jobs"}
    lambda_stub.add_response("invoke", _answer(400, body))
    client = _client()
    with pytest.raises(client.exceptions.LimitExceededException, match="20 open Jobs"):
        client.start_person_tracking(Video={"S3Object": {"Bucket": "bucket", "Name": "k"}})


def test_a_throttled_invocation_is_a_throttle(lambda_stub: Stubber) -> None:
    lambda_stub.add_client_error("invoke", "TooManyRequestsException", "Rate exceeded", http_status_code=429)
    with pytest.raises(ClientError) as caught:
        _client().get_person_tracking(JobId="j")
    assert caught.value.response["Error"]["Code"] == "ThrottlingException"


def test_a_refused_invocation_is_access_denied(lambda_stub: Stubber) -> None:
    lambda_stub.add_client_error("invoke", "AccessDeniedException", "no", http_status_code=403)
    client = _client()
    with pytest.raises(client.exceptions.AccessDeniedException):
        client.get_person_tracking(JobId="j")


def test_a_function_that_failed_is_a_server_fault_without_its_stack_trace(lambda_stub: Stubber) -> None:
    payload = io.BytesIO(b'{"errorMessage": "secret", "errorType": "E"}')
    lambda_stub.add_response("invoke", {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": payload})
    client = _client()
    with pytest.raises(client.exceptions.InternalServerError) as caught:
        client.get_person_tracking(JobId="j")
    assert "secret" not in str(caught.value)


def test_pages_are_requested_again_after_a_server_fault(lambda_stub: Stubber) -> None:
    lambda_stub.add_client_error("invoke", "ServiceException", "oh", http_status_code=500)
    lambda_stub.add_response("invoke", _answer(200, {"JobStatus": "SUCCEEDED", "Persons": []}))
    assert _client(attempts=3).get_person_tracking(JobId="j")["JobStatus"] == "SUCCEEDED"

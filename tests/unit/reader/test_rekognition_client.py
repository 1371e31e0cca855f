"""The client that users install: person tracking to the stack's function, all else to Amazon Rekognition."""

import io
import json
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from reader.people_pathing import StackError, rekognition_client
from testing.recording_proxy import recording_proxy


class StubbedSession(boto3.Session):
    """A session whose clients of Lambda and CloudFormation are stubbed."""

    def __init__(self) -> None:
        super().__init__(aws_access_key_id="x", aws_secret_access_key="x", region_name="eu-central-1")
        self.stubs: dict[str, Stubber] = {}

    def client(self, service: str, *arguments: Any, **named: Any) -> Any:  # type: ignore[override]
        client = super().client(service, *arguments, **named)  # type: ignore[call-overload]
        if service != "rekognition":
            self.stubs[service] = Stubber(client)
            self.stubs[service].activate()
        return client


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> StubbedSession:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return StubbedSession()


def _answer(status: int, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": "r-1"}
    payload = json.dumps({"statusCode": status, "headers": headers, "body": json.dumps(body)})
    return {"StatusCode": 200, "Payload": io.BytesIO(payload.encode()), **more}


def test_person_tracking_is_an_invocation_of_the_function(session: StubbedSession) -> None:
    client = rekognition_client(function="engine-api", session=session)
    body = {"JobId": "j", "SortBy": "INDEX"}
    target = "RekognitionService.GetPersonTracking"
    event = json.dumps({"headers": {"X-Amz-Target": target}, "body": json.dumps(body)})
    session.stubs["lambda"].add_response(
        "invoke",
        _answer(200, {"JobStatus": "SUCCEEDED", "Persons": []}),
        {"FunctionName": "engine-api", "Payload": event},
    )
    answer = client.get_person_tracking(JobId="j", SortBy="INDEX")
    assert answer["JobStatus"] == "SUCCEEDED"
    assert answer["ResponseMetadata"]["RequestId"] == "r-1"


def test_every_other_operation_goes_to_amazon_rekognition(
    session: StubbedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recording_proxy() as proxy:
        for name, value in proxy.variables.items():
            monkeypatch.setenv(name, value)
        client = rekognition_client(
            function="engine-api",
            session=session,
            region_name="eu-west-1",
            config=Config(retries={"total_max_attempts": 1}),
        )
        with pytest.raises(Exception, match=r"(?i)proxy|connect"):
            client.list_collections()
        assert any("rekognition.eu-west-1.amazonaws.com" in request for request in proxy.requests)


@pytest.mark.parametrize(
    ("code", "status", "raised"),
    [
        ("TooManyRequestsException", 429, "ThrottlingException"),
        ("AccessDeniedException", 403, "AccessDeniedException"),
        ("ResourceNotFoundException", 404, "InternalServerError"),
    ],
)
def test_lambdas_refusals_become_rekognitions_errors(
    session: StubbedSession, code: str, status: int, raised: str
) -> None:
    client = rekognition_client(
        function="engine-api",
        session=session,
        config=Config(retries={"total_max_attempts": 1}),
    )
    session.stubs["lambda"].add_client_error("invoke", code, "no", http_status_code=status)
    with pytest.raises(ClientError) as refused:
        client.get_person_tracking(JobId="j")
    assert refused.value.response["Error"]["Code"] == raised


def test_a_function_that_failed_is_a_server_fault_without_its_stack_trace(session: StubbedSession) -> None:
    client = rekognition_client(
        function="f", session=session, config=Config(retries={"total_max_attempts": 1})
    )
    payload = io.BytesIO(b'{"errorMessage": "secret", "errorType": "E"}')
    failed = {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": payload}
    session.stubs["lambda"].add_response("invoke", failed, {"FunctionName": "f", "Payload": ANY})
    with pytest.raises(client.exceptions.InternalServerError) as caught:
        client.get_person_tracking(JobId="j")
    assert "secret" not in str(caught.value)


def _described(monkeypatch: pytest.MonkeyPatch, respond: Any) -> StubbedSession:
    """A session whose client of CloudFormation gives one answer."""
    made = StubbedSession()
    stubbed = made.client

    def client(service: str, *arguments: Any, **named: Any) -> Any:
        found = stubbed(service, *arguments, **named)
        if service == "cloudformation":
            respond(made.stubs[service])
        return found

    monkeypatch.setattr(made, "client", client)
    return made


def _stack(outputs: list[dict[str, str]]) -> dict[str, Any]:
    stack = {"StackName": "s", "CreationTime": 0, "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}
    return {"Stacks": [stack]}


def test_the_stack_names_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = [{"OutputKey": "EngineFunction", "OutputValue": "engine-9"}]
    session = _described(monkeypatch, lambda stub: stub.add_response("describe_stacks", _stack(outputs)))
    client = rekognition_client(stack="s", session=session)
    session.stubs["lambda"].add_response(
        "invoke", _answer(200, {"JobStatus": "SUCCEEDED"}), {"FunctionName": "engine-9", "Payload": ANY}
    )
    assert client.get_person_tracking(JobId="j")["JobStatus"] == "SUCCEEDED"


def test_a_stack_that_is_not_there_or_has_no_engine_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    session = _described(
        monkeypatch, lambda stub: stub.add_client_error("describe_stacks", "ValidationError", "no stack")
    )
    with pytest.raises(StackError, match="There is no stack mine in eu-central-1"):
        rekognition_client(stack="mine", session=session)
    session = _described(monkeypatch, lambda stub: stub.add_response("describe_stacks", _stack([])))
    with pytest.raises(StackError, match="The stack mine has no engine"):
        rekognition_client(stack="mine", session=session)

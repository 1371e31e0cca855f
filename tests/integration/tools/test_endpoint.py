"""`make endpoint`: HTTP on loopback in front, a function behind, errors in AWS's own form, a clean end."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.conftest import AssemblyMaker
from tools.deployment.deploy import deploy
from tools.embedded.embedded_aws import EmbeddedAws
from tools.progress import Progress
from tools.target import embedded

ECHO = """
import json

def handler(event, context):
    if "crash" in event["body"]:
        raise RuntimeError("a secret of the engine")
    headers = {"x-amzn-RequestId": "from-the-engine", "Content-Type": "application/x-amz-json-1.1"}
    return {"statusCode": 200, "headers": headers, "body": json.dumps(event)}
"""


@pytest.fixture
def endpoint(empty_aws: EmbeddedAws, make_assembly: AssemblyMaker, checkout: Path) -> Iterator[str]:
    """host:port of the endpoint command in a checkout whose `.local/env` names an echoing function."""
    target = deploy(embedded(empty_aws.endpoint), make_assembly(ECHO, name="echo"), Progress())
    (checkout / ".local" / "env").write_text(
        f"export AWS_ENDPOINT_URL={empty_aws.endpoint}\n"
        f"export STACK_ENGINE_FUNCTION={target.output('EngineFunction')}\n"
    )
    process = run_endpoint(checkout, "0")
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Rekognition endpoint: http://127.0.0.1:"), process.communicate()[1]
    yield line.split()[2].removeprefix("http://")
    process.send_signal(signal.SIGINT)
    said, complaint = process.communicate(timeout=60)
    assert (process.returncode, said, complaint) == (0, "", "")


def run_endpoint(checkout: Path, port: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tools.commands.endpoint", "--port", port],
        cwd=checkout,
        env=os.environ | {"PYTHONPATH": f"{checkout}:{checkout}/lambdas"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_calls_reach_the_function_and_its_answers_come_back(endpoint: str) -> None:
    connection = http.client.HTTPConnection(endpoint)
    # Twice over one connection, as SDKs do.
    for body in ('{"a": 1}', '{"b": "ü"}'):
        connection.request(
            "POST", "/", body.encode(), {"X-Amz-Target": "RekognitionService.X", "Cookie": "no"}
        )
        answer = connection.getresponse()
        event = json.loads(answer.read())
        assert (answer.status, answer.headers["x-amzn-RequestId"]) == (200, "from-the-engine")
        assert event["body"] == body
        assert event["headers"] == {"X-Amz-Target": "RekognitionService.X"}
        assert event["requestContext"]["identity"]["userArn"].startswith("arn:aws:")
    connection.close()


REFUSED = [
    ("GET", "/", b"", 404, "UnknownOperationException"),
    ("POST", "/elsewhere", b"{}", 404, "UnknownOperationException"),
    ("POST", "/", b"\xff\xfe", 400, "SerializationException"),
    ("POST", "/", b" " * (3 << 20) + b"{}", 413, "SerializationException"),
    ("POST", "/", b'"crash"', 500, "InternalServerError"),
]


def test_what_cannot_be_answered_is_refused_in_the_form_of_aws(endpoint: str) -> None:
    for method, path, body, status, name in REFUSED:
        connection = http.client.HTTPConnection(endpoint)
        connection.request(method, path, body)
        answer = connection.getresponse()
        error = json.loads(answer.read())
        connection.close()
        assert (answer.status, error["__type"], error["Code"]) == (status, name, name)
        assert answer.headers["Content-Type"] == "application/x-amz-json-1.1"
        assert answer.headers["x-amzn-RequestId"] == error["Logref"]
        assert "secret" not in error["Message"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example:8080"},
        {"Host": "127.0.0.1"},
        {"Origin": "http://rebound.example"},
        {"Origin": "null"},
    ],
)
def test_a_web_page_is_not_answered_whatever_name_it_gave_this_address(
    endpoint: str, headers: dict[str, str]
) -> None:
    connection = http.client.HTTPConnection(endpoint)
    connection.request("POST", "/", b"{}", {"X-Amz-Target": "RekognitionService.X", **headers})
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["Code"]) == (403, "AccessDeniedException")
    connection.close()


@pytest.mark.parametrize("length", ["\u00b2", "9" * 5000, "-1", "1e3", ""])
def test_a_length_that_is_none_is_refused(endpoint: str, length: str) -> None:
    with socket.create_connection(tuple(endpoint.split(":"))) as line:  # type: ignore[arg-type]
        asked = f"POST / HTTP/1.1\r\nHost: {endpoint}\r\nContent-Length: {length}\r\n\r\n"
        line.sendall(asked.encode("latin-1"))
        assert line.recv(64).startswith(b"HTTP/1.1 411 ")


def test_a_port_in_use_is_one_clear_line(endpoint: str, checkout: Path) -> None:
    with run_endpoint(checkout, endpoint.rpartition(":")[2]) as process:
        said, complaint = process.communicate()
    assert (process.returncode, said) == (1, "")
    assert complaint.startswith("error: Port ")
    assert "make endpoint PORT=" in complaint


def test_it_listens_on_loopback_alone(endpoint: str) -> None:
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.2", int(endpoint.rpartition(":")[2]))) != 0


def test_nothing_up_is_one_clear_line(checkout: Path) -> None:
    with run_endpoint(checkout, "0") as process:
        said, complaint = process.communicate()
    assert (process.returncode, said) == (1, "")
    assert (
        complaint == "error: Nothing is running. Run: make up (or name a stack deployed to AWS: STACK=name)\n"
    )

"""`make endpoint`: HTTP on loopback in front, a function behind, errors in AWS's own form, a clean end."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import AssemblyMaker
from tools.deployment.deploy import deploy
from tools.embedded.embedded_aws import EmbeddedAws
from tools.endpoint.engine_api import Api
from tools.endpoint.server import EndpointServer, Limits, serve
from tools.progress import Progress
from tools.target import Target, embedded

ECHO = """
import json
import time

def handler(event, context):
    if "sleep" in event["body"]:
        time.sleep(2)
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


@pytest.fixture(scope="module")
def echo(empty_aws: EmbeddedAws) -> Iterator[Target]:
    """An embedded AWS whose engine is the echoing function."""
    target = embedded(empty_aws.endpoint, {"EngineFunction": "echo-endpoint"})
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("code.py", ECHO)
    functions = target.client("lambda")
    functions.create_function(
        FunctionName="echo-endpoint",
        Runtime="python3.13",
        Handler="code.handler",
        Role="arn:aws:iam::000000000000:role/echo",
        Code={"ZipFile": package.getvalue()},
        Timeout=60,
    )
    yield target
    functions.delete_function(FunctionName="echo-endpoint")


@contextlib.contextmanager
def serving(api: Api, limits: Limits | None = None) -> Iterator[EndpointServer]:
    with serve(api, 0, limits) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def server(echo: Target) -> Iterator[EndpointServer]:
    """The endpoint in this process."""
    with serving(Api(echo)) as server:
        yield server


def connect(server: EndpointServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.server_port), timeout=60)


def response_on(line: socket.socket, method: str = "POST") -> tuple[http.client.HTTPResponse, Any]:
    """The next answer on a connection, and its JSON body."""
    answer = http.client.HTTPResponse(line, method=method)
    answer.begin()
    body = answer.read()
    return answer, json.loads(body) if body else None


def post(server: EndpointServer, body: bytes, **headers: str) -> tuple[int, Any]:
    """Status and parsed body of a call over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    with contextlib.closing(connection):
        connection.request(
            "POST", "/", body, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def head(server: EndpointServer, *lines: str, method: str = "POST") -> bytes:
    """Request line and headers of a call by hand."""
    host = f"Host: 127.0.0.1:{server.server_port}"
    return "\r\n".join([f"{method} / HTTP/1.1", host, *lines, "", ""]).encode("latin-1")


def assert_is_error_of_aws(answer: http.client.HTTPResponse, error: Any, status: int, name: str) -> None:
    assert (answer.status, error["__type"], error["Code"]) == (status, name, name)
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.1"
    assert answer.headers["x-amzn-RequestId"] == error["Logref"]


def run_endpoint(checkout: Path, port: str) -> subprocess.Popen[str]:
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
    ("POST", "/", b" " * (3 << 20) + b"{}", 413, "RequestEntityTooLargeException"),
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
    server: EndpointServer, headers: dict[str, str]
) -> None:
    status, error = post(server, b"{}", X_Amz_Target="RekognitionService.X", **headers)
    assert (status, error["Code"]) == (403, "AccessDeniedException")


@pytest.mark.parametrize("length", ["\u00b2", "9" * 5000, "-1", "1e3", "", "1, 2"])
def test_a_length_that_is_none_is_refused(server: EndpointServer, length: str) -> None:
    with connect(server) as line:
        line.sendall(head(server, f"Content-Length: {length}"))
        assert_is_error_of_aws(*response_on(line), 400, "MalformedHttpRequestException")


def test_a_body_without_a_length_is_refused(server: EndpointServer) -> None:
    with connect(server) as line:
        line.sendall(head(server))
        assert_is_error_of_aws(*response_on(line), 411, "MalformedHttpRequestException")


MALFORMED = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "no Host": b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    "two Hosts": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
    "a header without a name": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n: a\r\n\r\n",
    "a space in a header's name": b"POST / HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n",
    "no header": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nnonsense\r\n\r\n",
    "a control character": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nA: \x00\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_not_http_is_refused_in_the_form_of_aws(server: EndpointServer, request_bytes: bytes) -> None:
    with connect(server) as line:
        line.sendall(request_bytes)
        assert_is_error_of_aws(*response_on(line), 400, "MalformedHttpRequestException")
        assert line.recv(1) == b""


def test_another_version_of_http_is_refused_in_the_form_of_aws(server: EndpointServer) -> None:
    with connect(server) as line:
        line.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        assert_is_error_of_aws(*response_on(line), 505, "MalformedHttpRequestException")


@pytest.mark.parametrize(
    "lines",
    [["A: " + "a" * 200_000], [f"A{number}: {'a' * 100}" for number in range(2000)]],
    ids=["one", "many"],
)
def test_headers_that_are_too_long_are_refused_in_the_form_of_aws(
    server: EndpointServer, lines: list[str]
) -> None:
    with connect(server) as line:
        line.sendall(head(server, "Content-Length: 0", *lines))
        answer, error = response_on(line)
        assert_is_error_of_aws(answer, error, 400, "MalformedHttpRequestException")
        assert "headers" in error["Message"]


def test_a_request_line_that_is_too_long_is_refused_in_the_form_of_aws(server: EndpointServer) -> None:
    with connect(server) as line:
        line.sendall(b"POST /" + b"a" * 200_000 + b" HTTP/1.1\r\n\r\n")
        answer, error = response_on(line)
        assert_is_error_of_aws(answer, error, 414, "MalformedHttpRequestException")
        assert "request line" in error["Message"]


def test_headers_as_long_as_those_of_a_signed_call_are_taken(server: EndpointServer) -> None:
    assert post(server, b"{}", X_Amz_Security_Token="t" * 12_000)[0] == 200


def test_a_client_that_takes_the_endpoint_for_a_proxy_is_answered(server: EndpointServer) -> None:
    address = f"http://127.0.0.1:{server.server_port}/"
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)) as line:
        line.request("POST", address, b"{}")
        assert line.getresponse().status == 200


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "NONSENSE"]
)
def test_any_other_method_is_an_unknown_operation(server: EndpointServer, method: str) -> None:
    with connect(server) as line:
        line.sendall(head(server, method=method))
        answer, error = response_on(line, method)
        if method == "HEAD":
            assert (answer.status, error) == (404, None)
            assert int(answer.headers["Content-Length"]) > 0
        else:
            assert_is_error_of_aws(answer, error, 404, "UnknownOperationException")


def test_a_connection_goes_on_after_an_error(server: EndpointServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    connection.connect()
    line = connection.sock
    for method, path, body, status in [
        ("GET", "/", b"", 404),
        ("HEAD", "/", b"", 404),
        ("POST", "/elsewhere", b"{}", 404),
        ("POST", "/", b"\xff", 400),
        ("POST", "/", b'"crash"', 500),
        ("POST", "/", b"{}", 200),
    ]:
        connection.request(method, path, body)
        answer = connection.getresponse()
        answer.read()
        assert (answer.status, connection.sock is line) == (status, True)
    connection.close()


def test_a_client_that_offers_another_protocol_is_answered_in_this_one(server: EndpointServer) -> None:
    with connect(server) as line:
        for _ in range(2):
            line.sendall(head(server, "Connection: Upgrade", "Upgrade: h2c", "Content-Length: 2") + b"{}")
            assert response_on(line)[0].status == 200


def test_requests_sent_ahead_are_answered_in_order(server: EndpointServer) -> None:
    with connect(server) as line:
        line.sendall(b"".join(head(server, "Content-Length: 1") + str(n).encode() for n in range(5)))
        bodies = [response_on(line)[1]["body"] for _ in range(5)]
    assert bodies == ["0", "1", "2", "3", "4"]


def test_a_chunked_body_is_put_together(server: EndpointServer) -> None:
    with connect(server) as line:
        for _ in range(2):
            line.sendall(head(server, "Transfer-Encoding: chunked"))
            for piece in (b'5\r\n{"a":\r\n', b"3;extension=x\r\n 1}\r\n", b"0\r\nTrailer: t\r\n\r\n"):
                line.sendall(piece)
            answer, event = response_on(line)
            assert (answer.status, event["body"]) == (200, '{"a": 1}')


def test_a_chunked_body_that_is_too_long_is_refused(server: EndpointServer) -> None:
    with connect(server) as line:
        line.sendall(head(server, "Transfer-Encoding: chunked"))
        for _ in range(3):
            line.sendall(b"100000\r\n" + b" " * 0x100000 + b"\r\n")
        assert_is_error_of_aws(*response_on(line), 413, "RequestEntityTooLargeException")


@pytest.mark.parametrize("chunk", [b"x\r\n{}\r\n0\r\n\r\n", b"2\r\n{}}\r\n0\r\n\r\n", b"-1\r\n\r\n"])
def test_chunks_that_are_none_are_refused(server: EndpointServer, chunk: bytes) -> None:
    with connect(server) as line:
        line.sendall(head(server, "Transfer-Encoding: chunked") + chunk)
        assert_is_error_of_aws(*response_on(line), 400, "MalformedHttpRequestException")


def test_a_body_that_ends_early_is_refused(server: EndpointServer) -> None:
    with connect(server) as line:
        line.sendall(head(server, "Content-Length: 10") + b"{}")
        line.shutdown(socket.SHUT_WR)
        assert_is_error_of_aws(*response_on(line), 400, "MalformedHttpRequestException")


PLAIN = '{"a": "ü"}'.encode()


@pytest.mark.parametrize(
    "body", [gzip.compress(PLAIN), gzip.compress(PLAIN[:4]) + gzip.compress(PLAIN[4:])], ids=["one", "two"]
)
@pytest.mark.parametrize("encoding", ["gzip", "GZIP"])
def test_a_gzip_body_is_decompressed(server: EndpointServer, body: bytes, encoding: str) -> None:
    status, event = post(server, body, Content_Encoding=encoding)
    assert (status, event["body"]) == (200, PLAIN.decode())


def test_a_gzip_body_may_be_chunked(server: EndpointServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    body = gzip.compress(PLAIN)
    headers = {"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}
    connection.request("POST", "/", iter([body[:7], body[7:]]), headers, encode_chunked=True)
    assert json.loads(connection.getresponse().read())["body"] == PLAIN.decode()
    connection.close()


def test_a_gzip_body_that_grows_too_long_is_refused(server: EndpointServer) -> None:
    bomb = gzip.compress(b" " * (64 << 20))
    assert len(bomb) < 1 << 20
    status, error = post(server, bomb, Content_Encoding="gzip")
    assert (status, error["__type"]) == (413, "RequestEntityTooLargeException")
    # Of many members too, each of which is short.
    status, error = post(server, gzip.compress(b" " * 2000) * 2000, Content_Encoding="gzip")
    assert (status, error["__type"]) == (413, "RequestEntityTooLargeException")


NO_GZIP = {
    "plain": PLAIN,
    "cut off": gzip.compress(PLAIN)[:-3],
    "damaged": gzip.compress(PLAIN)[:-8] + bytes(8),
    "followed by something else": gzip.compress(PLAIN) + b"more",
}


@pytest.mark.parametrize("body", NO_GZIP.values(), ids=NO_GZIP.keys())
def test_a_body_that_cannot_be_decompressed_is_refused(server: EndpointServer, body: bytes) -> None:
    status, error = post(server, body, Content_Encoding="gzip")
    assert (status, error["__type"]) == (400, "MalformedHttpRequestException")


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "aws-chunked"])
def test_another_encoding_is_refused(server: EndpointServer, encoding: str) -> None:
    status, error = post(server, PLAIN, Content_Encoding=encoding)
    assert (status, error["__type"]) == (400, "MalformedHttpRequestException")


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked(server: EndpointServer) -> None:
    with connect(server) as line:
        for _ in range(2):
            line.sendall(head(server, "Expect: 100-continue", "Content-Length: 2"))
            assert line.recv(1024) == b"HTTP/1.1 100 \r\n\r\n"
            line.sendall(b"{}")
            assert response_on(line)[0].status == 200


@pytest.mark.parametrize(
    ("lines", "status"),
    [(["Content-Length: 3000000"], 413), (["Content-Length: 2", "Origin: http://a.example"], 403)],
)
def test_a_client_that_waits_is_refused_before_it_sends_its_body(
    server: EndpointServer, lines: list[str], status: int
) -> None:
    with connect(server) as line:
        line.sendall(head(server, "Expect: 100-continue", *lines))
        assert response_on(line)[0].status == status


def test_two_hundred_connections_at_once_are_all_answered(endpoint: str) -> None:
    host, port = endpoint.split(":")
    every_one_is_open = threading.Barrier(200)

    def call(_: int) -> tuple[int, str | None]:
        with socket.create_connection((host, int(port)), timeout=120) as line:
            every_one_is_open.wait(120)
            line.sendall(f"POST / HTTP/1.1\r\nHost: {endpoint}\r\nContent-Length: 2\r\n\r\n{{}}".encode())
            answer, body = response_on(line)
            return answer.status, body.get("__type")

    with ThreadPoolExecutor(200) as clients:
        answers = Counter(clients.map(call, range(200)))
    assert answers[200, None] > 0
    # Where the machine is too busy to invoke the function 200 times in time.
    assert set(answers) <= {(200, None), (400, "ThrottlingException")}


def test_connections_that_come_faster_than_they_are_accepted_are_kept(echo: Target) -> None:
    """Nothing is accepted until all have connected."""
    with serve(Api(echo), 0) as server, contextlib.ExitStack() as lines:
        address = ("127.0.0.1", server.server_port)
        burst = [lines.enter_context(socket.create_connection(address, timeout=10)) for _ in range(100)]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        for line in burst:
            line.settimeout(60)
            line.sendall(head(server, method="GET"))
        assert [response_on(line)[0].status for line in burst] == [404] * 100
        server.shutdown()
        thread.join()


def test_connections_beyond_the_limit_wait_for_their_turn(echo: Target) -> None:
    with serving(Api(echo), Limits(connections=4)) as server, ThreadPoolExecutor(20) as clients:
        answers = list(clients.map(lambda _: post(server, b"{}", Connection="close")[0], range(20)))
    assert answers == [200] * 20


def test_calls_wait_for_their_turn_and_are_throttled_in_the_end(echo: Target) -> None:
    calls = 4 * (os.cpu_count() or 1)
    with serving(Api(echo, wait_seconds=0.1)) as server, ThreadPoolExecutor(calls) as clients:
        answers = Counter(
            (status, body.get("__type"))
            for status, body in clients.map(lambda _: post(server, b'"sleep"'), range(calls))
        )
    assert set(answers) == {(200, None), (400, "ThrottlingException")}


def test_where_lambda_throttles_so_does_the_endpoint(server: EndpointServer, echo: Target) -> None:
    functions = echo.client("lambda")
    functions.put_function_concurrency(FunctionName="echo-endpoint", ReservedConcurrentExecutions=0)
    try:
        status, error = post(server, b"{}")
    finally:
        functions.delete_function_concurrency(FunctionName="echo-endpoint")
    assert (status, error["__type"]) == (400, "ThrottlingException")
    assert post(server, b"{}")[0] == 200


QUICK = Limits(connections=4, idle_seconds=0.5, request_seconds=0.5, answer_seconds=0.5)


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_client_that_sends_byte_by_byte_is_timed_out(echo: Target, part: str) -> None:
    with serving(Api(echo), QUICK) as server, connect(server) as line:
        line.sendall(b"POST / HTTP/1.1\r\nA: " if part == "head" else head(server, "Content-Length: 9999"))
        line.settimeout(0.05)
        # As long as it takes: the answer comes while bytes still do.
        while True:
            line.send(b"a")
            try:
                first = line.recv(1, socket.MSG_PEEK)
                break
            except TimeoutError:
                continue
        assert first == b"H"
        line.settimeout(60)
        assert_is_error_of_aws(*response_on(line), 408, "RequestTimeoutException")


def test_slow_clients_do_not_keep_others_waiting(echo: Target) -> None:
    with serving(Api(echo), QUICK) as server, contextlib.ExitStack() as slow:
        idle, half, stuck, silent = (slow.enter_context(connect(server)) for _ in range(4))
        half.sendall(b"POST / HT")
        # Answers of a megabyte that are never read.
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.sendall(head(server, "Content-Length: 1000000") + b" " * 1_000_000)
        silent.sendall(head(server, "Content-Length: 2"))
        del idle
        assert post(server, b"{}")[0] == 200


def test_a_connection_without_a_request_is_closed_in_the_end(echo: Target) -> None:
    with serving(Api(echo), QUICK) as server, connect(server) as line:
        assert line.recv(1) == b""


def test_a_client_that_is_gone_leaves_no_trace(endpoint: str) -> None:
    """The fixture sees that nothing is written to standard error."""
    host, port = endpoint.split(":")
    asked = f"POST / HTTP/1.1\r\nHost: {endpoint}\r\nContent-Length: 7\r\n\r\n".encode()
    for sent in (b"", b"POST", asked, asked + b"{", asked + b'"large"'):
        with socket.create_connection((host, int(port)), timeout=60) as line:
            line.sendall(sent)
            # Closed with a reset.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection = http.client.HTTPConnection(endpoint, timeout=60)
    connection.request("POST", "/", b"{}")
    assert connection.getresponse().status == 200
    connection.close()


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

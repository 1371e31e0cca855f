"""A Rekognition endpoint on loopback: HTTP in front, the engine's API Lambda behind.

    python -m tools.commands.endpoint [--port 8080] [--stack NAME]

`aws rekognition get-person-tracking --endpoint-url http://127.0.0.1:8080 --job-id …` then works unchanged.
"""

import argparse
import contextlib
import json
import re
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tools.errors import ToolError, command
from tools.target import Target, current

_CONTENT_TYPE = "application/x-amz-json-1.1"
# A Lambda's synchronous payload ends at 6 MB, and the body travels inside JSON.
_MAX_BODY = 1 << 20
_MOST_SKIPPED = 64 << 20
_ASKED = ("X-Amz-Target", "Content-Type", "User-Agent")
_THROTTLED = frozenset({"TooManyRequestsException", "ThrottlingException", "EC2ThrottledException"})


class Api:
    """The engine's API Lambda of one stack."""

    def __init__(self, target: Target) -> None:
        self.function = target.output("EngineFunction")
        self._lambda = target.client("lambda", read_timeout=60)
        self._caller = _caller(target)

    def ask(self, headers: dict[str, str], body: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer, an error in AWS's own JSON form included."""
        event = {"headers": headers, "body": body, "requestContext": {"identity": {"userArn": self._caller}}}
        try:
            answer = self._lambda.invoke(FunctionName=self.function, Payload=json.dumps(event).encode())
            payload = json.loads(answer["Payload"].read())
        except ClientError as error:
            return self._refused(error)
        except (BotoCoreError, ValueError) as error:
            return failure(500, "InternalServerError", f"The API function cannot be reached: {error}")
        if "FunctionError" in answer:
            return failure(500, "InternalServerError", "Internal server error")
        return int(payload["statusCode"]), payload.get("headers", {}), payload["body"].encode()

    def _refused(self, error: ClientError) -> tuple[int, dict[str, str], bytes]:
        code = error.response["Error"].get("Code", "")
        message = error.response["Error"].get("Message", str(error))
        if code in _THROTTLED:
            return failure(400, "ThrottlingException", message)
        if code == "AccessDeniedException":
            return failure(400, "AccessDeniedException", message)
        return failure(500, "InternalServerError", f"{code}: {message}")


def failure(status: int, name: str, message: str) -> tuple[int, dict[str, str], bytes]:
    """An error as AWS's JSON services answer it."""
    logref = str(uuid.uuid4())
    body = {"__type": name, "Code": name, "Logref": logref, "Message": message}
    return status, {"x-amzn-RequestId": logref}, json.dumps(body).encode()


def serve(api: Api, port: int) -> ThreadingHTTPServer:
    """A server bound to loopback, not yet serving.

    Raises:
        ToolError: the port is in use.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "people-pathing"
        sys_version = ""
        timeout = 75

        def do_POST(self) -> None:
            self._answer(*self._ask())

        def do_GET(self) -> None:
            self.close_connection = True
            self._answer(*failure(404, "UnknownOperationException", "Only POST / is answered here."))

        do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = do_GET

        def _ask(self) -> tuple[int, dict[str, str], bytes]:
            # A page in a browser must not use the caller's credentials, whatever name it gave this address.
            if self.headers.get("Host", "") not in self._own_names() or "Origin" in self.headers:
                self.close_connection = True
                return failure(403, "AccessDeniedException", "Web pages are not answered here.")
            length = self.headers.get("Content-Length", "")
            if not re.fullmatch("[0-9]{1,18}", length):
                self.close_connection = True
                return failure(411, "SerializationException", "The length of the body is not told.")
            if int(length) > _MAX_BODY:
                self._skip(int(length))
                return failure(413, "SerializationException", "The body is longer than 1 MB.")
            raw = self.rfile.read(int(length))
            if self.path.partition("?")[0] != "/":
                return failure(404, "UnknownOperationException", "Only POST / is answered here.")
            try:
                body = raw.decode()
            except UnicodeDecodeError:
                return failure(400, "SerializationException", "The body is not UTF-8.")
            asked = {name: self.headers[name] for name in _ASKED if name in self.headers}
            return api.ask(asked, body)

        def _own_names(self) -> set[str]:
            port = httpd.server_port
            names = {"127.0.0.1", "localhost"}
            return {f"{name}:{port}" for name in names} | (names if port == 80 else set())

        def _skip(self, length: int) -> None:
            """Read on, since a client that is still sending would miss the answer; but not without end."""
            self.close_connection = True
            for _ in range(min(length, _MOST_SKIPPED) // _MAX_BODY + 1):
                if not self.rfile.read(min(length, _MAX_BODY)):
                    return
                length -= min(length, _MAX_BODY)

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in ({"Content-Type": _CONTENT_TYPE} | headers).items():
                if name.lower() not in ("content-length", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: requests name people's videos."""

    try:
        httpd = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    except (OSError, OverflowError) as error:
        raise ToolError(
            f"Port {port} cannot be taken ({error}). Choose another: make endpoint PORT=…"
        ) from error
    httpd.daemon_threads = True
    return httpd


def _caller(target: Target) -> str:
    try:
        return str(target.client("sts").get_caller_identity()["Arn"])
    except (ClientError, BotoCoreError):
        return ""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="tools.commands.endpoint", description="A Rekognition endpoint on loopback."
    )
    parser.add_argument("--port", type=int, default=8080, help="8080; 0 takes a free one")
    parser.add_argument("--stack", help="a stack deployed to AWS, instead of the one `make up` left running")
    arguments = parser.parse_args()
    api = Api(current(arguments.stack))
    with serve(api, arguments.port) as server:
        url = f"http://127.0.0.1:{server.server_address[1]}"
        print(f"Rekognition endpoint: {url} → {api.function} (Ctrl-C ends it)", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()


if __name__ == "__main__":
    command(main)

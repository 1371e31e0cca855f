"""What the endpoint answers: the engine's own answer, or an error in the form of AWS's JSON services.

The names and statuses of errors at the HTTP level are those of AWS's common errors:
https://docs.aws.amazon.com/awsconsolehelpdocs/latest/gsg/common-errors.html
"""

import json
import uuid
from dataclasses import dataclass

ACCESS_DENIED = "AccessDeniedException"
ENTITY_TOO_LARGE = "RequestEntityTooLargeException"
INTERNAL = "InternalServerError"
MALFORMED = "MalformedHttpRequestException"
SERIALIZATION = "SerializationException"
THROTTLED = "ThrottlingException"
TIMED_OUT = "RequestTimeoutException"
UNKNOWN_OPERATION = "UnknownOperationException"


@dataclass(frozen=True)
class Answer:
    """`headers`: without those of the transfer, as Content-Length and Connection."""

    status: int
    headers: dict[str, str]
    body: bytes


class RefusedError(Exception):
    """A request that does not reach the engine, with the answer to it."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.answer = failure(status, name, message)


def failure(status: int, name: str, message: str) -> Answer:
    """An error as AWS's JSON services answer it."""
    logref = str(uuid.uuid4())
    body = {"__type": name, "Code": name, "Logref": logref, "Message": message}
    return Answer(status, {"x-amzn-RequestId": logref}, json.dumps(body).encode())

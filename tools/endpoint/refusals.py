"""Requests that do not reach the engine, each with its answer in the form of AWS's JSON services.

The names and statuses of errors at the HTTP level are those of AWS's common errors:
https://docs.aws.amazon.com/awsconsolehelpdocs/latest/gsg/common-errors.html
"""

from pipeline.rekognition.engine_call import failure
from tools.tool_error import ToolError

ENTITY_TOO_LARGE = "RequestEntityTooLargeException"
MALFORMED = "MalformedHttpRequestException"
SERIALIZATION = "SerializationException"
TIMED_OUT = "RequestTimeoutException"
UNKNOWN_OPERATION = "UnknownOperationException"


class RequestError(ToolError):
    """A request that does not reach the engine, with the answer to it."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.answer = failure(status, name, message)

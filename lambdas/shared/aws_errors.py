"""What an error of an AWS call says: its code, its HTTP status, and whether waiting cures it."""

from __future__ import annotations

from botocore.exceptions import ClientError

THROTTLES = frozenset(
    {
        "EC2ThrottledException",
        "ExecutionLimitExceeded",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Codes by which AWS services ask for fewer calls. Retrying with backoff is the answer to each."""


def code_of(error: ClientError) -> str:
    """The error's code, as `NoSuchKey`; an HTTP status as text where a HEAD had no body; or empty."""
    return error.response.get("Error", {}).get("Code", "")


def status_of(error: ClientError) -> int:
    """The answer's HTTP status; 0 if there is none."""
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def is_throttle(error: ClientError) -> bool:
    """Whether the service asks for fewer calls."""
    return status_of(error) == 429 or code_of(error) in THROTTLES


def is_transient(error: ClientError) -> bool:
    """Whether the service is busy or faulty, so that the same call may succeed later."""
    return is_throttle(error) or status_of(error) >= 500

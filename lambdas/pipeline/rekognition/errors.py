"""What the errors of the tracking service mean to the pipeline, and how they are put to a user."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws_errors import THROTTLES, code_of, is_transient

# Too much is going on: not the video's fault, and gone by waiting.
BACK_PRESSURE = THROTTLES | {"LimitExceededException"}
# Asking again cannot help. (An unreadable object is one only after a while: an event may outrun its object.)
PERMANENT = frozenset({"InvalidS3ObjectException", "VideoTooLargeException", "InvalidParameterException"})
UNREADABLE = "InvalidS3ObjectException"
TOKEN_IN_USE = "IdempotentParameterMismatchException"  # noqa: S105 - the name of an error
TOKEN_EXPIRED = "InvalidPaginationTokenException"  # noqa: S105
NOT_FOUND = "ResourceNotFoundException"

_LONGEST = 500


def is_passing(error: BaseException) -> bool:
    """Whether it is the service that is unwell or busy, and not the video asked about."""
    if isinstance(error, ClientError):
        return code_of(error) in BACK_PRESSURE or is_transient(error)
    return isinstance(error, BotoCoreError)


def reason_of(error: BaseException) -> str:
    """One line, at most 500 characters, that says what went wrong."""
    if isinstance(error, ClientError):
        text = error.response["Error"].get("Message") or code_of(error)
    else:
        text = f"{type(error).__name__}: {error}"
    return " ".join(text.split())[:_LONGEST]

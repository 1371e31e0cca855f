"""What the error codes of the tracking service mean to the pipeline."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws_errors import THROTTLES, code_of, is_transient

BACK_PRESSURE = THROTTLES | {"LimitExceededException"}
"""Too much is going on: not the video's fault, and cured by waiting."""

PERMANENT = frozenset({"InvalidS3ObjectException", "VideoTooLargeException", "InvalidParameterException"})
"""Retrying cannot help. (An unreadable object is permanent only after a while; see UNREADABLE.)"""

UNREADABLE = "InvalidS3ObjectException"
"""The object cannot be read, or not yet: an event may arrive before its object is visible everywhere."""

TOKEN_IN_USE = "IdempotentParameterMismatchException"  # noqa: S105 - the name of an error
"""The request token was used with other parameters."""

TOKEN_EXPIRED = "InvalidPaginationTokenException"  # noqa: S105
"""The page's token is no longer accepted."""

NOT_FOUND = "ResourceNotFoundException"
"""The service does not know the job, or no longer."""


def is_service_fault(error: BaseException) -> bool:
    """Whether the service is busy or faulty, rather than anything wrong with the video asked about."""
    if isinstance(error, ClientError):
        return code_of(error) in BACK_PRESSURE or is_transient(error)
    return isinstance(error, BotoCoreError)

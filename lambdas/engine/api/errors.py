"""One exception class per error on the wire: its name, its HTTP status, the message callers have seen."""

from __future__ import annotations

from typing import ClassVar


class WireError(Exception):
    """An error the caller is told about. `str()` is the message on the wire."""

    name: ClassVar[str]
    status: ClassVar[int] = 400
    default_message: ClassVar[str]

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.default_message)


class AccessDenied(WireError):
    name = "AccessDeniedException"
    default_message = "User is not authorized to perform this operation."


class InvalidParameter(WireError):
    name = "InvalidParameterException"
    default_message = "Request has invalid parameters."

    @classmethod
    def because(cls, *reasons: str) -> InvalidParameter:
        """The message callers know, then which member and why."""
        return cls(" ".join([cls.default_message, *reasons]))


class InvalidS3Object(WireError):
    name = "InvalidS3ObjectException"
    default_message = (
        "Unable to get object metadata from S3. Check object key, region and/or access permissions."
    )


class VideoTooLarge(WireError):
    name = "VideoTooLargeException"
    default_message = "Video is too large."

    @classmethod
    def sized(cls, size: int, limit: int) -> VideoTooLarge:
        return cls(f"Video size in bytes: {size} is more than the maximum limit of: {limit} bytes.")


class LimitExceeded(WireError):
    name = "LimitExceededException"
    default_message = "Too many open Jobs."

    @classmethod
    def open_jobs(cls, count: int, limit: int, user_arn: str | None) -> LimitExceeded:
        user = f"User ARN {user_arn}" if user_arn else "User ARN"
        return cls(f"{count} open Jobs for {user} Maximum limit: {limit}")


class IdempotentParameterMismatch(WireError):
    name = "IdempotentParameterMismatchException"
    default_message = "The ClientRequestToken you have supplied is already in use."

    @classmethod
    def of_token(cls, token: str) -> IdempotentParameterMismatch:
        return cls(f"The ClientRequestToken: {token} you have supplied is already in use.")


class InvalidPaginationToken(WireError):
    name = "InvalidPaginationTokenException"
    default_message = "Invalid Pagination Token"


class ResourceNotFound(WireError):
    name = "ResourceNotFoundException"
    default_message = "Could not find JobId"


class ProvisionedThroughputExceeded(WireError):
    name = "ProvisionedThroughputExceededException"
    default_message = "Provisioned Rate exceeded."


class Throttling(WireError):
    name = "ThrottlingException"
    default_message = "Slow down; please reduce your request rate."


class InternalServerError(WireError):
    name = "InternalServerError"
    status = 500
    default_message = "Internal Server Error"


class Serialization(WireError):
    """The body is not a JSON object. Every AWS JSON service answers this, so no service model lists it."""

    name = "SerializationException"
    default_message = "The request body is not a JSON object."


class UnknownOperation(WireError):
    """No such operation here. Every AWS JSON service answers this, so no service model lists it."""

    name = "UnknownOperationException"
    status = 404
    default_message = "The requested operation is not known."

"""Error answers of the contract: a class for each name on the wire, with its HTTP status and message.

    EngineError
    └── WireError                             status  name on the wire
        ├── InvalidParameterError                400  InvalidParameterException
        ├── InvalidS3ObjectError                 400  InvalidS3ObjectException
        ├── VideoTooLargeError                   400  VideoTooLargeException
        ├── LimitExceededError                   400  LimitExceededException
        ├── IdempotentParameterMismatchError     400  IdempotentParameterMismatchException
        ├── InvalidPaginationTokenError          400  InvalidPaginationTokenException
        ├── ResourceNotFoundError                400  ResourceNotFoundException
        ├── ProvisionedThroughputExceededError   400  ProvisionedThroughputExceededException
        ├── ThrottlingError                      400  ThrottlingException
        ├── SerializationError                   400  SerializationException
        ├── UnknownOperationError                404  UnknownOperationException
        └── InternalServerError                  500  InternalServerError

AccessDeniedException is not among them: IAM guards the API function, so callers get it before any code runs.
"""

from __future__ import annotations

from typing import ClassVar

from engine.errors import EngineError
from engine.messages import request as messages


class WireError(EngineError):
    """An error that is answered to the caller. `str()` is the message on the wire."""

    name: ClassVar[str]
    status: ClassVar[int] = 400
    default_message: ClassVar[str]

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.default_message)


class InvalidParameterError(WireError):
    name = "InvalidParameterException"
    default_message = "Request has invalid parameters."

    @classmethod
    def because(cls, *reasons: str) -> InvalidParameterError:
        """The message that Rekognition sends, then which member is invalid and why."""
        return cls(" ".join([cls.default_message, *reasons]))


class InvalidS3ObjectError(WireError):
    name = "InvalidS3ObjectException"
    default_message = (
        "Unable to get object metadata from S3. Check object key, region and/or access permissions."
    )


class VideoTooLargeError(WireError):
    name = "VideoTooLargeException"
    default_message = "Video is too large."

    @classmethod
    def sized(cls, size: int, limit: int) -> VideoTooLargeError:
        return cls(f"Video size in bytes: {size} is more than the maximum limit of: {limit} bytes.")


class LimitExceededError(WireError):
    name = "LimitExceededException"
    default_message = "Too many open Jobs."

    @classmethod
    def open_jobs(cls, count: int, limit: int, user_arn: str | None) -> LimitExceededError:
        user = f"User ARN {user_arn}" if user_arn else "User ARN"
        return cls(f"{count} open Jobs for {user} Maximum limit: {limit}")


class IdempotentParameterMismatchError(WireError):
    name = "IdempotentParameterMismatchException"
    default_message = "The ClientRequestToken you have supplied is already in use."

    @classmethod
    def of_token(cls, token: str) -> IdempotentParameterMismatchError:
        return cls(f"The ClientRequestToken: {token} you have supplied is already in use.")


class InvalidPaginationTokenError(WireError):
    name = "InvalidPaginationTokenException"
    default_message = "Invalid Pagination Token"


class ResourceNotFoundError(WireError):
    name = "ResourceNotFoundException"
    default_message = "Could not find JobId"


class ProvisionedThroughputExceededError(WireError):
    name = "ProvisionedThroughputExceededException"
    default_message = "Provisioned Rate exceeded."


class ThrottlingError(WireError):
    name = "ThrottlingException"
    default_message = "Slow down; please reduce your request rate."


class SerializationError(WireError):
    """The body is not a JSON object. Every AWS JSON service answers this, so no service model lists it."""

    name = "SerializationException"
    default_message = messages.BODY_NOT_JSON


class UnknownOperationError(WireError):
    """No such operation here. Every AWS JSON service answers this, so no service model lists it."""

    name = "UnknownOperationException"
    status = 404
    default_message = messages.UNKNOWN_OPERATION


class InternalServerError(WireError):
    name = "InternalServerError"
    status = 500
    default_message = "Internal Server Error"

"""Objects that are in S3 and that S3 does not give all the same, and what their owner can do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from engine.messages import s3 as messages

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef


def head_object(client: S3Client, **asked: Any) -> HeadObjectOutputTypeDef:
    """HEAD, except that a bad request is raised as the error of a GET, which says what is bad about it.

    The answer to a HEAD has no body, so its errors are known by their status alone. An archived object has a
    HEAD like any other: only a GET of it is refused.
    """
    try:
        return client.head_object(**asked)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 400:
            client.get_object(**asked, Range="bytes=0-0")["Body"].close()
        raise


def why_unreadable(error: ClientError) -> str | None:
    """One line for a GET refused because of how the object is stored; None for any other error."""
    details: Any = error.response["Error"]
    code = details.get("Code")
    if code == "InvalidObjectState":
        tier = details.get("AccessTier") or details.get("StorageClass")
        return messages.archived(tier)
    if code == "InvalidRequest" and "Server Side Encryption" in details.get("Message", ""):
        return messages.CUSTOMER_KEY
    return None

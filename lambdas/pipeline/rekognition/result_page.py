"""One page of a job's results, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from pipeline import messages
from pipeline.errors import (
    JobFailedError,
    JobInProgressError,
    JobNotFoundError,
    JobServiceFaultError,
    TokenExpiredError,
)
from pipeline.rekognition import error_codes
from pipeline.rekognition.failed_jobs import is_service_fault
from shared.aws_errors import code_of

if TYPE_CHECKING:
    from mypy_boto3_rekognition.client import RekognitionClient

Page = Mapping[str, Any]
"""The answer of GetPersonTracking."""

_PAGE_RECORDS = 1000
"""Records asked for in a page: the contract's most."""


def read_page(client: RekognitionClient, job_id: str, token: str | None) -> Page:
    """One page of records sorted by person; the first where `token` is None.

    Raises `JobError` for a job that has none to give, and `TokenExpiredError`.
    """
    try:
        page = client.get_person_tracking(
            JobId=job_id, SortBy="INDEX", MaxResults=_PAGE_RECORDS, **({"NextToken": token} if token else {})
        )
    except ClientError as error:
        code = code_of(error)
        if code == error_codes.TOKEN_EXPIRED:
            raise TokenExpiredError(messages.TOKEN_EXPIRED) from error
        if code == error_codes.NOT_FOUND:
            raise JobNotFoundError(messages.reason_of(error)) from error
        raise
    if page["JobStatus"] == "FAILED":
        reason = page.get("StatusMessage") or messages.JOB_FAILED_WITHOUT_REASON
        raise (JobServiceFaultError if is_service_fault(reason) else JobFailedError)(reason)
    if page["JobStatus"] != "SUCCEEDED":
        raise JobInProgressError(messages.JOB_IN_PROGRESS.format(status=page["JobStatus"]))
    return page

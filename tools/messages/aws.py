"""Credentials, region, and what AWS refused."""

from __future__ import annotations

NO_CREDENTIALS = (
    "No AWS credentials found. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
    "or run: aws sso login"
)
NO_REGION = "No AWS region chosen. Set AWS_REGION, such as AWS_REGION=eu-west-1"


def refused(operation: str, reason: str) -> str:
    return f"AWS refused {operation}: {reason}"


def credentials_refused(reason: str | None) -> str:
    return (
        f"AWS does not accept your credentials: {reason} "
        "Renew them (aws sso login, or new keys) and try again."
    )


def no_profile(reason: str) -> str:
    """`reason`: boto3's, without a full stop."""
    return f"{reason}. Set AWS_PROFILE to one of your profiles."


def not_bootstrapped(place: str) -> str:
    """`place`: account and region."""
    return f"Not prepared for the CDK yet: {place}. Run once: make bootstrap"


def some_failed(operations: str, advice: str) -> str:
    """After a line for each. `operations`: how many, with the noun."""
    return f"{operations} failed. {advice}"


STILL_DEAD_LETTERS = "Messages that were not sent again are still in their dead-letter queues."
FORGET_AGAIN = "Remove the reason and run it again, by the key or by the video id shown."
"""Advice: for `some_failed`."""

"""Before the CDK runs, an account that cannot be deployed to is one clear line."""

import boto3
import pytest
from botocore.exceptions import NoCredentialsError

from tools.commands.account import check_account
from tools.embedded.embedded_aws import EmbeddedAws
from tools.errors import ToolError
from tools.target import embedded


@pytest.fixture
def session(empty_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    monkeypatch.setenv("AWS_ENDPOINT_URL", empty_aws.endpoint)
    return embedded(empty_aws.endpoint).session


def test_an_account_without_the_cdks_bootstrap_stack_is_refused_until_it_has_one(
    session: boto3.Session,
) -> None:
    name = "/cdk-bootstrap/hnb659fds/version"
    if any(found["Name"] == name for found in session.client("ssm").describe_parameters()["Parameters"]):
        session.client("ssm").delete_parameter(Name=name)
    with pytest.raises(ToolError, match=r"region us-east-1\. Run once: make bootstrap$"):
        check_account(session, bootstrapped=True)
    session.client("ssm").put_parameter(Name=name, Value="30", Type="String")
    assert check_account(session, bootstrapped=True) == "account 000000000000, region us-east-1"


def test_bootstrapping_needs_no_bootstrap_stack(session: boto3.Session) -> None:
    assert "region us-east-1" in check_account(session, bootstrapped=False)


def test_without_credentials_boto3_says_so(session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(NoCredentialsError):
        check_account(boto3.Session(region_name="us-east-1"), bootstrapped=True)

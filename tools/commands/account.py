"""Check, before the CDK runs, that there is an AWS account to deploy to, and print which.

python -m tools.commands.account [--bootstrapped] [--profile NAME] [any option of the CDK]
"""

import sys

import boto3
from botocore.exceptions import ClientError, ProfileNotFound

from tools.arguments import Parser
from tools.errors import ToolError, command
from tools.inert import inert
from tools.messages import aws as messages

_BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version"


def check_account(session: boto3.Session, *, bootstrapped: bool) -> str:
    """The account and region that the CDK will deploy to, as text.

    Raises ToolError, or the errors of boto3, where it could not.
    """
    try:
        account = session.client("sts").get_caller_identity()["Account"]
    except ClientError as error:
        raise ToolError(messages.credentials_refused(error.response["Error"].get("Message"))) from error
    place = f"account {account}, region {session.region_name}"
    if bootstrapped:
        ssm = session.client("ssm")
        try:
            ssm.get_parameter(Name=_BOOTSTRAP_VERSION)
        except ssm.exceptions.ParameterNotFound:
            raise ToolError(messages.not_bootstrapped(place)) from None
        except ClientError:
            # Deploying needs no right to read the parameter itself: the CDK's roles have it.
            pass
    return place


def main() -> None:
    parser = Parser(prog="make deploy", add_help=False)
    parser.add_argument("--bootstrapped", action="store_true")
    parser.add_argument("--profile")
    arguments, _ = parser.parse_known_args()
    try:
        session = boto3.Session(profile_name=arguments.profile)
    except ProfileNotFound as error:
        raise ToolError(messages.no_profile(str(error))) from error
    print(inert(check_account(session, bootstrapped=arguments.bootstrapped)), file=sys.stderr)


if __name__ == "__main__":
    command(main)

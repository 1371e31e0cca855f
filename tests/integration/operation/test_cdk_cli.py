"""The CDK's own command line, against an empty account: bootstrap, deploy, destroy, as `make` runs them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.deployment.embedded_template import fit
from tools.deployment.synth import synthesize
from tools.embedded.embedded_aws import ROOT, throw_away
from tools.progress import Progress
from tools.target import Target, embedded, stack_outputs

STACK = "people-pathing"
_CDK = ROOT / "node_modules" / ".bin" / "cdk"

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(not _CDK.exists(), reason="the CDK command line is not installed (npm ci)"),
]


@dataclass(frozen=True)
class Cli:
    """The command line, with an account and an assembly to deploy."""

    target: Target
    assembly: Path
    home: Path

    def run(self, *arguments: str) -> str:
        """What a command printed, once it succeeded."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "CDK_HOME": str(self.home),
            "AWS_ENDPOINT_URL": str(self.target.endpoint),
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "CDK_DISABLE_CLI_TELEMETRY": "1",
            "CDK_DISABLE_VERSION_CHECK": "1",
        }
        command = [str(_CDK), *arguments, "--no-notices", "--ci"]
        ran = subprocess.run(
            command, cwd=self.home, env=environment, capture_output=True, text=True, timeout=500, check=False
        )
        assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
        return ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cli]:
    folder = tmp_path_factory.mktemp("cdk")
    assembly = synthesize(folder / "assembly", Progress(), {"removal": "retain"})
    template = assembly / f"{STACK}.template.json"
    fitted, _ = fit(json.loads(template.read_text()))
    template.unlink()  # it may be a link to the cached one
    template.write_text(json.dumps(fitted))
    with throw_away() as aws:
        made = Cli(embedded(aws.endpoint), assembly, folder)
        made.run("bootstrap", "aws://000000000000/us-east-1")
        yield made


def test_the_stack_is_deployed_and_destroyed_by_the_cdks_own_command_line(cli: Cli) -> None:
    app = ("--app", str(cli.assembly))
    outputs = cli.home / "outputs.json"
    cli.run("deploy", *app, "--require-approval", "never", "--outputs-file", str(outputs))
    written = json.loads(outputs.read_text())[STACK]
    assert written == stack_outputs(cli.target, STACK)
    s3 = cli.target.client("s3")
    s3.put_object(Bucket=written["VideosBucket"], Key="kept.txt", Body=b"kept")
    assert "There were no differences" in cli.run("diff", *app)

    cli.run("destroy", *app, "--force")
    assert cli.target.client("lambda").list_functions()["Functions"] == []
    kept = s3.get_object(Bucket=written["VideosBucket"], Key="kept.txt")["Body"].read()
    assert kept == b"kept"

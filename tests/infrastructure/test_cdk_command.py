"""The CDK connects to the operator's account only, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from testing.recording_proxy import recording_proxy

ROOT = Path(__file__).parents[2]
_CDK = ROOT / "node_modules" / ".bin" / "cdk"


@pytest.mark.skipif(
    not _CDK.exists(), reason="the CDK command line is not installed (make node_modules/.installed)"
)
def test_the_cdk_sends_no_telemetry_and_checks_for_no_newer_version(tmp_path: Path) -> None:
    """On a terminal, where it would ask for newer versions too. In place of the app it runs a command that
    prints the context the CDK passes to the app, with its setting for version reporting."""
    app = f"printenv CDK_CONTEXT_JSON > {tmp_path}/context.json; sleep 1"
    command = f'probe: ; @$(CDK) list --output {tmp_path}/out --app "{app}"'
    ours, terminal = os.openpty()
    with recording_proxy() as proxy:
        subprocess.run(
            ["make", "--eval", command, "probe"],
            cwd=ROOT,
            # CDK_HOME, since it keeps what it fetched in the user's home whatever HOME says.
            env={
                "HOME": str(tmp_path),
                "CDK_HOME": str(tmp_path / "cdk"),
                "PATH": os.environ["PATH"],
                **proxy.variables,
            },
            stdin=subprocess.DEVNULL,
            stdout=terminal,
            stderr=terminal,
            check=False,
            timeout=120,
        )
        os.close(terminal)
        os.close(ours)
        # Its report is sent by a process it leaves behind.
        proxy.requested_within(2)
    assert proxy.requests == []
    context = json.loads((tmp_path / "context.json").read_text())
    assert not context.get("aws:cdk:version-reporting")


def test_the_cdk_libraries_leave_nothing_in_the_home_folder(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", "import infra.access_logs"],
        cwd=ROOT,
        env={**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)},
        check=True,
        timeout=120,
    )
    assert list(tmp_path.iterdir()) == []

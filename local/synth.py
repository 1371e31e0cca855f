"""Synthesize the real CDK stack for the embedded AWS: `app.py` itself, without the CDK command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

from local.embedded_aws import REGION, ROOT
from local.errors import LocalError

# The stack as deployed to AWS, packaged for this machine's Python, and nothing kept when the stack goes.
LOCAL_CONTEXT = {"packaging": "host", "removal": "destroy"}


def synthesize(folder: Path, context: dict[str, str] | None = None) -> Path:
    """Run `app.py` and return the cloud assembly written to `folder`.

    Args:
        folder: an empty or absent folder for the assembly.
        context: CDK context over `cdk.json`'s and the local defaults.

    Raises:
        LocalError: the app failed; its own last line says why.
    """
    written = json.loads((ROOT / "cdk.json").read_text()).get("context", {})
    environment = os.environ | {
        "CDK_OUTDIR": str(folder),
        "CDK_CONTEXT_JSON": json.dumps(written | LOCAL_CONTEXT | (context or {})),
        "CDK_DEFAULT_REGION": REGION,
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    }
    run = subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        cwd=ROOT,
        env=environment,
        # Progress of the models' conversion and of the packaging goes through as it comes.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    if run.returncode != 0:
        raise LocalError(f"The stack does not synthesize: {_last_line(run.stderr)}")
    return folder


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"

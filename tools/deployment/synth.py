"""Synthesize the real CDK stack for the embedded AWS: `app.py` itself, without the CDK command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tools.deployment.assemblies import kept
from tools.embedded.embedded_aws import REGION, ROOT
from tools.errors import ToolError
from tools.messages import stacks as messages
from tools.progress import Progress

_ENVIRONMENT = {
    # The CDK's own validation, four times as long as the synthesis, only warns; `make lint` runs cfn-lint.
    "CDK_VALIDATION": "false",
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
}


def local_context() -> dict[str, str]:
    """The stack as deployed to AWS, but packaged for this machine, and with nothing retained on deletion."""
    return {
        "packaging": "host",
        "removal": "destroy",
        # The analysis of one segment uses all cores; a second one works while the first waits.
        "concurrency": "2",
    }


def synthesize(folder: Path, progress: Progress, context: dict[str, str] | None = None) -> Path:
    """Write the cloud assembly of the present `app.py` to `folder`, from the cache if nothing changed.

    Args:
        folder: must not exist yet.
        progress: shows the progress lines of the app.
        context: CDK context on top of `local_context`.

    Raises:
        ToolError: the app failed; the text ends with its last line.
    """
    settings = json.dumps(local_context() | (context or {}), sort_keys=True)
    progress.show("synthesizing the stack (packages the Lambda functions the first time)")
    return kept(folder, settings, lambda new: _run_app(new, settings, progress))


def _run_app(folder: Path, context: str, progress: Progress) -> None:
    environment = os.environ | _ENVIRONMENT
    environment["CDK_OUTDIR"] = str(folder)
    environment["CDK_CONTEXT_JSON"] = context
    environment["CDK_DEFAULT_REGION"] = REGION
    last = "it gave no reason"
    with subprocess.Popen(
        [sys.executable, str(ROOT / "app.py")],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as app:
        assert app.stderr is not None
        try:
            for line in app.stderr:
                last = line.strip() or last
                if last.endswith("…"):
                    progress.show(last.removesuffix(" …"))
        except BaseException:
            app.terminate()
            raise
    if app.returncode != 0:
        raise ToolError(messages.not_synthesized(last))

"""Synthesize the real CDK stack for the embedded AWS: `app.py` itself, without the CDK command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tools.deployment.assemblies import kept
from tools.embedded.embedded_aws import REGION, ROOT
from tools.errors import LocalError
from tools.progress import Progress

_QUIET = {
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
}


def local_context() -> dict[str, str]:
    """The stack as deployed to AWS, but packaged for this machine, and nothing kept when the stack goes."""
    return {
        "packaging": "host",
        "removal": "destroy",
        # A segment's analysis fills all cores by itself; a second one works while the first waits.
        "concurrency": "2",
    }


def synthesize(folder: Path, progress: Progress, context: dict[str, str] | None = None) -> Path:
    """The cloud assembly of `app.py` as it is now, in `folder`; kept from the last time if nothing changed.

    Args:
        folder: where to put it; must not exist.
        progress: where what the app says about its progress is shown.
        context: CDK context over the tools defaults.

    Raises:
        LocalError: the app failed; its own last line says why.
    """
    settings = json.dumps(local_context() | (context or {}), sort_keys=True)
    progress.show("synthesizing the stack")
    return kept(folder, settings, lambda new: _run_app(new, settings, progress))


def _run_app(folder: Path, context: str, progress: Progress) -> None:
    environment = os.environ | _QUIET
    environment["CDK_OUTDIR"] = str(folder)
    environment["CDK_CONTEXT_JSON"] = context
    environment["CDK_DEFAULT_REGION"] = REGION
    last = "it said nothing"
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
                    progress.show(last)
        except BaseException:
            app.terminate()
            raise
    if app.returncode != 0:
        raise LocalError(f"The stack does not synthesize: {last}")

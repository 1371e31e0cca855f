"""The CDK app: options from the context, one stack from the options. Needs no account and no network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.options import Options
from infra.stack import PeoplePathingStack

_SETTINGS = Path(__file__).resolve().parent.parent / "cdk.json"


def people_pathing(*, context: dict[str, Any] | None = None, outdir: str | None = None) -> App:
    """The app with its stack. `context` goes over cdk.json's, the command line's `-c key=value` over both.

    Raises infra.options.OptionError for a key or a value that cannot be used.
    """
    # Read here too, since `python app.py` runs without the command line that would.
    settings = json.loads(_SETTINGS.read_text())["context"]
    app = App(context={**settings, **(context or {})}, outdir=outdir, analytics_reporting=False)
    options = Options.from_context(app.node.get_all_context())
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    PeoplePathingStack(app, options.prefix, options)
    return app

"""Run by the embedded AWS's own interpreter: IAM enforced, over TLS, until stdin closes.

Each decision of IAM is a line of JSON in the file that `IAM_DECISIONS` names.
"""

import json
import os
import signal
import sys
import threading

from ministack import app
from ministack.core import iam_evaluator


def _end_with_parent() -> None:
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)


def _record_decisions() -> None:
    decide, enforce = iam_evaluator.evaluate, iam_evaluator.enforce
    record = open(os.environ["IAM_DECISIONS"], "a", buffering=1)  # noqa: SIM115 - until the process ends
    asked = threading.local()

    def decide_and_note(context, *policies):  # type: ignore[no-untyped-def]
        # The first of a call is about the caller's own policies, further ones about those of the resource.
        if getattr(asked, "context", None) is None:
            asked.context = context
        return decide(context, *policies)

    def enforce_and_record(*arguments, **named):  # type: ignore[no-untyped-def]
        asked.context = None
        refused = enforce(*arguments, **named)
        if (context := asked.context) is not None:
            line = {
                "principal": context.principal_arn,
                "action": context.action,
                "resource": context.resource_arn,
                "allowed": refused is None,
            }
            record.write(json.dumps(line) + "\n")
        return refused

    iam_evaluator.evaluate, iam_evaluator.enforce = decide_and_note, enforce_and_record


_record_decisions()
# Run by root it would take port 443 as well, for a service that is not used here.
app._port_is_bindable = lambda *_: False
threading.Thread(target=_end_with_parent, daemon=True).start()
app.main()

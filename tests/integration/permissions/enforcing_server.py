"""Run by the embedded AWS's own interpreter: IAM enforced, over TLS, until stdin closes."""

import os
import signal
import sys
import threading

from ministack import app


def _end_with_parent() -> None:
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)


# Run by root it would take port 443 as well, for a service that is not used here.
app._port_is_bindable = lambda *_: False
threading.Thread(target=_end_with_parent, daemon=True).start()
app.main()

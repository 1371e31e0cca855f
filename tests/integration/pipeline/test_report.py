"""The report beside the tracks."""

from __future__ import annotations

import base64
import json

import pytest

from pipeline.report import report_parts
from shared.still import Still, write_still
from testing.pipeline_environment import EmbeddedPipeline, in_environment
from testing.scripted_rekognition import People, ScriptedTracking


def test_the_report_shows_all_people_and_agrees_with_the_table(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.people = People(3, 450)
    tracking.after_start = pipeline.complete
    video = pipeline.upload("a/<b>.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    page = pipeline.read(video, "report.html").decode()
    for person in pipeline.items(video, "PERSON#"):
        assert f'<span class="word">Person </span>{person["Index"]}</span></button>' in page
        assert f'<td data-value="{float(person["SecondsSeen"])}">' in page
        assert f'<td data-value="{person["FacesSeen"]}">' in page
    assert "&lt;b&gt;.mp4" in page
    assert "<b>.mp4" not in page
    assert json.loads(pipeline.read(video, "manifest.json"))["Objects"]["report.html"].endswith(
        "/report.html"
    )
    assert not [name for name in pipeline.objects(video) if name.startswith("report/")]


def test_the_report_draws_on_the_still_of_the_engine(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = pipeline.work_bucket()
    with in_environment(pipeline, monkeypatch.setenv):
        video = pipeline.upload("a.mp4")
        pipeline.run_until(lambda: bool(pipeline.jobs_of(video)))
        job = pipeline.job_of(video)
        write_still(pipeline.s3, work, job.id, Still(b"\xff\xd8 a picture", 640, 480, 1234))
        pipeline.complete(job)
        pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")
    picture = base64.b64encode(b"\xff\xd8 a picture").decode()
    report = pipeline.read(video, "report.html").decode()
    assert f"data:image/jpeg;base64,{picture}" in report
    assert '"stillAt":1234,"aspect":1.3333333333333333}' in report


def test_a_report_that_fails_loses_no_tracks(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(report_parts, "write_report", fails)
    tracking.after_start = pipeline.complete
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")
    assert "report.html" not in pipeline.objects(video)
    assert "report.html" not in json.loads(pipeline.read(video, "manifest.json"))["Objects"]

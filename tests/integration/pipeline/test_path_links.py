"""How sure the links inside paths are, from what the engine leaves to items, files and the report."""

from __future__ import annotations

import json

import pytest

from pipeline.video import Video
from shared.links import Link, links_key, write_links
from testing.pipeline_environment import EmbeddedPipeline, in_environment
from testing.scripted_rekognition import People, ScriptedTracking

LINKS = {0: [Link(400, 0.98), Link(800, 0.712)], 2: [Link(600, 0.95)]}


def tracked(pipeline: EmbeddedPipeline, patch: pytest.MonkeyPatch, body: bytes | None = None) -> Video:
    """A video of three people whose links the engine has left: `LINKS`, or an object with that body."""
    work = pipeline.work_bucket()
    with in_environment(pipeline, patch.setenv):
        video = pipeline.upload("a.mp4")
        pipeline.run_until(lambda: bool(pipeline.jobs_of(video)))
        job = pipeline.job_of(video)
        if body is None:
            write_links(pipeline.s3, work, job.id, LINKS)
        else:
            pipeline.s3.put_object(Bucket=work, Key=links_key(job.id), Body=body)
        pipeline.complete(job)
        pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")
    return video


def test_a_persons_item_says_how_sure_the_path_is_and_where_it_is_least(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracking.people = People(3, 45)
    first, second, third = pipeline.items(tracked(pipeline, monkeypatch), "PERSON#")
    assert (first["LinkConfidence"], first["WeakestLinkMillis"]) == (0.712, 800)
    assert second["LinkConfidence"] == 1
    assert "WeakestLinkMillis" not in second
    assert (third["LinkConfidence"], third["WeakestLinkMillis"]) == (0.95, 600)


def test_a_persons_file_has_every_link_and_records_as_they_were(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracking.people = People(3, 45)
    video = tracked(pipeline, monkeypatch)
    track = json.loads(pipeline.read(video, "persons/00000.json"))
    assert track["LinkConfidence"] == 0.712
    assert track["Links"] == [
        {"AtMillis": 400, "Confidence": 0.98},
        {"AtMillis": 800, "Confidence": 0.712},
    ]
    assert {name for record in track["Persons"] for name in record} == {"Timestamp", "Person"}
    assert {name for record in track["Persons"] for name in record["Person"]} <= {
        "Index",
        "BoundingBox",
        "Face",
    }


def test_the_report_says_which_path_is_unsure_and_from_when_on(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracking.people = People(3, 45)
    page = pipeline.read(tracked(pipeline, monkeypatch), "report.html").decode()
    assert '<td data-value="0.712" title="From 0:00 on it may be someone else">71 %</td>' in page


def test_without_links_a_video_is_tracked_and_nothing_is_said_of_them(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.people = People(2, 45)
    tracking.after_start = pipeline.complete
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")
    for person in pipeline.items(video, "PERSON#"):
        assert not {"LinkConfidence", "WeakestLinkMillis"} & set(person)
    assert set(json.loads(pipeline.read(video, "persons/00000.json"))) == {"VideoId", "Index", "Persons"}


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"Links": {"0": [[1]]}}', b'{"Links": {"x": []}}', b'{"Links": 3}', b"\xff"]
)
def test_an_object_that_holds_no_links_is_as_good_as_none(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    tracking.people = People(1, 45)
    (person,) = pipeline.items(tracked(pipeline, monkeypatch, body), "PERSON#")
    assert "LinkConfidence" not in person

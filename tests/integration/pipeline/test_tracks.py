"""From a dropped video to what readers find."""

import gzip
import json
from fractions import Fraction

import pytest

from testing.pipeline_environment import EmbeddedPipeline
from testing.scripted_rekognition import People, ScriptedTracking


def test_a_dropped_video_becomes_tracks_and_meta_says_so_last(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.people = People(3, 1500)
    tracking.after_start = pipeline.complete
    video = pipeline.upload("clips/people.mp4")

    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    meta = pipeline.meta(video)
    assert meta is not None
    assert (meta["PeopleCount"], meta["RecordCount"], meta["Attempt"]) == (3, 4500, 1)
    assert meta["VideoMetadata"]["FrameWidth"] == 1920
    assert meta["JobTag"] == video.id
    assert "Checkpoint" not in meta
    assert "LeaseOwner" not in meta
    assert sorted(pipeline.objects(video)) == [
        "detections.jsonl.gz",
        "manifest.json",
        "persons/00000.json",
        "persons/00001.json",
        "persons/00002.json",
        "report.html",
    ]
    manifest = json.loads(pipeline.read(video, "manifest.json"))
    assert [person["Index"] for person in manifest["Persons"]] == [0, 1, 2]
    assert manifest["RecordCount"] == 4500


def test_each_record_is_in_the_persons_file_in_time_order_and_once_in_the_detections(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.people = People(2, 1700, face_every=100)
    tracking.after_start = pipeline.complete
    video = pipeline.upload("a.MOV")

    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    expected = [tracking.people.record(person, rank) for person in range(2) for rank in range(1700)]
    expected.sort(key=lambda record: (record["Person"]["Index"], record["Timestamp"]))
    persons = [json.loads(pipeline.read(video, f"persons/0000{person}.json")) for person in range(2)]
    assert [record for person in persons for record in person["Persons"]] == expected
    lines = gzip.decompress(pipeline.read(video, "detections.jsonl.gz")).decode().splitlines()
    assert [json.loads(line) for line in lines] == [{"VideoId": video.id, **record} for record in expected]


def test_the_table_holds_people_their_paths_and_the_people_of_each_minute(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.people = People(2, 2000)  # 133 s at 15 Hz
    tracking.after_start = pipeline.complete
    video = pipeline.upload("a.avi")

    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    persons = pipeline.items(video, "PERSON#")
    assert [item["SK"] for item in persons] == ["PERSON#00000", "PERSON#00001"]
    assert persons[0]["Points"] == 2000
    assert persons[0]["FacesSeen"] == 200
    assert (persons[0]["FirstMillis"], persons[0]["LastMillis"]) == (0, 133266)
    assert persons[0]["SecondsSeen"] == pytest.approx(133.266)
    assert len(persons[0]["Path"]) <= 200
    assert persons[0]["TrackKey"] == f"tracks/{video.id}/persons/00000.json"
    paths = pipeline.items(video, "PATH#00001")
    assert [item["SK"] for item in paths] == [
        "PATH#00001#00000000",
        "PATH#00001#00060000",
        "PATH#00001#00120000",
    ]
    points = [point for item in paths for point in item["Points"]]
    assert [point[0] for point in points] == [tracking.people.timestamp(place) for place in range(2000)]
    assert all(len(point) == 5 for point in points)
    minutes = pipeline.items(video, "TIME#")
    assert [item["SK"] for item in minutes] == ["TIME#00000", "TIME#00001", "TIME#00002"]
    assert [person["Index"] for person in minutes[2]["People"]] == [0, 1]
    assert sum(person["Points"] for item in minutes for person in item["People"]) == 4000


def test_a_video_of_no_people_succeeds_with_none(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.people = People(0, 0)
    tracking.after_start = pipeline.complete
    video = pipeline.upload("empty.mp4")

    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    meta = pipeline.meta(video)
    assert meta is not None
    assert meta["PeopleCount"] == 0
    assert pipeline.items(video, "PERSON#") == []
    assert gzip.decompress(pipeline.read(video, "detections.jsonl.gz")) == b""


def test_a_failed_job_fails_the_video_with_the_jobs_reason(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.after_start = lambda job: pipeline.complete(job, "FAILED", "Unsupported codec/format.")
    video = pipeline.upload("text.mp4")

    pipeline.run_until(lambda: pipeline.status(video) == "FAILED")

    meta = pipeline.meta(video)
    assert meta is not None
    assert meta["StatusMessage"] == "Unsupported codec/format."
    assert pipeline.objects(video) == []


def test_an_event_announces_tracks_that_are_ready(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.after_start = pipeline.complete
    video = pipeline.upload("a.mp4")

    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    (event,) = pipeline.announcements()
    assert (event["source"], event["detail-type"]) == ("people-pathing", "Person Tracks Ready")
    detail = event["detail"]
    assert detail["SchemaVersion"] == "1.0"
    assert detail["VideoId"] == video.id
    assert detail["Results"] == {
        "Bucket": pipeline.results,
        "Prefix": f"tracks/{video.id}/",
        "Manifest": f"tracks/{video.id}/manifest.json",
    }


def test_an_event_announces_tracking_that_failed(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "VideoTooLargeException", message="Too large.")
    video = pipeline.upload("a.mp4")

    pipeline.run_until(lambda: pipeline.status(video) == "FAILED")

    (event,) = pipeline.announcements()
    assert event["detail-type"] == "Person Tracking Failed"
    assert event["detail"]["StatusMessage"] == "Too large."


@pytest.mark.parametrize(
    "key",
    ["two words.mp4", "a+b.mp4", "größe/naïve.mov", "🚶‍♀️ 走る.mp4", "100%25.avi", "../../x<b>&\n.mp4"],
)
def test_any_name_works(pipeline: EmbeddedPipeline, tracking: ScriptedTracking, key: str) -> None:
    tracking.after_start = pipeline.complete
    video = pipeline.upload(key)

    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    meta = pipeline.meta(video)
    assert meta is not None
    assert meta["Key"] == key
    assert pipeline.job_of(video).request["Video"]["S3Object"]["Name"] == key


def test_what_the_service_says_of_a_job_that_succeeded_reaches_every_reader(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    note = "3.1 % of the frames could not be decoded. <b>"
    tracking.after_start = lambda job: pipeline.complete(job, "SUCCEEDED", note)
    video = pipeline.upload("a.mp4")

    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    (event,) = pipeline.announcements()
    said = (pipeline.meta(video), json.loads(pipeline.read(video, "manifest.json")), event["detail"])
    assert [each["StatusMessage"] for each in said if each] == [note] * 3
    page = pipeline.read(video, "report.html").decode()
    assert '<p class="note"><bdi>3.1 % of the frames could not be decoded. &lt;b&gt;</bdi></p>' in page


def test_nothing_is_said_of_a_job_that_succeeded_without_a_note(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.after_start = pipeline.complete
    video = pipeline.upload("a.mp4")

    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    (event,) = pipeline.announcements()
    for each in (pipeline.meta(video), json.loads(pipeline.read(video, "manifest.json")), event["detail"]):
        assert "StatusMessage" not in (each or {})


@pytest.mark.parametrize(
    ("seconds_a_frame", "minutes"),
    [
        (2, [(0, 0, 59_999, 30), (1, 60_000, 78_000, 10)]),
        (
            90,
            [
                (0, 0, 59_999, 1),
                (1, 60_000, 119_999, 1),
                (2, 120_000, 179_999, 0),
                (3, 180_000, 180_000, 1),
            ],
        ),
    ],
)
def test_a_person_in_every_frame_of_a_slow_video_is_there_all_the_time(
    pipeline: EmbeddedPipeline,
    tracking: ScriptedTracking,
    seconds_a_frame: int,
    minutes: list[tuple[int, int, int, int]],
) -> None:
    records = sum(minute[3] for minute in minutes)
    tracking.people = People(1, records, hz=Fraction(1, seconds_a_frame), frame_rate=1 / seconds_a_frame)
    tracking.after_start = pipeline.complete
    video = pipeline.upload("timelapse.mp4")

    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    (person,) = pipeline.items(video, "PERSON#")
    assert person["SecondsSeen"] == (records - 1) * seconds_a_frame
    assert (pipeline.meta(video) or {})["GapMillis"] == 1500 * seconds_a_frame
    assert [
        (item["Minute"], one["FirstMillis"], one["LastMillis"], one["Points"])
        for item in pipeline.items(video, "TIME#")
        for one in item["People"]
    ] == minutes

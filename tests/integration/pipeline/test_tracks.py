"""From a dropped video to what readers find."""

import gzip
import json

import pytest

from testing.pipeline_environment import PipelineRoom
from testing.scripted_rekognition import People, ScriptedTracking


def test_a_dropped_video_becomes_tracks_and_meta_says_so_last(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.people = People(3, 1500)
    tracking.after_start = room.complete
    video = room.upload("clips/people.mp4")

    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    meta = room.meta(video)
    assert meta is not None
    assert (meta["PeopleCount"], meta["RecordCount"], meta["Attempt"]) == (3, 4500, 1)
    assert meta["VideoMetadata"]["FrameWidth"] == 1920
    assert meta["JobTag"] == video.id
    assert "Checkpoint" not in meta
    assert "LeaseOwner" not in meta
    assert sorted(room.objects(video)) == [
        "detections.jsonl.gz",
        "manifest.json",
        "persons/00000.json",
        "persons/00001.json",
        "persons/00002.json",
        "report.html",
    ]
    manifest = json.loads(room.read(video, "manifest.json"))
    assert [person["Index"] for person in manifest["Persons"]] == [0, 1, 2]
    assert manifest["RecordCount"] == 4500


def test_each_record_is_in_the_persons_file_in_time_order_and_once_in_the_detections(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.people = People(2, 1700, face_every=100)
    tracking.after_start = room.complete
    video = room.upload("a.MOV")

    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    expected = [tracking.people.record(person, rank) for person in range(2) for rank in range(1700)]
    expected.sort(key=lambda record: (record["Person"]["Index"], record["Timestamp"]))
    persons = [json.loads(room.read(video, f"persons/0000{person}.json")) for person in range(2)]
    assert [record for person in persons for record in person["Persons"]] == expected
    lines = gzip.decompress(room.read(video, "detections.jsonl.gz")).decode().splitlines()
    assert [json.loads(line) for line in lines] == [{"VideoId": video.id, **record} for record in expected]


def test_the_table_holds_people_their_paths_by_the_minute_and_who_was_there(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.people = People(2, 2000)  # 133 s at 15 Hz
    tracking.after_start = room.complete
    video = room.upload("a.avi")

    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    persons = room.items(video, "PERSON#")
    assert [item["SK"] for item in persons] == ["PERSON#00000", "PERSON#00001"]
    assert persons[0]["Points"] == 2000
    assert persons[0]["FacesSeen"] == 200
    assert (persons[0]["FirstMillis"], persons[0]["LastMillis"]) == (0, 133266)
    assert persons[0]["SecondsSeen"] == pytest.approx(133.266)
    assert len(persons[0]["Path"]) <= 200
    assert persons[0]["TrackKey"] == f"tracks/{video.id}/persons/00000.json"
    paths = room.items(video, "PATH#00001")
    assert [item["SK"] for item in paths] == [
        "PATH#00001#00000000",
        "PATH#00001#00060000",
        "PATH#00001#00120000",
    ]
    points = [point for item in paths for point in item["Points"]]
    assert [point[0] for point in points] == [tracking.people.timestamp(place) for place in range(2000)]
    assert all(len(point) == 5 for point in points)
    minutes = room.items(video, "TIME#")
    assert [item["SK"] for item in minutes] == ["TIME#00000", "TIME#00001", "TIME#00002"]
    assert [person["Index"] for person in minutes[2]["People"]] == [0, 1]
    assert sum(person["Points"] for item in minutes for person in item["People"]) == 4000


def test_a_video_of_no_people_succeeds_with_none(room: PipelineRoom, tracking: ScriptedTracking) -> None:
    tracking.people = People(0, 0)
    tracking.after_start = room.complete
    video = room.upload("empty.mp4")

    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    meta = room.meta(video)
    assert meta is not None
    assert meta["PeopleCount"] == 0
    assert room.items(video, "PERSON#") == []
    assert gzip.decompress(room.read(video, "detections.jsonl.gz")) == b""


def test_a_failed_job_fails_the_video_with_the_jobs_reason(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.after_start = lambda job: room.complete(job, "FAILED", "Unsupported codec/format.")
    video = room.upload("text.mp4")

    room.run_until(lambda: room.status(video) == "FAILED")

    meta = room.meta(video)
    assert meta is not None
    assert meta["StatusMessage"] == "Unsupported codec/format."
    assert room.objects(video) == []


def test_an_event_tells_the_world_when_tracks_are_ready(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.after_start = room.complete
    video = room.upload("a.mp4")

    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    (event,) = room.announcements()
    assert (event["source"], event["detail-type"]) == ("people-pathing", "Person Tracks Ready")
    detail = event["detail"]
    assert detail["SchemaVersion"] == "1.0"
    assert detail["VideoId"] == video.id
    assert detail["Results"] == {
        "Bucket": room.results,
        "Prefix": f"tracks/{video.id}/",
        "Manifest": f"tracks/{video.id}/manifest.json",
    }


def test_an_event_tells_the_world_when_tracking_failed(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.fail_next("StartPersonTracking", "VideoTooLargeException", message="Too large.")
    video = room.upload("a.mp4")

    room.run_until(lambda: room.status(video) == "FAILED")

    (event,) = room.announcements()
    assert event["detail-type"] == "Person Tracking Failed"
    assert event["detail"]["StatusMessage"] == "Too large."


@pytest.mark.parametrize(
    "key",
    ["two words.mp4", "a+b.mp4", "größe/naïve.mov", "🚶‍♀️ 走る.mp4", "100%25.avi", "../../x<b>&\n.mp4"],
)
def test_any_name_works(room: PipelineRoom, tracking: ScriptedTracking, key: str) -> None:
    tracking.after_start = room.complete
    video = room.upload(key)

    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    meta = room.meta(video)
    assert meta is not None
    assert meta["Key"] == key
    assert room.job_of(video).request["Video"]["S3Object"]["Name"] == key

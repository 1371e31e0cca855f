"""Answers of a video when it is collected, and again whenever a scene changes."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline.runtime.clock import epoch, expiry, iso
from pipeline.video import Video
from testing.faulty_proxy import Call, FaultyProxy
from testing.pipeline_environment import EmbeddedPipeline
from testing.scripted_rekognition import ScriptedTracking
from tests.integration.pipeline.target import target_of
from tests.integration.pipeline.test_forgetting import forget
from tests.integration.reader.conftest import STORY

KEY = "shop/2026-11-20T09-59-30.mp4"
DOOR = {"name": "door", "polygon": [[0.4, 0.4], [0.6, 0.4], [0.6, 0.7], [0.4, 0.7]]}
CORNER = {"name": "corner", "polygon": [[0.7, 0.8], [0.95, 0.8], [0.95, 0.95], [0.7, 0.95]]}
MIDDLE = {"name": "middle", "points": [[0.5, 0.4], [0.5, 0.6]], "in": "left"}
START = {"from": "key", "pattern": "%Y-%m-%dT%H-%M-%S", "time_zone": "Europe/Berlin"}


def scene(**members: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "name": "Shop",
        "prefix": "shop/",
        "zones": [DOOR, CORNER],
        "lines": [MIDDLE],
        "start": START,
        **members,
    }


@pytest.fixture(autouse=True)
def _story(tracking: ScriptedTracking, pipeline: EmbeddedPipeline) -> None:
    tracking.people = STORY
    tracking.after_start = pipeline.complete


def collected(pipeline: EmbeddedPipeline, key: str = KEY) -> Video:
    video = pipeline.upload(key)
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")
    return video


def answered(pipeline: EmbeddedPipeline, video: Video) -> dict[str, Any]:
    meta = pipeline.meta(video)
    assert meta
    return meta.get("Answers") or {}


def items_of(pipeline: EmbeddedPipeline, video: Video) -> list[dict[str, Any]]:
    return [
        item for kind in ("VISIT#", "CROSSING#", "ZONE#", "LINE#") for item in pipeline.items(video, kind)
    ]


def snapshot(pipeline: EmbeddedPipeline, video: Video) -> Any:
    return answered(pipeline, video), items_of(pipeline, video), pipeline.answers_files()


def test_a_collected_video_has_its_scenes_answers_before_it_is_announced(pipeline: EmbeddedPipeline) -> None:
    pipeline.put_scene("shop", scene())
    video = collected(pipeline)

    visits = pipeline.items(video, "VISIT#")
    assert [(visit["Zone"], visit["Index"], visit["Began"], visit["Ended"]) for visit in visits] == [
        ("door", 0, "crossed", "crossed"),
        ("corner", 1, "appeared", "disappeared"),
        ("door", 2, "crossed", "disappeared"),
    ]
    assert visits[0]["EnterMillis"] == pytest.approx(26_250, abs=70)
    assert visits[0]["DwellMillis"] == pytest.approx(17_500, abs=140)
    assert visits[0]["EnteredAt"][:21] == "2026-11-20T09:59:56.2"
    assert visits[0]["EnteredAt"].endswith("+01:00")
    (crossing,) = pipeline.items(video, "CROSSING#")
    assert (crossing["Line"], crossing["Index"], crossing["Direction"]) == ("middle", 0, "in")
    hours = [
        (item["Zone"], item["Hour"], item["Visits"], item["Paths"]) for item in pipeline.items(video, "ZONE#")
    ]
    assert hours == [
        ("door", "2026-11-20T09:00+01:00", 1, 1),
        ("door", "2026-11-20T10:00+01:00", 1, 2),
        ("corner", "2026-11-20T09:00+01:00", 0, 0),
        ("corner", "2026-11-20T10:00+01:00", 1, 1),
    ]
    (event,) = [each for each in pipeline.announcements() if each["detail-type"] == "Person Tracks Ready"]
    assert event["detail"]["Answers"] == answered(pipeline, video)
    assert event["detail"]["Answers"]["Lines"] == [{"Name": "middle", "In": 1, "Out": 0}]
    pipeline.answer_all()
    assert pipeline.items(video, "VISIT#") == visits


def test_files_are_partitioned_by_scene_and_day(pipeline: EmbeddedPipeline) -> None:
    pipeline.put_scene("shop", scene())
    video = collected(pipeline, "shop/2026-11-20T23-59-30.mp4")

    files = pipeline.answers_files("visits/")
    assert {key: [row["zone"] for row in rows] for key, rows in files.items()} == {
        f"answers/visits/scene=shop/day=2026-11-20/{video.id}.jsonl": ["door"],
        f"answers/visits/scene=shop/day=2026-11-21/{video.id}.jsonl": ["corner", "door"],
    }
    assert set(answered(pipeline, video)) >= {"Scene", "Revision", "BeganAt", "Zones", "Lines"}


def test_a_zone_drawn_later_answers_for_videos_collected_before_and_nothing_is_detected_again(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    videos = [collected(pipeline), collected(pipeline, "shop/2026-11-21T08-00-00.mp4")]
    other = collected(pipeline, "elsewhere.mp4")
    assert [answered(pipeline, video) for video in videos] == [{}, {}]
    jobs = len(tracking.jobs)

    pipeline.put_scene("shop", scene())
    pipeline.answer_all()

    assert [answered(pipeline, video)["Scene"] for video in videos] == ["shop", "shop"]
    assert [len(pipeline.items(video, "VISIT#")) for video in videos] == [3, 3]
    assert answered(pipeline, other) == {}
    assert len(tracking.jobs) == jobs


def test_answering_later_gives_what_answering_at_once_does(pipeline: EmbeddedPipeline) -> None:
    video = collected(pipeline)
    pipeline.put_scene("shop", scene())
    pipeline.answer_all()
    later = snapshot(pipeline, video)
    pipeline.remove_scene("shop")
    pipeline.answer_all()
    pipeline.put_scene("shop", scene())
    again = collected(pipeline, KEY)  # another version of the object

    def answers_of(video: Video) -> Any:
        personal = ("PK", "JobId", "VideoId", "ExpiresAt")
        return [
            {name: value for name, value in item.items() if name not in personal}
            for item in items_of(pipeline, video)
        ]

    pipeline.answer_all()
    assert answers_of(again) == answers_of(video)
    assert answered(pipeline, again) == answered(pipeline, video) == later[0]


def test_old_answers_are_replaced_whole(pipeline: EmbeddedPipeline) -> None:
    pipeline.put_scene("shop", scene())
    video = collected(pipeline)
    before = answered(pipeline, video)["Revision"]

    pipeline.put_scene("shop", scene(zones=[CORNER], start={"from": "upload"}))
    pipeline.answer_all()

    now = answered(pipeline, video)
    assert now["Revision"] != before
    items = items_of(pipeline, video)
    assert {item["Revision"] for item in items} == {now["Revision"]}
    assert {item["Zone"] for item in items if "Zone" in item} == {"corner"}
    rows = [row for rows in pipeline.answers_files("zone_hours/").values() for row in rows]
    assert {row["zone"] for row in rows} == {"corner"}
    assert not any("day=2026-11-20" in key for key in pipeline.answers_files())
    meta = pipeline.meta(video)
    assert meta
    assert sorted(meta["AnswersKeys"]) == sorted(pipeline.answers_files())


def test_answers_go_when_their_scene_goes(pipeline: EmbeddedPipeline) -> None:
    pipeline.put_scene("shop", scene())
    video = collected(pipeline)
    assert pipeline.answers_files()

    pipeline.remove_scene("shop")
    pipeline.answer_all()

    assert snapshot(pipeline, video) == ({}, [], {})
    assert pipeline.items(video, "PERSON#")


def test_the_report_shows_the_answers_of_the_scene_as_it_is_now(pipeline: EmbeddedPipeline) -> None:
    video = collected(pipeline)
    bare = pipeline.read(video, "report.html")
    assert b'class="card answers"' not in bare

    pipeline.put_scene("shop", scene())
    pipeline.answer_all()
    page = pipeline.read(video, "report.html").decode()
    assert f"(revision {answered(pipeline, video)['Revision']})" in page
    assert "<bdi>door</bdi></th><td>2</td><td>2</td>" in page
    assert "<bdi>middle</bdi></th><td>1</td><td>0</td>" in page

    pipeline.put_scene("shop", scene(zones=[CORNER]))
    pipeline.answer_all()
    page = pipeline.read(video, "report.html").decode()
    assert f"(revision {answered(pipeline, video)['Revision']})" in page
    assert "<bdi>door</bdi>" not in page

    again = collected(pipeline, "shop/2026-11-21T08-00-00.mp4")
    assert b"<bdi>corner</bdi></th><td>1</td><td>1</td>" in pipeline.read(again, "report.html")

    pipeline.remove_scene("shop")
    pipeline.answer_all()
    assert pipeline.read(video, "report.html") == bare


def test_the_longest_prefix_wins_and_a_new_scene_takes_its_videos_over(pipeline: EmbeddedPipeline) -> None:
    pipeline.put_scene("shop", scene())
    video = collected(pipeline)

    pipeline.put_scene("till", scene(name="Till", prefix="shop/2026", zones=[CORNER]))
    pipeline.answer_all()
    assert answered(pipeline, video)["Scene"] == "till"
    assert all("/scene=till/" in key for key in pipeline.answers_files())

    pipeline.remove_scene("till")
    pipeline.answer_all()
    assert answered(pipeline, video)["Scene"] == "shop"


def test_a_scene_that_cannot_be_read_changes_no_answers_and_is_a_dead_letter(
    pipeline: EmbeddedPipeline,
) -> None:
    pipeline.put_scene("shop", scene())
    video = collected(pipeline)
    pipeline.answer_all()
    before = snapshot(pipeline, video)

    pipeline.put_scene("shop", scene(version=7))
    _let_appear(pipeline)
    pipeline.answer_all()

    assert snapshot(pipeline, video) == before
    assert pipeline.waiting(pipeline.answers_dead_letter_queue) == 1


def _let_appear(pipeline: EmbeddedPipeline) -> None:
    """The message that was handed back, at once."""
    pipeline.sqs.set_queue_attributes(QueueUrl=pipeline.answers_queue, Attributes={"VisibilityTimeout": "0"})


def test_an_event_of_another_bucket_is_ignored(pipeline: EmbeddedPipeline) -> None:
    video = collected(pipeline)
    pipeline.answer_all()
    pipeline.put_scene("shop", scene())
    (message,) = pipeline.sqs.receive_message(QueueUrl=pipeline.answers_queue)["Messages"]
    pipeline.sqs.delete_message(QueueUrl=pipeline.answers_queue, ReceiptHandle=message["ReceiptHandle"])
    body = message["Body"].replace(pipeline.results, pipeline.results + "-copy")
    pipeline.sqs.send_message(QueueUrl=pipeline.answers_queue, MessageBody=body)

    pipeline.answer_all()

    assert answered(pipeline, video) == {}


def test_a_video_that_another_invocation_answers_waits(pipeline: EmbeddedPipeline) -> None:
    video = collected(pipeline)
    pipeline.dynamodb.update_item(
        TableName=pipeline.table,
        Key={"PK": {"S": f"VIDEO#{video.id}"}, "SK": {"S": "META"}},
        UpdateExpression="SET AnswersOwner = :owner, AnswersUntil = :until",
        ExpressionAttributeValues={":owner": {"S": "another"}, ":until": {"N": "99999999999"}},
    )
    pipeline.put_scene("shop", scene())

    assert pipeline.run_answers()  # finds the video
    assert pipeline.run_answers()  # finds it claimed

    assert answered(pipeline, video) == {}
    assert pipeline.waiting(pipeline.answers_queue) == 1


def test_answering_goes_on_where_an_invocation_ended(
    faulty_pipeline: EmbeddedPipeline, proxy: FaultyProxy
) -> None:
    pipeline = faulty_pipeline
    pipeline.put_scene("shop", scene())
    video = collected(pipeline)
    pipeline.answer_all()
    pipeline.put_scene("shop", scene(zones=[CORNER]))
    proxy.fail(f"PUT /{pipeline.results}/answers/zone_hours", "AccessDenied", times=1, status=403)
    _let_appear(pipeline)

    pipeline.run_answers()
    pipeline.run_answers()
    assert answered(pipeline, video) == {}
    pipeline.answer_all()

    assert {zone["Name"] for zone in answered(pipeline, video)["Zones"]} == {"corner"}
    meta = pipeline.meta(video)
    assert meta
    assert sorted(meta["AnswersKeys"]) == sorted(pipeline.answers_files())
    assert "AnswersOwner" not in meta


def test_a_collection_that_cannot_answer_is_ready_and_answered_later(
    faulty_pipeline: EmbeddedPipeline, proxy: FaultyProxy
) -> None:
    pipeline = faulty_pipeline
    pipeline.put_scene("shop", scene())
    pipeline.answer_all()
    proxy.fail(f"PUT /{pipeline.results}/answers/visits", "AccessDenied", times=1, status=403)

    video = collected(pipeline)
    pipeline.run_until(lambda: pipeline.waiting(pipeline.answers_queue) > 0)
    assert answered(pipeline, video) == {}
    pipeline.answer_all()

    assert len(pipeline.items(video, "VISIT#")) == 3
    assert answered(pipeline, video)["Scene"] == "shop"


def test_a_message_about_many_videos_goes_on_in_another(pipeline: EmbeddedPipeline) -> None:
    videos = [collected(pipeline, f"shop/2026-11-20T0{hour}-00-00.mp4") for hour in range(3)]
    pipeline.put_scene("shop", scene())

    pipeline.run_answers(seconds=0.0)  # no time for a single one
    assert pipeline.waiting(pipeline.answers_queue) == 1
    pipeline.answer_all()

    assert [answered(pipeline, video)["Scene"] for video in videos] == ["shop"] * 3


def test_a_replaced_attempt_has_the_answers_of_its_own_people(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    pipeline.put_scene("shop", scene())
    video = collected(pipeline)
    meta = pipeline.meta(video)
    assert meta
    pipeline.dynamodb.update_item(
        TableName=pipeline.table,
        Key={"PK": {"S": f"VIDEO#{video.id}"}, "SK": {"S": "META"}},
        UpdateExpression="SET Sequencer = :first",
        ExpressionAttributeValues={":first": {"S": "0"}},
    )
    tracking.people = type(STORY)(1, STORY.records, walks=STORY.walks[:1])
    body = {
        "Records": [
            {
                "eventName": "ObjectCreated:Put",
                "s3": {
                    "bucket": {"name": pipeline.videos},
                    "object": {"key": video.key, "versionId": video.version, "sequencer": "1"},
                },
            }
        ]
    }
    pipeline.sqs.send_message(QueueUrl=pipeline.upload_queue, MessageBody=json.dumps(body))
    pipeline.run_until(
        lambda: (pipeline.meta(video) or {})["Attempt"] == 2 and pipeline.status(video) == "SUCCEEDED"
    )

    assert {visit["Index"] for visit in pipeline.items(video, "VISIT#")} == {0}
    rows = [row for rows in pipeline.answers_files("visits/").values() for row in rows]
    assert {row["person"] for row in rows} == {0}


def test_the_clock_is_the_uploads_where_the_key_says_nothing(pipeline: EmbeddedPipeline) -> None:
    pipeline.put_scene("shop", scene())
    video = collected(pipeline, "shop/clip.mp4")
    meta = pipeline.meta(video)
    assert meta
    assert meta["Answers"]["ClockFrom"] == "upload"
    assert meta["Answers"]["BeganAt"].endswith(("+01:00", "+02:00"))


RULES = [
    {"name": "loitering", "zone": "door", "dwell_over_seconds": 10},
    {"name": "crowd", "zone": "corner", "occupancy_over": 1},
    {"name": "keep out", "zone": "corner", "forbidden": True},
]


def broken(pipeline: EmbeddedPipeline) -> list[dict[str, Any]]:
    events = pipeline.announcements()
    return [event["detail"] for event in events if event["detail-type"] == "Scene Rule Broken"]


def test_a_broken_rule_is_sent_once_for_each_case(pipeline: EmbeddedPipeline) -> None:
    pipeline.put_scene("shop", scene(rules=RULES))
    video = collected(pipeline)

    cases = broken(pipeline)
    assert {(case["Rule"], case["Zone"], case["Index"]) for case in cases} == {
        ("keep out", "corner", 1),
        ("loitering", "door", 0),
    }
    assert len(cases) == 2
    (visit, *_) = pipeline.items(video, "VISIT#")
    (loitering,) = [case for case in cases if case["Rule"] == "loitering"]
    assert loitering["AtMillis"] == visit["EnterMillis"] + 10_000
    assert (loitering["VideoId"], loitering["Scene"]["Id"]) == (video.id, "shop")

    pipeline.put_scene("shop", scene(rules=RULES, lines=[]))
    pipeline.answer_all()
    assert answered(pipeline, video)["Lines"] == []
    assert broken(pipeline) == []


def test_a_rule_that_comes_later_is_checked_on_videos_collected_before(pipeline: EmbeddedPipeline) -> None:
    pipeline.put_scene("shop", scene())
    collected(pipeline)
    pipeline.answer_all()
    pipeline.put_scene("shop", scene(rules=RULES[:1]))
    pipeline.answer_all()

    assert [case["Rule"] for case in broken(pipeline)] == ["loitering"]


def everything_stored(pipeline: EmbeddedPipeline, video: Video) -> tuple[set[str], set[str]]:
    """Kinds of the video's items, and names of objects that are about it."""
    kinds = {
        item["SK"]["S"].partition("#")[0]
        for page in pipeline.dynamodb.get_paginator("scan").paginate(TableName=pipeline.table)
        for item in page["Items"]
        if video.id in str(item)
    }
    objects = pipeline.s3.list_objects_v2(Bucket=pipeline.results).get("Contents", [])
    return kinds, {each["Key"].replace(video.id, "<id>") for each in objects}


COUNTS_ONLY = {"META", "ZONE", "LINE"}


def counts_objects() -> set[str]:
    tables = ("occupancy", "zone_hours", "line_hours")
    folders = {f"answers/{table}/scene=shop/day=2026-11-20/<id>.jsonl" for table in tables}
    return folders | {"tracks/<id>/manifest.json", "scenes/shop.json"}


def test_nothing_but_counts_is_left_of_a_video_whose_scene_keeps_counts_only(
    pipeline: EmbeddedPipeline,
) -> None:
    pipeline.put_scene("shop", scene(keep="counts"))
    video = collected(pipeline)
    pipeline.run_until(lambda: not pipeline.waiting(pipeline.collect_queue))

    kinds, objects = everything_stored(pipeline, video)
    assert kinds == COUNTS_ONLY
    assert objects == counts_objects()
    manifest = json.loads(pipeline.read(video, "manifest.json"))
    assert (manifest["Persons"], manifest["PeopleCount"]) == ([], 3)
    assert set(manifest["Objects"]) == {"manifest.json"}
    stored = f"{items_of(pipeline, video)} {pipeline.meta(video)} {pipeline.answers_files()}"
    assert "'Index'" not in stored
    assert "'person'" not in stored
    assert [zone["Visits"] for zone in answered(pipeline, video)["Zones"]] == [2, 1]
    pipeline.answer_all()
    assert everything_stored(pipeline, video) == (kinds, objects)


def test_a_scene_that_comes_to_keep_counts_only_drops_the_paths_of_videos_collected_before(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    pipeline.put_scene("shop", scene())
    video = collected(pipeline)
    pipeline.put_scene("shop", scene(keep="counts"))
    pipeline.answer_all()

    assert everything_stored(pipeline, video) == (COUNTS_ONLY, counts_objects())
    before = answered(pipeline, video)
    # There is nothing left to answer another question from: what was counted stays.
    pipeline.put_scene("shop", scene(keep="counts", zones=[CORNER]))
    pipeline.answer_all()
    assert answered(pipeline, video) == before
    pipeline.remove_scene("shop")
    pipeline.answer_all()
    assert everything_stored(pipeline, video) == ({"META"}, {"tracks/<id>/manifest.json"})


def age(pipeline: EmbeddedPipeline, video: Video, days: float) -> None:
    """As if the video had been submitted so many days ago."""
    pipeline.dynamodb.update_item(
        TableName=pipeline.table,
        Key={"PK": {"S": f"VIDEO#{video.id}"}, "SK": {"S": "META"}},
        UpdateExpression="SET SubmittedAt = :then",
        ExpressionAttributeValues={":then": {"S": iso(time.time() - days * 86_400)}},
    )


def days_left(pipeline: EmbeddedPipeline) -> dict[str, list[str]]:
    """The first part of each object's key, without scenes, and the values of its tags."""
    found: dict[str, list[str]] = {}
    for each in pipeline.s3.list_objects_v2(Bucket=pipeline.results)["Contents"]:
        tags = pipeline.s3.get_object_tagging(Bucket=pipeline.results, Key=each["Key"])["TagSet"]
        kind = each["Key"].split("/")[0] if each["Key"].startswith("answers") else Path(each["Key"]).name
        found.setdefault(kind, []).extend(tag["Value"] for tag in tags)
    return found


def test_what_is_written_anew_keeps_the_days_that_were_left(pipeline: EmbeddedPipeline) -> None:
    pipeline.put_scene("shop", scene())
    video = collected(pipeline)
    assert not any(days_left(pipeline).values())

    age(pipeline, video, 12)
    pipeline.put_scene("shop", scene(zones=[CORNER]))
    pipeline.answer_all()
    written = days_left(pipeline)
    assert set(written["answers"]) == set(written["report.html"]) == {"18"}
    assert written["manifest.json"] == []
    meta = pipeline.meta(video)
    assert meta
    due = expiry(30, epoch(meta["SubmittedAt"]))
    assert {item["ExpiresAt"] for item in items_of(pipeline, video)} == {due}

    age(pipeline, video, 20)
    pipeline.put_scene("shop", scene(keep="counts"))
    pipeline.answer_all()
    written = days_left(pipeline)
    assert set(written["answers"]) == set(written["manifest.json"]) == {"10"}


def test_a_video_that_goes_today_is_left_as_it_is(pipeline: EmbeddedPipeline) -> None:
    pipeline.put_scene("shop", scene())
    video = collected(pipeline)
    before = snapshot(pipeline, video)
    age(pipeline, video, 30)
    pipeline.put_scene("shop", scene(zones=[CORNER]))
    pipeline.answer_all()
    assert snapshot(pipeline, video) == before


def test_forgetting_a_video_forgets_its_answers(
    pipeline: EmbeddedPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.commands.forget._QUIET_SECONDS", 0)
    pipeline.put_scene("shop", scene(rules=RULES))
    video, other = collected(pipeline), collected(pipeline, "shop/2026-11-21T08-00-00.mp4")

    forget(target_of(pipeline), KEY)

    kinds, objects = everything_stored(pipeline, video)
    assert kinds == set()
    assert not any("<id>" in key for key in objects)
    assert len(pipeline.items(other, "VISIT#")) == 3
    assert any(other.id in key for key in pipeline.answers_files())


@pytest.mark.parametrize("written", ["answers/", "tracks/"])
def test_a_video_forgotten_while_it_is_answered_leaves_nothing(
    faulty_pipeline: EmbeddedPipeline, proxy: FaultyProxy, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setattr("tools.commands.forget._QUIET_SECONDS", 0)
    pipeline = faulty_pipeline
    video = collected(pipeline)
    pipeline.answer_all()
    forgotten: list[int] = []

    def forget_before_it_is_written(call: Call) -> None:
        if call.operation.startswith(f"PUT /{pipeline.results}/{written}") and not forgotten:
            forgotten.append(1)
            forget(target_of(pipeline), KEY)

    proxy.faults.append(forget_before_it_is_written)
    pipeline.put_scene("shop", scene())
    pipeline.answer_all()

    assert forgotten
    kinds, objects = everything_stored(pipeline, video)
    assert kinds == set()
    assert objects == {"scenes/shop.json"}

"""Collecting survives deaths, expired tokens, throttles and refusals; each record is there once."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from typing import Any

import pytest

from pipeline.video import Video
from testing.faulty_proxy import Call, FaultyProxy, json_answer
from testing.lambda_poller import Context
from testing.pipeline_environment import PipelineRoom, lambda_process
from testing.scripted_rekognition import Job, People, ScriptedTracking


def assert_each_record_once(room: PipelineRoom, video: Video, people: People) -> None:
    """In the detections, the persons' files and the paths: every record, and none twice."""
    expected = Counter(
        (person, people.timestamp(place)) for person in range(people.count) for place in range(people.records)
    )
    lines = gzip.decompress(room.read(video, "detections.jsonl.gz")).decode().splitlines()
    records = [json.loads(line) for line in lines]
    assert Counter((record["Person"]["Index"], record["Timestamp"]) for record in records) == expected
    tracks = [json.loads(room.read(video, f"persons/{person:05d}.json")) for person in range(people.count)]
    assert (
        Counter((track["Index"], record["Timestamp"]) for track in tracks for record in track["Persons"])
        == expected
    )
    paths = room.items(video, "PATH#")
    assert Counter((item["Index"], point[0]) for item in paths for point in item["Points"]) == expected
    minutes = room.items(video, "TIME#")
    assert sum(person["Points"] for item in minutes for person in item["People"]) == people.total
    meta = room.meta(video)
    assert meta is not None
    assert (meta["PeopleCount"], meta["RecordCount"]) == (people.count, people.total)
    assert not [name for name in room.objects(video) if name.startswith("parts/")]


class TwoPages(Context):
    """An invocation whose time is up with the second page, however fast the machine."""

    def __init__(self, tracking: ScriptedTracking) -> None:
        super().__init__()
        self._pages = 0
        tracking.before_page = self._count

    def _count(self, _: Job) -> None:
        self._pages += 1

    def get_remaining_time_in_millis(self) -> int:
        return max(60_000 - 25_000 * self._pages, 0)


def _checkpoint_after_each_person(room: PipelineRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    room.environment["CHECKPOINT_SECONDS"] = "0"
    monkeypatch.setenv("CHECKPOINT_SECONDS", "0")


def _start(room: PipelineRoom, tracking: ScriptedTracking) -> tuple[Video, Job]:
    video = room.upload("a.mp4")
    room.run_until(lambda: room.status(video) == "IN_PROGRESS")
    return video, room.job_of(video)


def test_a_collection_goes_on_over_as_many_invocations_as_it_takes(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.people = People(8, 600)
    video, job = _start(room, tracking)
    room.complete(job)
    progress = []
    invocations = 0
    while room.status(video) != "SUCCEEDED":
        invocations += room.run_collects(lambda: TwoPages(tracking))
        meta = room.meta(video)
        assert meta is not None
        progress.append(meta.get("RecordCount", 0))
        assert invocations < 60

    assert invocations > 2
    assert progress == sorted(progress)
    assert len(set(progress)) > 2
    assert_each_record_once(room, video, tracking.people)
    assert room.waiting(room.collect_letters) == 0


def test_a_collector_killed_at_random_points_leaves_each_record_once(
    room: PipelineRoom, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(4)
    tracking.people = People(8, 1100)
    video, job = _start(room, tracking)
    workers: list[subprocess.Popen[bytes]] = []
    pages_left = [dice.randint(3, 5)]
    kills = [0]

    def kill_in_the_middle(_: Job) -> None:
        pages_left[0] -= 1
        if pages_left[0] == 0 and kills[0] < 4:
            kills[0] += 1
            pages_left[0] = dice.randint(3, 5)
            os.kill(workers[-1].pid, signal.SIGKILL)

    tracking.before_page = kill_in_the_middle
    _checkpoint_after_each_person(room, monkeypatch)
    room.complete(job)

    def over() -> bool:
        return "AnnouncedAt" in (room.meta(video) or {})

    while not over():
        with lambda_process(room, room.collects, "pipeline.handlers.collect_tracks.handler") as worker:
            workers.append(worker)
            while worker.poll() is None and not over():
                assert room.waiting(room.collect_letters) == 0
                time.sleep(0.1)
        assert len(workers) < 20

    # More deaths than the queue allows receives: those that got somewhere do not count.
    assert kills[0] == 4
    assert_each_record_once(room, video, tracking.people)


def test_a_checkpoint_is_taken_up_by_the_next_invocation_and_not_begun_anew(
    room: PipelineRoom, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    _checkpoint_after_each_person(room, monkeypatch)
    tracking.people = People(6, 1000)
    video, job = _start(room, tracking)
    pages = [0]

    def die_on_the_fourth(_: Job) -> None:
        pages[0] += 1
        if pages[0] == 4:
            raise ConnectionAbortedError

    tracking.before_page = die_on_the_fourth
    # The connection breaks, and is not tried again.
    monkeypatch.setattr("pipeline.runtime.services._PAGE_ATTEMPTS", 1)
    room.complete(job)
    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    # Six pages, the broken one, and the one before it read again for where the next person begins.
    assert pages[0] <= 8
    assert_each_record_once(room, video, tracking.people)


def test_an_expired_token_begins_again_at_page_1_and_overwrites(
    room: PipelineRoom, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    _checkpoint_after_each_person(room, monkeypatch)
    tracking.people = People(5, 1300)
    video, job = _start(room, tracking)
    pages = [0]

    def expire_once(_: Job) -> None:
        pages[0] += 1
        if pages[0] == 4:
            tracking.expire_tokens()

    tracking.before_page = expire_once
    room.complete(job)
    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    assert pages[0] > 7
    assert_each_record_once(room, video, tracking.people)


def test_throttled_pages_are_asked_for_again(room: PipelineRoom, tracking: ScriptedTracking) -> None:
    tracking.people = People(2, 1500)
    tracking.fail_next("GetPersonTracking", "ProvisionedThroughputExceededException", times=2)
    video, job = _start(room, tracking)
    room.complete(job)

    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    assert_each_record_once(room, video, tracking.people)


def test_pages_throttled_for_long_put_the_message_back_and_never_among_the_dead(
    room: PipelineRoom, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.runtime.services._PAGE_ATTEMPTS", 1)
    monkeypatch.setattr("pipeline.collection.on_completion.delay_seconds", lambda _: 0)
    tracking.people = People(2, 1500)
    video, job = _start(room, tracking)
    tracking.fail_next("GetPersonTracking", "ThrottlingException", times=10)
    room.complete(job)

    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    assert_each_record_once(room, video, tracking.people)
    assert room.waiting(room.collect_letters) == 0


def test_items_that_come_back_unprocessed_are_written_in_the_end(
    faulty_room: PipelineRoom, proxy: FaultyProxy, tracking: ScriptedTracking
) -> None:
    tracking.people = People(8, 300)
    returned = []

    def take_only_two(call: Call) -> Any:
        if not call.operation.endswith("BatchWriteItem"):
            return None
        document = call.document()
        ((table, requests),) = document["RequestItems"].items()
        if len(requests) <= 2:
            return None
        returned.append(len(requests) - 2)
        # The first two go through; AWS's answer for them is lost, and the rest comes back.
        for request in requests[:2]:
            faulty_room.dynamodb.put_item(TableName=table, Item=request["PutRequest"]["Item"])
        return json_answer({"UnprocessedItems": {table: requests[2:]}})

    proxy.faults.append(take_only_two)
    video, job = _start(faulty_room, tracking)
    faulty_room.complete(job)

    faulty_room.run_until(lambda: faulty_room.status(video) == "SUCCEEDED")

    assert returned
    assert_each_record_once(faulty_room, video, tracking.people)


def test_a_refused_write_leaves_the_reason_in_meta_and_the_message_among_the_dead(
    faulty_room: PipelineRoom, proxy: FaultyProxy, tracking: ScriptedTracking
) -> None:
    room = faulty_room
    proxy.fail(f"PUT /{room.results}/", "AccessDenied", times=1000, status=403)
    video, job = _start(room, tracking)
    room.complete(job)

    room.run_until(lambda: room.waiting(room.collect_letters) == 1)

    meta = room.meta(video)
    assert meta is not None
    assert meta["Status"] == "COLLECTING"
    assert "AccessDenied" in meta["StatusMessage"]
    assert room.announcements() == []


def test_an_event_the_bus_refused_is_sent_with_the_next_delivery(
    faulty_room: PipelineRoom, proxy: FaultyProxy, tracking: ScriptedTracking
) -> None:
    room = faulty_room
    proxy.fail("PutEvents", "InternalFailure", times=6, status=500)
    video, job = _start(room, tracking)
    room.complete(job)

    room.run_until(lambda: "AnnouncedAt" in (room.meta(video) or {}))

    assert len(room.announcements()) == 1


def test_a_finishing_that_died_before_meta_turned_is_done_again(
    faulty_room: PipelineRoom,
    proxy: FaultyProxy,
    tracking: ScriptedTracking,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = faulty_room
    _checkpoint_after_each_person(room, monkeypatch)
    tracking.people = People(3, 1000)
    video, job = _start(room, tracking)
    refused = []

    def refuse_the_last_change(call: Call) -> Any:
        if refused or not call.operation.endswith("UpdateItem") or b"STATUS#SUCCEEDED" not in call.body:
            return None
        refused.append(call)
        return json_answer({"__type": "AccessDeniedException", "message": "by the proxy"}, 400)

    proxy.faults.append(refuse_the_last_change)
    room.complete(job)
    room.run_until(lambda: "AnnouncedAt" in (room.meta(video) or {}))

    assert refused
    assert_each_record_once(room, video, tracking.people)
    assert "report.html" in room.objects(video)


def test_a_second_message_waits_while_the_first_is_collected(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.people = People(4, 1000)
    video, job = _start(room, tracking)
    seen: list[int] = []

    def deliver_another(_: Job) -> None:
        if not seen:
            seen.append(1)
            room.publish(job)
            # Another invocation, in the middle of the first.
            room.run_collects()
            seen.append(room.waiting(room.collects))

    tracking.before_page = deliver_another
    room.complete(job)
    room.run_until(lambda: room.status(video) == "SUCCEEDED")

    assert len(seen) == 2
    assert_each_record_once(room, video, tracking.people)
    assert len([call for call in tracking.calls if call[0] == "GetPersonTracking"]) == 4


def test_an_invocation_that_was_taken_for_dead_writes_nothing_more(
    room: PipelineRoom, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    _checkpoint_after_each_person(room, monkeypatch)
    tracking.people = People(5, 1000)
    video, job = _start(room, tracking)
    overtaken = threading.Event()
    pages = [0]

    def sleep_past_the_visibility_timeout(_: Job) -> None:
        pages[0] += 1
        if pages[0] == 3:
            # The message shows up again, and its second delivery runs to the end in between.
            end = time.monotonic() + 30
            while room.status(video) != "SUCCEEDED" and time.monotonic() < end:
                room.run_collects()
                time.sleep(0.1)
            overtaken.set()

    tracking.before_page = sleep_past_the_visibility_timeout
    room.complete(job)
    room.run_collects()
    room.run_until(lambda: room.waiting(room.collects) == 0)

    assert overtaken.is_set()
    assert room.status(video) == "SUCCEEDED"
    assert_each_record_once(room, video, tracking.people)
    assert len(room.announcements()) == 1


def test_a_person_too_long_for_any_invocation_is_an_error_and_not_an_endless_loop(
    room: PipelineRoom, tracking: ScriptedTracking
) -> None:
    tracking.people = People(1, 20_000)
    video, job = _start(room, tracking)
    room.complete(job)

    for _ in range(200):
        if room.waiting(room.collect_letters):
            break
        room.run_collects(lambda: TwoPages(tracking))

    meta = room.meta(video)
    assert meta is not None
    assert "No whole person could be collected" in meta["StatusMessage"]

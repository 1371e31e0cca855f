"""Collecting survives killed invocations, expired tokens and throttles; each record is there once."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import signal
import subprocess
import threading
import time
from collections import Counter
from typing import Any

import pytest

from pipeline.video import Video
from testing.faulty_proxy import Answer, Call, FaultyProxy, json_answer
from testing.lambda_poller import Context
from testing.pipeline_environment import EmbeddedPipeline, lambda_process
from testing.scripted_rekognition import Job, People, ScriptedTracking


def assert_each_record_once(pipeline: EmbeddedPipeline, video: Video, people: People) -> None:
    """In the detections, the persons' files and the paths: every record, and none twice."""
    expected = Counter(
        (person, people.timestamp(place)) for person in range(people.count) for place in range(people.records)
    )
    lines = gzip.decompress(pipeline.read(video, "detections.jsonl.gz")).decode().splitlines()
    records = [json.loads(line) for line in lines]
    assert Counter((record["Person"]["Index"], record["Timestamp"]) for record in records) == expected
    tracks = [
        json.loads(pipeline.read(video, f"persons/{person:05d}.json")) for person in range(people.count)
    ]
    assert (
        Counter((track["Index"], record["Timestamp"]) for track in tracks for record in track["Persons"])
        == expected
    )
    paths = pipeline.items(video, "PATH#")
    assert Counter((item["Index"], point[0]) for item in paths for point in item["Points"]) == expected
    minutes = pipeline.items(video, "TIME#")
    assert sum(person["Points"] for item in minutes for person in item["People"]) == people.total
    meta = pipeline.meta(video)
    assert meta is not None
    assert (meta["PeopleCount"], meta["RecordCount"]) == (people.count, people.total)
    assert not [name for name in pipeline.objects(video) if name.startswith("parts/")]


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


def _checkpoint_after_each_person(pipeline: EmbeddedPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline.environment["CHECKPOINT_SECONDS"] = "0"
    monkeypatch.setenv("CHECKPOINT_SECONDS", "0")


def _start(pipeline: EmbeddedPipeline, tracking: ScriptedTracking) -> tuple[Video, Job]:
    video = pipeline.upload("a.mp4")
    pipeline.run_until(lambda: pipeline.status(video) == "IN_PROGRESS")
    return video, pipeline.job_of(video)


def test_a_collection_goes_on_over_as_many_invocations_as_it_takes(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.people = People(8, 600)
    video, job = _start(pipeline, tracking)
    pipeline.complete(job)
    progress = []
    invocations = 0
    while pipeline.status(video) != "SUCCEEDED":
        invocations += pipeline.run_collects(lambda: TwoPages(tracking))
        meta = pipeline.meta(video)
        assert meta is not None
        progress.append(meta.get("RecordCount", 0))
        assert invocations < 60

    assert invocations > 2
    assert progress == sorted(progress)
    assert len(set(progress)) > 2
    assert_each_record_once(pipeline, video, tracking.people)
    assert pipeline.waiting(pipeline.collect_dead_letter_queue) == 0


def test_a_collector_killed_at_random_points_leaves_each_record_once(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(4)
    tracking.people = People(8, 1100)
    video, job = _start(pipeline, tracking)
    workers: list[subprocess.Popen[bytes]] = []
    pages_left = [rng.randint(3, 5)]
    kills = [0]

    def kill_in_the_middle(_: Job) -> None:
        pages_left[0] -= 1
        if pages_left[0] == 0 and kills[0] < 4:
            kills[0] += 1
            pages_left[0] = rng.randint(3, 5)
            os.kill(workers[-1].pid, signal.SIGKILL)

    tracking.before_page = kill_in_the_middle
    _checkpoint_after_each_person(pipeline, monkeypatch)
    pipeline.complete(job)

    def over() -> bool:
        return "AnnouncedAt" in (pipeline.meta(video) or {})

    while not over():
        with lambda_process(
            pipeline, pipeline.collect_queue, "pipeline.handlers.collect_tracks.handler"
        ) as worker:
            workers.append(worker)
            while worker.poll() is None and not over():
                assert pipeline.waiting(pipeline.collect_dead_letter_queue) == 0
                time.sleep(0.1)
        assert len(workers) < 20

    # More kills than the queue allows receives: those after progress do not count.
    assert kills[0] == 4
    assert_each_record_once(pipeline, video, tracking.people)


def test_the_next_invocation_goes_on_from_the_checkpoint(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    _checkpoint_after_each_person(pipeline, monkeypatch)
    tracking.people = People(6, 1000)
    video, job = _start(pipeline, tracking)
    pages = [0]

    def break_on_the_fourth(_: Job) -> None:
        pages[0] += 1
        if pages[0] == 4:
            raise ConnectionAbortedError

    tracking.before_page = break_on_the_fourth
    # The connection breaks, and is not tried again.
    monkeypatch.setattr("pipeline.services._PAGE_ATTEMPTS", 1)
    pipeline.complete(job)
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    # Six pages, the broken one, and the one before it again, on which the next person begins.
    assert pages[0] <= 8
    assert_each_record_once(pipeline, video, tracking.people)


def test_an_expired_token_starts_again_at_page_1_and_overwrites(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    _checkpoint_after_each_person(pipeline, monkeypatch)
    tracking.people = People(5, 1300)
    video, job = _start(pipeline, tracking)
    pages = [0]

    def expire_once(_: Job) -> None:
        pages[0] += 1
        if pages[0] == 4:
            tracking.expire_tokens()

    tracking.before_page = expire_once
    pipeline.complete(job)
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    assert pages[0] > 7
    assert_each_record_once(pipeline, video, tracking.people)


def test_throttled_pages_are_requested_again(pipeline: EmbeddedPipeline, tracking: ScriptedTracking) -> None:
    tracking.people = People(2, 1500)
    tracking.fail_next("GetPersonTracking", "ProvisionedThroughputExceededException", times=2)
    video, job = _start(pipeline, tracking)
    pipeline.complete(job)

    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    assert_each_record_once(pipeline, video, tracking.people)


def test_pages_throttled_for_long_send_the_message_back_and_make_no_dead_letter(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.services._PAGE_ATTEMPTS", 1)
    monkeypatch.setattr("pipeline.collection.dispatch.delay_seconds", lambda _: 0)
    tracking.people = People(2, 1500)
    video, job = _start(pipeline, tracking)
    tracking.fail_next("GetPersonTracking", "ThrottlingException", times=10)
    pipeline.complete(job)

    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    assert_each_record_once(pipeline, video, tracking.people)
    assert pipeline.waiting(pipeline.collect_dead_letter_queue) == 0


def test_items_that_come_back_unprocessed_are_written_in_the_end(
    faulty_pipeline: EmbeddedPipeline,
    proxy: FaultyProxy,
    tracking: ScriptedTracking,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pipeline.storage.batch_writer._LONGEST_SECONDS", 0.05)
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
            faulty_pipeline.dynamodb.put_item(TableName=table, Item=request["PutRequest"]["Item"])
        return json_answer({"UnprocessedItems": {table: requests[2:]}})

    proxy.faults.append(take_only_two)
    video, job = _start(faulty_pipeline, tracking)
    faulty_pipeline.complete(job)

    faulty_pipeline.run_until(lambda: faulty_pipeline.status(video) == "SUCCEEDED")

    assert returned
    assert_each_record_once(faulty_pipeline, video, tracking.people)


def test_a_refused_write_leaves_the_reason_in_meta_and_the_message_in_the_dead_letter_queue(
    faulty_pipeline: EmbeddedPipeline, proxy: FaultyProxy, tracking: ScriptedTracking
) -> None:
    pipeline = faulty_pipeline
    proxy.fail(f"PUT /{pipeline.results}/", "AccessDenied", times=1000, status=403)
    video, job = _start(pipeline, tracking)
    pipeline.complete(job)

    pipeline.run_until(lambda: pipeline.waiting(pipeline.collect_dead_letter_queue) == 1)

    meta = pipeline.meta(video)
    assert meta is not None
    assert meta["Status"] == "COLLECTING"
    assert "AccessDenied" in meta["StatusMessage"]
    assert pipeline.announcements() == []


def test_an_event_the_bus_refused_is_sent_with_the_next_delivery(
    faulty_pipeline: EmbeddedPipeline, proxy: FaultyProxy, tracking: ScriptedTracking
) -> None:
    pipeline = faulty_pipeline
    proxy.fail("PutEvents", "AccessDeniedException", times=1)
    video, job = _start(pipeline, tracking)
    pipeline.complete(job)

    pipeline.run_until(lambda: "AnnouncedAt" in (pipeline.meta(video) or {}))

    assert len(pipeline.announcements()) == 1


def test_final_results_interrupted_before_the_video_succeeded_are_written_again(
    faulty_pipeline: EmbeddedPipeline,
    proxy: FaultyProxy,
    tracking: ScriptedTracking,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline = faulty_pipeline
    _checkpoint_after_each_person(pipeline, monkeypatch)
    tracking.people = People(3, 1000)
    video, job = _start(pipeline, tracking)
    refused: list[Call] = []

    def refuse_the_last_change(call: Call) -> Any:
        if refused or not call.operation.endswith("UpdateItem") or b"STATUS#SUCCEEDED" not in call.body:
            return None
        refused.append(call)
        return json_answer({"__type": "AccessDeniedException", "message": "by the proxy"}, 400)

    proxy.faults.append(refuse_the_last_change)
    pipeline.complete(job)
    pipeline.run_until(lambda: "AnnouncedAt" in (pipeline.meta(video) or {}))

    assert refused
    assert_each_record_once(pipeline, video, tracking.people)
    assert "report.html" in pipeline.objects(video)


def test_a_second_message_waits_while_the_first_is_collected(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.people = People(4, 1000)
    video, job = _start(pipeline, tracking)
    seen: list[int] = []

    def deliver_another(_: Job) -> None:
        if not seen:
            seen.append(1)
            pipeline.publish(job)
            # Another invocation, in the middle of the first.
            pipeline.run_collects()
            seen.append(pipeline.waiting(pipeline.collect_queue))

    tracking.before_page = deliver_another
    pipeline.complete(job)
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")

    assert len(seen) == 2
    assert_each_record_once(pipeline, video, tracking.people)
    assert len([call for call in tracking.calls if call[0] == "GetPersonTracking"]) == 4


def test_an_invocation_that_lost_its_lease_writes_nothing_more(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking, monkeypatch: pytest.MonkeyPatch
) -> None:
    _checkpoint_after_each_person(pipeline, monkeypatch)
    tracking.people = People(5, 1000)
    video, job = _start(pipeline, tracking)
    overtaken = threading.Event()
    pages = [0]

    def sleep_past_the_visibility_timeout(_: Job) -> None:
        pages[0] += 1
        if pages[0] == 3:
            # The message shows up again, and its second delivery runs to the end in between.
            end = time.monotonic() + 30
            while pipeline.status(video) != "SUCCEEDED" and time.monotonic() < end:
                pipeline.run_collects()
                time.sleep(0.1)
            overtaken.set()

    tracking.before_page = sleep_past_the_visibility_timeout
    pipeline.complete(job)
    pipeline.run_collects()
    pipeline.run_until(lambda: pipeline.waiting(pipeline.collect_queue) == 0)

    assert overtaken.is_set()
    assert pipeline.status(video) == "SUCCEEDED"
    assert_each_record_once(pipeline, video, tracking.people)
    assert len(pipeline.announcements()) == 1


def test_a_person_too_long_for_any_invocation_is_an_error_and_not_an_endless_loop(
    pipeline: EmbeddedPipeline, tracking: ScriptedTracking
) -> None:
    tracking.people = People(1, 20_000)
    video, job = _start(pipeline, tracking)
    pipeline.complete(job)

    for _ in range(200):
        if pipeline.waiting(pipeline.collect_dead_letter_queue):
            break
        pipeline.run_collects(lambda: TwoPages(tracking))

    meta = pipeline.meta(video)
    assert meta is not None
    assert "No whole person could be collected" in meta["StatusMessage"]


def _refuse_deletions(pipeline: EmbeddedPipeline, proxy: FaultyProxy, times: int, *, whole: bool) -> None:
    """Of the next `times` calls of DeleteObjects, delete all keys but the last, or none."""
    left = times

    def refuse(call: Call) -> Answer | None:
        nonlocal left
        if not left or not call.operation.startswith(f"POST /{pipeline.results}?delete"):
            return None
        left -= 1
        xml = {"Content-Type": "application/xml"}
        if whole:
            return 403, xml, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        *others, last = re.findall("<Key>(.*?)</Key>", call.body.decode())
        for key in others:
            pipeline.s3.delete_object(Bucket=pipeline.results, Key=key)
        error = f"<Error><Key>{last}</Key><Code>InternalError</Code><Message>Try again.</Message></Error>"
        return 200, xml, f"<DeleteResult>{error}</DeleteResult>".encode()

    proxy.faults.append(refuse)


def test_objects_that_s3_did_not_delete_are_deleted_by_the_next_call(
    faulty_pipeline: EmbeddedPipeline, proxy: FaultyProxy, tracking: ScriptedTracking
) -> None:
    pipeline = faulty_pipeline
    _refuse_deletions(pipeline, proxy, 2, whole=False)
    tracking.after_start = pipeline.complete
    video = pipeline.upload("a.mp4")

    pipeline.run_until(lambda: bool((pipeline.meta(video) or {}).get("AnnouncedAt")))

    assert not [name for name in pipeline.objects(video) if name.startswith(("parts/", "report/"))]


@pytest.mark.parametrize("whole", [True, False])
def test_objects_that_cannot_be_deleted_are_counted_and_do_not_hold_back_the_announcement(
    faulty_pipeline: EmbeddedPipeline,
    proxy: FaultyProxy,
    tracking: ScriptedTracking,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    whole: bool,
) -> None:
    pipeline = faulty_pipeline
    _refuse_deletions(pipeline, proxy, 1000, whole=whole)
    tracking.after_start = pipeline.complete
    video = pipeline.upload("a.mp4")

    pipeline.run_until(lambda: bool((pipeline.meta(video) or {}).get("AnnouncedAt")))

    (event,) = pipeline.announcements()
    assert event["detail-type"] == "Person Tracks Ready"
    kept = [name for name in pipeline.objects(video) if name.startswith(("parts/", "report/"))]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    counted = [line["ObjectsNotDeleted"] for line in lines if "ObjectsNotDeleted" in line]
    assert counted == [[len(kept)]]
    assert kept
    (warning,) = [vars(record) for record in caplog.records if record.message == "Objects not deleted"]
    assert (warning["objects"], warning["reason"]) == (len(kept), "Access Denied" if whole else "Try again.")

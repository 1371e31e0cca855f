"""Answering videos again when a scene has changed: nothing is detected again.

A change of any scene may move videos from one scene to another, so every video is compared with what the
scenes ask now, and only those whose answers are others' are answered. So events may be late, repeated or out
of order.
"""

from __future__ import annotations

import time
from contextlib import suppress
from enum import StrEnum

from pipeline import messages
from pipeline.answering.answer import VideoAnswering, VideoFacts
from pipeline.answering.files import delete_all_files
from pipeline.answering.path_deletion import drop_paths
from pipeline.answering.report_section import replace_section, section_for_report
from pipeline.answering.stored_scenes import Scenes, read_scenes
from pipeline.answers.scenes.stored_scene import PREFIX, StoredScene, key_of, scene_for
from pipeline.errors import AnswersStalledError, OutOfTimeError, SceneError
from pipeline.messaging.answer_message import (
    AnswerMessage,
    VideosToFind,
    VideoToAnswer,
    send_again,
    send_rest,
    send_video,
)
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.environment import AnswerScenesEnvironment, CollectTracksEnvironment
from pipeline.runtime.observability import count, logger
from pipeline.services import Services
from pipeline.storage.answers_claim import claim_answers, finish_answers, mark_dropped, remember_keys
from pipeline.storage.days_left import Kept, days_left, kept_for
from pipeline.storage.tracks_table import delete_items
from pipeline.storage.video_record import SUCCEEDED, VideoRecord

_WAIT_SECONDS = 60
"""Delay of a message about a video that another invocation is answering."""

_MOST_TRIES = 40
"""Waits until a message fails: longer than two invocations may run."""


class Outcome(StrEnum):
    """What became of a message."""

    ANSWERED = "answered"
    REMOVED = "removed"
    CURRENT = "current"
    WAITING = "waiting"
    FOUND = "found"
    IGNORED = "ignored"


def is_current(record: VideoRecord, scenes: Scenes) -> bool:
    """Whether a video's answers are those that its scene asks for now."""
    wanted, have = scene_for(scenes.usable, record.video.key), record.answers
    if have is not None and key_of(have["Scene"]) in scenes.faults:
        # Until the scene can be read again.
        return True
    if wanted is None:
        return have is None and not record.answers_keys
    if record.paths_dropped:
        # There is nothing left to answer from.
        return True
    if have is None or (have["Scene"], have["Revision"]) != (wanted.id, wanted.revision):
        return False
    # Else the paths are still to be deleted.
    return wanted.scene.keep == "all"


def ask_again_if_stale(services: Services[CollectTracksEnvironment], video_id: str) -> None:
    """Send a message if a video that was just collected has not the answers that its scene asks for.

    The scene may have changed while it was collected, or there was no time for the answers.
    """
    record = services.records.get(video_id)
    if record is None or record.status != SUCCEEDED:
        return
    scenes = read_scenes(services.s3, services.environment.results_bucket)
    if not is_current(record, scenes):
        send_video(services.sqs, services.environment.answers_queue_url, video_id)


def handle(
    services: Services[AnswerScenesEnvironment], message: AnswerMessage, deadline: Deadline
) -> Outcome:
    """Do what a message asks for. Raises whatever goes wrong, for the queue to deliver it again."""
    if isinstance(message.asks, VideoToAnswer):
        return _answer(services, message, message.asks.video_id, deadline)
    return _find(services, message.asks, deadline)


def _find(services: Services[AnswerScenesEnvironment], asked: VideosToFind, deadline: Deadline) -> Outcome:
    """Send a message for each video whose answers are no longer right.

    Raises `SceneError` at the end where one of the scenes that changed cannot be used.
    """
    environment = services.environment
    if asked.buckets - {environment.results_bucket}:
        logger.warning("Scene event dropped: it is of another bucket", extra={"buckets": [*asked.buckets]})
        return Outcome.IGNORED
    if not any(key.startswith(PREFIX) for key in asked.keys):
        return Outcome.IGNORED
    scenes = read_scenes(services.s3, environment.results_bucket)
    for record in services.records.since(SUCCEEDED, asked.after):
        if deadline.has_come():
            send_rest(services.sqs, environment.answers_queue_url, asked, record.updated_at)
            break
        if not is_current(record, scenes):
            send_video(services.sqs, environment.answers_queue_url, record.video.id)
    for key in sorted(asked.keys & scenes.faults.keys()):
        faults = scenes.faults[key]
        raise SceneError([messages.SCENE_UNUSABLE.format(key=key, faults=len(faults), reason=faults[0])])
    return Outcome.FOUND


def _answer(
    services: Services[AnswerScenesEnvironment], message: AnswerMessage, video_id: str, deadline: Deadline
) -> Outcome:
    record = services.records.get(video_id)
    if record is None or record.status != SUCCEEDED:
        # Forgotten, or to be collected, which answers it.
        return Outcome.IGNORED
    days = days_left(
        services.environment.retention_days, record.submitted_at, time.time() + deadline.seconds()
    )
    if days < 1:
        # All of it goes with this day: what S3 is given now would outlive it.
        return Outcome.IGNORED
    kept = kept_for(days)
    scenes = read_scenes(services.s3, services.environment.results_bucket)
    if is_current(record, scenes):
        return Outcome.CURRENT
    wanted = scene_for(scenes.usable, record.video.key)
    if wanted and record.answers and _only_to_drop(record, wanted):
        _drop(services, record, kept)
        return Outcome.ANSWERED
    if not claim_answers(services.records, record, message.id, deadline.seconds()):
        return _wait(services, message, video_id)
    try:
        return _replace(services, record, wanted, message.id, kept, deadline)
    except OutOfTimeError as error:
        text = messages.ANSWERS_TOO_LONG.format(video_id=video_id)
        raise AnswersStalledError(text) from error


def _only_to_drop(record: VideoRecord, wanted: StoredScene) -> bool:
    assert record.answers is not None
    return (record.answers["Scene"], record.answers["Revision"]) == (wanted.id, wanted.revision)


def _wait(services: Services[AnswerScenesEnvironment], message: AnswerMessage, video_id: str) -> Outcome:
    if message.tries >= _MOST_TRIES:
        text = messages.ANSWERS_WAITED_TOO_OFTEN.format(video_id=video_id, times=message.tries)
        raise AnswersStalledError(text)
    send_again(services.sqs, services.environment.answers_queue_url, message, _WAIT_SECONDS)
    return Outcome.WAITING


def _replace(
    services: Services[AnswerScenesEnvironment],
    record: VideoRecord,
    wanted: StoredScene | None,
    owner: str,
    kept: Kept,
    deadline: Deadline,
) -> Outcome:
    """With the claim on the video: write the answers that are wanted, or remove those that are there."""

    def remember(keys: tuple[str, ...]) -> None:
        remember_keys(services.records, record, owner, keys)

    answering = VideoAnswering(services, record, remember, kept)
    if wanted is None:
        answering.remove()
        replace_section(services, record.video.id, "", kept)
        finish_answers(services.records, record, owner, None, ())
        count("AnswersRemoved")
        return Outcome.REMOVED
    written = answering.answer(wanted, _facts(record), deadline)
    if wanted.scene.keep == "all":
        replace_section(services, record.video.id, section_for_report(written.answered, wanted), kept)
    if not finish_answers(services.records, record, owner, written.summary, written.keys):
        _clean_up_if_forgotten(services, record)
        return Outcome.IGNORED
    if wanted.scene.keep == "counts":
        _drop(services, record, kept)
    count("VideosAnswered")
    return Outcome.ANSWERED


def _drop(services: Services[AnswerScenesEnvironment], record: VideoRecord, kept: Kept) -> None:
    drop_paths(services, record.video.id, kept)
    mark_dropped(services.records, record)


def _clean_up_if_forgotten(services: Services[AnswerScenesEnvironment], record: VideoRecord) -> None:
    if services.records.get(record.video.id) is None:
        delete_items(services.dynamodb, services.environment.tracks_table, record.video.id)
        with suppress(RuntimeError):
            delete_all_files(services.s3, services.environment.results_bucket, record.video.id)


def _facts(record: VideoRecord) -> VideoFacts:
    metadata = record.video_metadata or {}
    width, height = metadata.get("FrameWidth") or 16, metadata.get("FrameHeight") or 9
    return VideoFacts(metadata, record.shown_aspect or width / height, record.recorded_at)

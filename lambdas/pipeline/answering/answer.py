"""One video's answers: from its records to items, files and events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.answering.detections import persons_of
from pipeline.answering.files import delete_files, files_of, put_files
from pipeline.answering.items import CASE, COUNTS, SINGLE, AnswerItems, items_of
from pipeline.answering.rule_events import report_broken_rules
from pipeline.answers.output.summary import summary_of
from pipeline.answers.output.tables import Answered
from pipeline.answers.person import Frame, Questions
from pipeline.answers.scenes.clock import Clock, clock_of
from pipeline.answers.scenes.stored_scene import StoredScene
from pipeline.answers.video import VideoAnswers
from pipeline.runtime.clock import epoch, expiry
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.environment import PipelineEnvironment
from pipeline.services import Services
from pipeline.storage.days_left import Kept
from pipeline.storage.tracks_folder import TracksFolder
from pipeline.storage.video_record import VideoRecord

Remember = Callable[[tuple[str, ...]], None]
"""Records the keys of objects before they are written, so that whoever comes after can delete them."""


@dataclass(frozen=True)
class Written:
    """What was written of a video's answers.

    Attributes:
        summary: META's `Answers`.
        keys: of the objects under `answers/`.
        answered: the answers themselves.
    """

    summary: dict[str, Any]
    keys: tuple[str, ...]
    answered: Answered


class VideoAnswering:
    """Replaces the answers of one video. Only one writer at a time may do so.

    Args:
        services: of the function.
        record: of the video, which has a job.
        remember: called with all keys that answers may be under.
        kept: how long files are; as long as any other that is written now unless given.
    """

    def __init__(
        self,
        services: Services[PipelineEnvironment],
        record: VideoRecord,
        remember: Remember,
        kept: Kept | None = None,
    ) -> None:
        self._services = services
        self._record = record
        self._remember = remember
        self._kept: Kept = kept or {}
        environment = services.environment
        self._bucket = environment.results_bucket
        expires_at = expiry(environment.retention_days, epoch(record.submitted_at))
        self._items = AnswerItems(services.dynamodb, environment.tracks_table, record, expires_at)

    def answer(self, stored: StoredScene, facts: VideoFacts, deadline: Deadline) -> Written:
        """Write the answers to a scene's questions in place of any others.

        What was there is deleted before anything is written, so that answers are never mixed. May be
        repeated. Raises `OutOfTimeError`, what was there still there, when the deadline comes before all
        records are read.
        """
        answers = self._computed(stored, facts, deadline)
        clock = facts.clock(stored, self._record)
        video = self._record.video
        answered = Answered(video.id, video.key, stored.scene, clock, answers, facts.duration_ms)
        files = files_of(answered, stored)
        self._remember(tuple(sorted({*self._record.answers_keys, *files})))
        self._delete(SINGLE + COUNTS)
        self._items.write(stored, items_of(answered, stored))
        put_files(self._services.s3, self._bucket, files, self._kept)
        report_broken_rules(self._services, self._record, stored, answered, self._items)
        summary = {
            "Scene": stored.id,
            "Name": stored.scene.name,
            "Revision": stored.revision,
            "Kept": stored.scene.keep,
            "BeganAt": clock.text(0),
            "ClockFrom": clock.source,
            **summary_of(answers, stored.scene),
        }
        return Written(summary, tuple(sorted(files)), answered)

    def remove(self) -> None:
        """Delete the answers: no scene asks anything of the video."""
        self._delete((*SINGLE, *COUNTS, CASE))

    def _delete(self, prefixes: tuple[str, ...]) -> None:
        self._items.delete(prefixes)
        delete_files(self._services.s3, self._bucket, self._record.answers_keys)

    def _computed(self, stored: StoredScene, facts: VideoFacts, deadline: Deadline) -> VideoAnswers:
        folder = TracksFolder(self._services.s3, self._bucket, self._record.video.id)
        questions = Questions(stored.scene, Frame(facts.aspect, facts.duration_ms))
        answers = VideoAnswers()
        for person, records in persons_of(folder, deadline):
            answers.add(questions.answers_of(person, records))
        return answers


class VideoFacts:
    """What is known of a video beside its records.

    Args:
        metadata: the contract's `VideoMetadata`.
        aspect: width / height as shown.
        recorded_at: what its container says (ISO), None where it says nothing.
    """

    def __init__(self, metadata: Mapping[str, Any], aspect: float, recorded_at: str | None) -> None:
        duration = metadata.get("DurationMillis")
        self.duration_ms = duration if isinstance(duration, int) else None
        self.aspect = aspect
        self.recorded_at = recorded_at

    def clock(self, stored: StoredScene, record: VideoRecord) -> Clock:
        """The time of day of the video."""
        created = datetime.fromisoformat(self.recorded_at) if self.recorded_at else None
        uploaded = datetime.fromisoformat(record.uploaded_at or record.submitted_at)
        return clock_of(stored.scene.start, record.video.key, created, uploaded)

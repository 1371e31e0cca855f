"""Collecting one video's tracks: as many people as the time allows, from checkpoint to checkpoint."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from pipeline import messages
from pipeline.answering.answer import VideoFacts
from pipeline.collection.final_results import JobOutcome, write_final_results
from pipeline.collection.lease import Lease
from pipeline.collection.path_links import links_if_any
from pipeline.collection.person_pages import read_persons
from pipeline.collection.person_writer import write_person
from pipeline.collection.results import Results
from pipeline.collection.scene_answers import SceneAnswers, answer_collected
from pipeline.errors import CollectionStalledError, LeaseLostError, OutOfTimeError, TokenExpiredError
from pipeline.path.time_in_view import gap_millis
from pipeline.rekognition import error_codes
from pipeline.rekognition.result_page import Page, read_page
from pipeline.report.still import shown_aspect, still_if_any
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.environment import CollectTracksEnvironment
from pipeline.runtime.observability import count, logger
from pipeline.services import Services
from shared.aws_errors import code_of
from shared.links import PathLinks
from shared.still import Still

_LARGE_RECORDS = 200_000
"""The final results of more records than these take a while: begun only with half of the time left."""

_MOST_RESTARTS = 10
"""Restarts after expired tokens until the collection counts as stalled."""

_MOST_STALLS = 3
"""Invocations without one whole person until the collection counts as stalled."""


class Progress(StrEnum):
    """How an invocation's part of a collection ended."""

    FINISHED = "finished"
    OUT_OF_TIME = "out of time"
    HELD_BACK = "held back"


class Collector:
    """One invocation's part in collecting the video it has the lease of."""

    def __init__(
        self, services: Services[CollectTracksEnvironment], lease: Lease, deadline: Deadline
    ) -> None:
        assert lease.record.job_id
        self._services = services
        self._job_id = lease.record.job_id
        self._lease = lease
        self._deadline = deadline
        self._metadata: Mapping[str, Any] = {}
        self._note: str | None = None
        self._checkpoint = lease.record.checkpoint
        self._results = Results.of(services, lease.record)

    def run(self) -> Progress:
        """Go on until everything is written or the invocation's time is up; then the lease is free again.

        Raises whatever else goes wrong; the record keeps the last checkpoint.
        """
        while not self._checkpoint.read:
            try:
                self._collect()
            except TokenExpiredError:
                self._restart()
            except OutOfTimeError:
                return self._hand_over()
            except ClientError as error:
                if code_of(error) not in error_codes.BACK_PRESSURE:
                    raise
                # What is in memory may end in the middle of a person: the last checkpoint stands.
                self._lease.release()
                return Progress.HELD_BACK
        if not self._has_time_for_final_results():
            return self._hand_over()
        self._write_final_results()
        return Progress.FINISHED

    def _collect(self) -> None:
        """Write person after person. Raises `OutOfTimeError` when the time is up before the last."""
        saved_at = time.monotonic()
        for spool, then in read_persons(self._fetch, self._checkpoint.position, self._deadline):
            gap = gap_millis(self._metadata.get("FrameRate"))
            write_person(self._results, spool, self._aspect(), gap, self._links_of(spool.index))
            self._checkpoint = self._checkpoint.after_person(len(spool), then)
            if time.monotonic() - saved_at > self._services.environment.checkpoint_seconds:
                self._save()
                saved_at = time.monotonic()
        self._results.table.writer.flush()
        # Where there are no people, no last person says so.
        self._checkpoint = replace(self._checkpoint, read=True)

    def _has_time_for_final_results(self) -> bool:
        large = self._checkpoint.records > _LARGE_RECORDS
        return not (self._deadline.has_come() or (large and self._deadline.is_past_half()))

    def _write_final_results(self) -> None:
        if not self._metadata:
            self._fetch(None)
        outcome = JobOutcome(self._metadata, self._note)
        facts = VideoFacts(self._metadata, self._aspect(), self._still.created_at if self._still else None)

        def answers() -> SceneAnswers:
            return answer_collected(self._services, self._lease, facts, self._deadline)

        write_final_results(self._results, self._lease, self._checkpoint, outcome, self._still, answers)
        count("RecordsCollected", self._checkpoint.records)

    def _aspect(self) -> float:
        width, height = self._metadata.get("FrameWidth", 0), self._metadata.get("FrameHeight", 0)
        return shown_aspect(width, height, self._still)

    def _links_of(self, index: int) -> PathLinks | None:
        return None if self._links is None else self._links.get(index, PathLinks())

    @cached_property
    def _links(self) -> Mapping[int, PathLinks] | None:
        return links_if_any(self._services.s3, self._services.environment.stills_bucket, self._job_id)

    @cached_property
    def _still(self) -> Still | None:
        return still_if_any(self._services.s3, self._services.environment.stills_bucket, self._job_id)

    def _fetch(self, token: str | None) -> Page:
        page = read_page(self._services.paging, self._job_id, token)
        self._metadata, self._note = page.get("VideoMetadata") or {}, page.get("StatusMessage") or None
        return page

    def _restart(self) -> None:
        if self._checkpoint.restarts >= _MOST_RESTARTS:
            raise CollectionStalledError(messages.TOKENS_KEPT_EXPIRING.format(times=_MOST_RESTARTS))
        logger.info("Page token expired; starting again at page 1", extra={"job_id": self._job_id})
        count("CollectionsRestarted")
        self._checkpoint = self._checkpoint.restarted()
        self._results = self._results.after(self._checkpoint)
        self._save()

    def _hand_over(self) -> Progress:
        people_before = self._lease.record.checkpoint.people
        stalled = self._checkpoint.people == people_before and not self._checkpoint.read
        stalls = self._checkpoint.stalls + 1 if stalled else 0
        if stalls >= _MOST_STALLS:
            raise CollectionStalledError(messages.NO_PERSON_COLLECTED.format(invocations=_MOST_STALLS))
        self._checkpoint = replace(self._checkpoint, stalls=stalls)
        self._save(release=True)
        return Progress.OUT_OF_TIME

    def _save(self, *, release: bool = False) -> None:
        """Write everything up to here, and only then record it."""
        self._results.table.writer.flush()
        before = self._checkpoint.parts
        self._checkpoint = replace(self._checkpoint, parts=self._results.detections.save())
        try:
            self._lease.save(self._checkpoint, release=release)
        except LeaseLostError:
            self._results.detections.discard(but=before)
            raise

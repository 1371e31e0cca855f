"""Collecting one video's tracks: as many persons as the time allows, from checkpoint to checkpoint."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from pipeline.collection.detection_parts import DetectionParts
from pipeline.collection.finish import finish
from pipeline.collection.leases import Lease, LeaseLostError
from pipeline.collection.person_pages import OutOfTimeError, Page, TokenExpiredError, read_page, read_persons
from pipeline.collection.person_writer import write_person
from pipeline.rekognition import errors
from pipeline.report.parts import ReportParts, aspect_of, still_of
from pipeline.runtime.clock import epoch, expiry
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.observability import count, logger
from pipeline.storage.checkpoint import Checkpoint
from pipeline.storage.tracks_folder import TracksFolder
from pipeline.storage.tracks_table import TracksTable
from shared.aws_errors import code_of

if TYPE_CHECKING:
    from pipeline.runtime.services import Services

# Joining the pieces of more than these takes a while: begun only with time for it.
_LARGE_RECORDS = 200_000
_MOST_RESTARTS = 10
_MOST_STALLS = 3


class StuckError(Exception):
    """Going on in the same way would go on for ever."""


class Progress(StrEnum):
    """How an invocation's part of a collection ended."""

    FINISHED = "finished"
    OUT_OF_TIME = "out of time"
    HELD_BACK = "held back"
    JOB_GONE = "job gone"


class Collection:
    """One invocation's part in collecting the video it has the lease of."""

    def __init__(self, services: Services, lease: Lease, deadline: Deadline) -> None:
        meta, environment = lease.meta, services.environment
        assert meta.job_id
        self._paging = services.paging
        self._job_id = meta.job_id
        self._save_seconds = environment.checkpoint_seconds
        self._lease = lease
        self._deadline = deadline
        self._metadata: Mapping[str, Any] = {}
        self._checkpoint = meta.checkpoint
        self._folder = TracksFolder(services.s3, environment.results_bucket, meta.video.id)
        expires_at = expiry(environment.retention_days, epoch(meta.submitted_at))
        self._table = TracksTable(
            services.dynamodb, environment.tracks_table, meta.video.id, meta.job_id, expires_at
        )
        self._parts = self._parts_after(meta.checkpoint)
        self._reports = ReportParts(self._folder)
        self._services = services

    def run(self) -> Progress:
        """Go on until everything is written or the invocation's time is up; then the lease is free again.

        Raises what cannot be mended here; META keeps the last checkpoint.
        """
        while not self._checkpoint.read:
            try:
                self._collect()
            except TokenExpiredError:
                self._restart()
            except OutOfTimeError:
                return self._hand_over()
            except ClientError as error:
                if code_of(error) not in errors.BACK_PRESSURE:
                    raise
                # What is in memory may end in the middle of a person: the last checkpoint stands.
                self._lease.release()
                return Progress.HELD_BACK
        large = self._checkpoint.records > _LARGE_RECORDS
        if self._deadline.has_come() or (large and self._deadline.is_past_half()):
            return self._hand_over()
        if not self._metadata:
            self._fetch(None)
        finish(
            self._lease,
            self._checkpoint,
            self._metadata,
            self._table,
            self._folder,
            self._parts,
            self._reports,
            self._still(),
        )
        count("RecordsCollected", self._checkpoint.records)
        return Progress.FINISHED

    def _collect(self) -> None:
        """Write person after person. Raises OutOfTimeError when the time is up before the last."""
        saved_at = time.monotonic()
        for spool, then in read_persons(self._fetch, self._checkpoint.position, self._deadline):
            write_person(
                spool,
                self._lease.meta.video.id,
                self._table,
                self._folder,
                self._parts,
                self._reports,
                aspect_of(self._metadata),
            )
            self._checkpoint = self._checkpoint.after_person(len(spool), then)
            if time.monotonic() - saved_at > self._save_seconds:
                self._save()
                saved_at = time.monotonic()
        self._table.writer.flush()
        # A video of no people has no last person to say so.
        self._checkpoint = replace(self._checkpoint, read=True)

    def _still(self) -> bytes | None:
        services = self._services
        return still_of(services.s3, services.environment.stills_bucket, self._job_id)

    def _fetch(self, token: str | None) -> Page:
        page = read_page(self._paging, self._job_id, token)
        self._metadata = page.get("VideoMetadata") or {}
        return page

    def _restart(self) -> None:
        if self._checkpoint.restarts >= _MOST_RESTARTS:
            raise StuckError(f"The pages' tokens expired {_MOST_RESTARTS} times.")
        logger.info("Token expired, from page 1 again", extra={"job_id": self._job_id})
        count("CollectionsRestarted")
        self._checkpoint = self._checkpoint.restarted()
        self._parts = self._parts_after(self._checkpoint)
        self._save()

    def _hand_over(self) -> Progress:
        people_before = self._lease.meta.checkpoint.people
        stalled = self._checkpoint.people == people_before and not self._checkpoint.read
        stalls = self._checkpoint.stalls + 1 if stalled else 0
        if stalls >= _MOST_STALLS:
            raise StuckError(f"No whole person could be collected in {_MOST_STALLS} invocations.")
        self._checkpoint = replace(self._checkpoint, stalls=stalls)
        self._save(release=True)
        return Progress.OUT_OF_TIME

    def _save(self, *, release: bool = False) -> None:
        """Everything up to here is on disk before META says so."""
        self._table.writer.flush()
        before = self._checkpoint.parts
        self._checkpoint = replace(self._checkpoint, parts=self._parts.save())
        try:
            self._lease.save(self._checkpoint, release=release)
        except LeaseLostError:
            self._parts.discard(but=before)
            raise

    def _parts_after(self, checkpoint: Checkpoint) -> DetectionParts:
        meta = self._lease.meta
        return DetectionParts(self._folder, meta.video.id, meta.epoch, checkpoint.parts)

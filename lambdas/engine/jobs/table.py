"""Jobs and their life in the jobs table; `items` says what the table holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.jobs.acceptance import Acceptance
from engine.jobs.items import KEPT_SECONDS, decimals, job_key
from engine.jobs.model import Job, Status
from engine.jobs.transaction import write_all
from engine.stage import Stage


class JobsTable(Acceptance):
    """A job from its acceptance to the publication of its end. The only code that uses the jobs table."""

    def started(self, job_id: str) -> bool:
        """The job's execution has started. False, and nothing done, where its first step was faster."""
        return self._update(
            job_id,
            "SET Stage = :stage",
            {":stage": Stage.STARTED.value, ":accepted": Stage.ACCEPTED.value},
            condition="Stage = :accepted",
        )

    def enter(self, job_id: str, stage: Stage) -> None:
        """A step begins. Does nothing to a job that is over."""
        self._update_open(job_id, "SET Stage = :stage", {":stage": stage.value})

    def planned(self, job_id: str, metadata: Mapping[str, Any], segments: int) -> None:
        """The video was read; `segments` items of detection begin. Does nothing to a job that is over."""
        self._update_open(
            job_id,
            "SET Stage = :stage, VideoMetadata = :metadata, SegmentsTotal = :total",
            {":stage": Stage.DETECTING.value, ":metadata": decimals(metadata), ":total": segments},
        )

    def segment_done(self, job_id: str, segment: int) -> None:
        self._update(job_id, "ADD SegmentsDone :segment", {":segment": {segment}})

    def linked(self, job_id: str, people: int, records: int, note: str | None = None) -> None:
        """The results are written; `note`: what a reader must know. Does nothing to a job that is over."""
        self._update_open(
            job_id,
            "SET Stage = :stage, PeopleCount = :people, RecordCount = :records, Note = :note",
            {":stage": Stage.FINISHING.value, ":people": people, ":records": records, ":note": note},
        )

    def video_at_fault(self, job_id: str, reason: str) -> None:
        """A step found what is wrong with the video. The first reason stands."""
        self._update(job_id, "SET VideoFault = if_not_exists(VideoFault, :reason)", {":reason": reason})

    def complete(self, job_id: str, status: Status, message: str | None = None) -> Job:
        """Turns an open job SUCCEEDED or FAILED, once: every later call gets the first outcome.

        Raises NoSuchJobError, TableBusyError.
        """
        now = self._clock()
        values: dict[str, Any] = {
            ":status": status.value,
            ":open": Status.IN_PROGRESS.value,
            ":stage": Stage.DONE.value,
            ":now": int(now * 1000),
            ":expiry": int(now) + KEPT_SECONDS,
        }
        expression = "SET #status = :status, Stage = :stage, CompletedAt = :now, ExpiresAt = :expiry"
        if message is not None:
            expression += ", StatusMessage = :message"
            values[":message"] = message
        outcome = {
            "Update": {
                "TableName": self._table.name,
                "Key": job_key(job_id),
                "UpdateExpression": expression,
                "ConditionExpression": "#status = :open",
                "ExpressionAttributeNames": {"#status": "Status"},
                "ExpressionAttributeValues": values,
            }
        }
        write_all(self._table, [outcome, self._open.removing(job_id)])
        return self.find(job_id)

    def claim_notification(self, job_id: str, seconds: int) -> bool:
        """True when the caller may publish the completion message now.

        False once it has been published, or while another holder's claim of at most `seconds` lasts.
        """
        now = int(self._clock() * 1000)
        return self._update(
            job_id,
            "SET NotificationClaimedUntil = :until",
            {":until": now + seconds * 1000, ":now": now},
            condition="attribute_not_exists(NotifiedAt) AND "
            "(attribute_not_exists(NotificationClaimedUntil) OR NotificationClaimedUntil < :now)",
        )

    def release_notification(self, job_id: str) -> None:
        """Publishing failed: the next attempt need not wait for the claim to run out."""
        self._update(job_id, "REMOVE NotificationClaimedUntil", {})

    def notified(self, job_id: str) -> None:
        self._update(job_id, "SET NotifiedAt = :now", {":now": int(self._clock() * 1000)})

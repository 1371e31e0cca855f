"""Where one invocation writes the results of one video."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from pipeline.collection.detection_parts import DetectionParts
from pipeline.report.report_parts import ReportParts
from pipeline.runtime.clock import epoch, expiry
from pipeline.runtime.environment import PipelineEnvironment
from pipeline.services import Services
from pipeline.storage.checkpoint import Checkpoint
from pipeline.storage.tracks_folder import TracksFolder
from pipeline.storage.tracks_table import TracksTable
from pipeline.storage.video_record import VideoRecord


@dataclass(frozen=True)
class Results:
    """The places that a person's records go to, and what is made of them in the end.

    Attributes:
        record: the video's, as it was when the lease was taken.
        table: items of people, paths and minutes.
        folder: the objects of the video.
        detections: all records, in parts.
        report: what the report shows of each person.
    """

    record: VideoRecord
    table: TracksTable
    folder: TracksFolder
    detections: DetectionParts
    report: ReportParts

    @classmethod
    def of(cls, services: Services[PipelineEnvironment], record: VideoRecord) -> Self:
        """Going on after the record's checkpoint. The record has a job."""
        assert record.job_id
        environment, video_id = services.environment, record.video.id
        folder = TracksFolder(services.s3, environment.results_bucket, video_id)
        expires_at = expiry(environment.retention_days, epoch(record.submitted_at))
        return cls(
            record=record,
            table=TracksTable(
                services.dynamodb, environment.tracks_table, video_id, record.job_id, expires_at
            ),
            folder=folder,
            detections=DetectionParts(folder, video_id, record.epoch, record.checkpoint.parts),
            report=ReportParts(folder),
        )

    def after(self, checkpoint: Checkpoint) -> Self:
        """The same places, going on after another checkpoint."""
        detections = DetectionParts(self.folder, self.record.video.id, self.record.epoch, checkpoint.parts)
        return replace(self, detections=detections)

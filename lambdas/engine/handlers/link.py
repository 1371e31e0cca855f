"""The step after all segments: link their detections to paths and write the records in both orders.

`{"JobId"}` → `{"JobId"}`, or `{"JobId", "Error"}` where a segment's step found the video at fault, see
`handlers.step`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from engine.handlers import step
from engine.jobs.model import Status
from engine.messages import video as messages
from engine.records import ORDERS, SeenFaces, records
from engine.runtime.environment import LinkEnvironment, read
from engine.runtime.observability import logger, metrics, tracer
from engine.stage import Stage
from engine.storage.workspace import Plan, Workspace
from engine.tracker import Settings, Track, link
from engine.video import instants
from engine.video.errors import VideoError
from engine.video.frames.decode_count import DecodeTotal

Instants = npt.NDArray[np.int64]


@cache
def _environment() -> LinkEnvironment:
    return read(LinkEnvironment)


@cache
def _stores() -> step.Stores:
    return step.Stores.of(_environment())


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    job_id = event["JobId"]
    logger.append_keys(job_id=job_id)
    return step.answer(_stores().jobs, job_id, lambda: _link_once(job_id))


def _link_once(job_id: str) -> dict[str, Any]:
    jobs = _stores().jobs
    job = jobs.find(job_id)
    if job.video_fault is not None:
        raise VideoError(job.video_fault)
    # A job that is over is being read: its pages must not change under the reader.
    if job.status is Status.IN_PROGRESS:
        jobs.enter(job_id, Stage.LINKING)
        _link(job_id)
    return {}


def _link(job_id: str) -> None:
    stores = _stores()
    workspace = stores.workspace(job_id)
    plan = workspace.plan()
    faces, decoding = SeenFaces(), DecodeTotal()
    segments = faces.gather(decoding.gather(workspace.detections(len(plan.segments))))
    settings = Settings.for_detector(_environment().detector)
    tracks = link(segments, frame_aspect=plan.frame_aspect, settings=settings)
    decoding.counts.check()
    grid, pictures = _grid(workspace, plan, tracks)
    results = stores.results(job_id)
    counts = {
        results.write(order, _while_wanted(job_id, records(order, tracks, faces, grid, pictures)))
        for order in ORDERS
    }
    (count,) = counts
    workspace.write_links({track.index: track.links for track in tracks})
    stores.jobs.linked(job_id, len(tracks), count, messages.joined(plan.note, decoding.counts.note))
    logger.info("Linked", people=len(tracks), records=count)
    metrics.add_metric("PeopleTracked", MetricUnit.Count, len(tracks))
    metrics.add_metric("RecordsWritten", MetricUnit.Count, count)


def _while_wanted(job_id: str, lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines, and NoSuchJobError at their end, before the upload is complete, if the job was deleted.

    What were written then, nothing would delete.
    """
    yield from lines
    _stores().jobs.find(job_id)


def _grid(workspace: Workspace, plan: Plan, tracks: list[Track]) -> tuple[Instants, Instants]:
    """The instants to report, and the Timestamps of the pictures on show then, in ms."""
    if not plan.constant_rate:
        held = workspace.instants(len(plan.segments))
        return held[:, 0], held[:, 1]
    last_ms = max((int(track.timestamps_ms[-1]) for track in tracks), default=0)
    grid = instants.of_constant_rate(plan.rate, last_ms)
    return grid, grid

"""A job's intermediate files in the work bucket, under `jobs/<job id>/`."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.analysis.detections import SegmentDetections
from engine.video.segments import Segment
from shared.links import Link, write_links
from shared.still import Still, write_still

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class Plan:
    """How a video is cut, and what the later steps need of its metadata.

    `frame_aspect`: width / height as shown. `rate`: frames a second, the mean one unless `constant_rate`.
    `note`: for the video's owner, where something is missing from the file.
    """

    frame_aspect: float
    rate: Fraction
    constant_rate: bool
    segments: list[Segment]
    note: str | None = None


class Workspace:
    def __init__(self, client: S3Client, bucket: str, job_id: str) -> None:
        self._client = client
        self._bucket = bucket
        self._job_id = job_id

    def write_plan(self, plan: Plan) -> dict[str, str]:
        """Stores the plan and the Distributed Map's items; returns the items' place, `{"Bucket", "Key"}`."""
        self._put("plan.json", json.dumps(asdict(plan), default=str).encode())
        items = [{"JobId": self._job_id, "Segment": segment.index} for segment in plan.segments]
        self._put("segments.json", json.dumps(items).encode())
        return {"Bucket": self._bucket, "Key": self._key("segments.json")}

    def write_still(self, still: Still) -> None:
        """A picture of the scene, which others may read; see `shared.still`."""
        write_still(self._client, self._bucket, self._job_id, still)

    def write_links(self, links: Mapping[int, Sequence[Link]]) -> None:
        """How sure the links inside each path are, which others may read; see `shared.links`."""
        write_links(self._client, self._bucket, self._job_id, links)

    def plan(self) -> Plan:
        stored: dict[str, Any] = json.loads(self._get("plan.json"))
        return Plan(
            frame_aspect=stored["frame_aspect"],
            rate=Fraction(stored["rate"]),
            constant_rate=stored["constant_rate"],
            segments=[Segment(**segment) for segment in stored["segments"]],
            note=stored.get("note"),
        )

    def write_detections(self, segment: int, detections: SegmentDetections) -> None:
        file = io.BytesIO()
        detections.save(file)
        self._put(f"detections/{segment:05}.npz", file.getvalue())

    def detections(self, segments: int) -> Iterator[SegmentDetections]:
        """Of every segment in turn, one in memory at a time."""
        for segment in range(segments):
            yield SegmentDetections.load(io.BytesIO(self._get(f"detections/{segment:05}.npz")))

    def write_instants(self, segment: int, instants: npt.NDArray[np.int64]) -> None:
        """Of a segment of a video whose rate varies: what `instants.of_segment` gives."""
        file = io.BytesIO()
        np.save(file, instants, allow_pickle=False)
        self._put(f"instants/{segment:05}.npy", file.getvalue())

    def instants(self, segments: int) -> npt.NDArray[np.int64]:
        """Those of the whole video, rising."""
        files = [self._get(f"instants/{segment:05}.npy") for segment in range(segments)]
        parts = [np.load(io.BytesIO(file), allow_pickle=False) for file in files]
        # Segments detected before an upgrade and linked after it have the instants alone.
        return np.concatenate([np.stack([part, part], 1) if part.ndim == 1 else part for part in parts])

    def _put(self, name: str, body: bytes) -> None:
        self._client.put_object(Bucket=self._bucket, Key=self._key(name), Body=body)

    def _get(self, name: str) -> bytes:
        return self._client.get_object(Bucket=self._bucket, Key=self._key(name))["Body"].read()

    def _key(self, name: str) -> str:
        return f"jobs/{self._job_id}/{name}"

"""From paths to the contract's records: a record a person and instant of the 15 Hz grid, in either order.

People are detected at the analysis rate and reported at the contract's: a box between two analysed frames is
interpolated, a face is reported only at the instant at which it was detected. Everything streams: a video of
six hours has millions of records.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.analysis import face_rows
from engine.analysis.detections import FACE_COLUMNS, SegmentDetections
from engine.tracker import Track

ORDERS = ("TIMESTAMP", "INDEX")
"""The contract's sort orders."""

_WINDOW_INSTANTS = 2048
"""Instants sorted at a time in the order by time: two minutes."""

_DECIMALS = 6
"""Of box coordinates: finer than a pixel of any video."""


@dataclass
class SeenFaces:
    """Every face of a video, by the row of its person's box counted over all segments."""

    _rows: list[npt.NDArray[np.int64]] = field(default_factory=list)
    _faces: list[npt.NDArray[np.float32]] = field(default_factory=list)

    def gather(self, segments: Iterable[SegmentDetections]) -> Iterator[SegmentDetections]:
        """The segments unchanged; their faces are collected on the way."""
        offset = 0
        for segment in segments:
            order = np.argsort(segment.face_of, kind="stable")
            self._rows.append(segment.face_of[order].astype(np.int64) + offset)
            self._faces.append(segment.faces[order])
            offset += len(segment.boxes)
            yield segment

    def of(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """float32 (n, 20) for n rows of boxes, NaN where there is no face."""
        found = np.full((len(rows), FACE_COLUMNS), np.nan, np.float32)
        known, faces = self._joined()
        if len(known):
            at = np.minimum(np.searchsorted(known, rows), len(known) - 1)
            hit = known[at] == rows
            found[hit] = faces[at[hit]]
        return found

    def _joined(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        if len(self._rows) > 1:
            self._rows = [np.concatenate(self._rows)]
            self._faces = [np.concatenate(self._faces)]
        if not self._rows:
            return np.zeros(0, np.int64), np.zeros((0, FACE_COLUMNS), np.float32)
        return self._rows[0], self._faces[0]


@dataclass(frozen=True)
class Samples:
    """n boxes of people: ms (n,), index (n,), box (n, 4), confidence (n,), face (n, 20) or NaN."""

    times: npt.NDArray[np.int64]
    indexes: npt.NDArray[np.int64]
    boxes: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64]
    faces: npt.NDArray[np.float32]

    def __getitem__(self, order: npt.NDArray[np.int64]) -> Samples:
        return Samples(
            self.times[order], self.indexes[order], self.boxes[order], self.scores[order], self.faces[order]
        )


@dataclass(frozen=True)
class _Grid:
    """The n instants to report, and the Timestamps of the pictures on show then: both ms (n,), rising."""

    instants: npt.NDArray[np.int64]
    pictures: npt.NDArray[np.int64]


def records(
    order: str,
    tracks: Sequence[Track],
    faces: SeenFaces,
    instants: npt.NDArray[np.int64],
    pictures: npt.NDArray[np.int64] | None = None,
) -> Iterator[bytes]:
    """The contract's PersonDetection structures, each as JSON in UTF-8 without spaces or newline.

    Args:
        order: `TIMESTAMP`: by time, people of one instant by index. `INDEX`: by person, each by falling
            confidence of the detection, as the contract has it; equal ones by time.
        tracks: by rising index.
        instants: the report grid in ms, rising, from 0 to at least the last track's end.
        pictures: the Timestamp in ms of the picture on show at each instant, whose people are reported; the
            instants themselves when None.
    """
    grid = _Grid(instants, instants if pictures is None else pictures)
    batches = _by_person(tracks, faces, grid) if order == "INDEX" else _by_time(tracks, faces, grid)
    for batch in batches:
        yield from _lines(batch)


def _by_person(tracks: Sequence[Track], faces: SeenFaces, grid: _Grid) -> Iterator[Samples]:
    for track in tracks:
        samples = _sample(track, faces, grid, slice(0, len(grid.instants)))
        yield samples[np.lexsort((samples.times, -samples.scores))]


def _by_time(tracks: Sequence[Track], faces: SeenFaces, grid: _Grid) -> Iterator[Samples]:
    pictures = grid.pictures
    first = np.array([track.timestamps_ms[0] for track in tracks], np.int64)
    last = np.array([track.timestamps_ms[-1] for track in tracks], np.int64)
    for start in range(0, len(pictures), _WINDOW_INSTANTS):
        window = slice(start, min(start + _WINDOW_INSTANTS, len(pictures)))
        present = np.flatnonzero((first <= pictures[window.stop - 1]) & (last >= pictures[start]))
        if len(present):
            samples = _joined([_sample(tracks[at], faces, grid, window) for at in present.tolist()])
            yield samples[np.lexsort((samples.indexes, samples.times))]


def _sample(track: Track, faces: SeenFaces, grid: _Grid, window: slice) -> Samples:
    """A track at those instants of a window (a slice of all) at which its person is there."""
    seen, pictures = track.timestamps_ms, grid.pictures
    first, last = np.searchsorted(pictures, seen[0], "left"), np.searchsorted(pictures, seen[-1], "right")
    begin = max(window.start, int(first))
    end = max(begin, min(window.stop, int(last)))
    times, shown = grid.instants[begin:end], pictures[begin:end]
    boxes = np.stack([np.interp(shown, seen, column) for column in track.boxes.T.astype(float)], axis=1)
    samples = Samples(
        times=times,
        indexes=np.full(len(times), track.index, np.int64),
        boxes=boxes,
        scores=np.interp(shown, seen, track.scores.astype(float)),
        faces=_faces_at(pictures[first:last], begin - first, end - first, track, faces),
    )
    return samples[np.flatnonzero(track.shows(shown))] if len(track.absences) else samples


def _faces_at(
    pictures: npt.NDArray[np.int64], begin: int, end: int, track: Track, faces: SeenFaces
) -> npt.NDArray[np.float32]:
    """Each face at the first instant of the picture nearest to the analysed one, most often the same, of
    those at which the person is there.
    """
    placed = np.full((end - begin, FACE_COLUMNS), np.nan, np.float32)
    if begin == end:
        return placed
    detected = np.flatnonzero(track.rows >= 0)
    there = np.flatnonzero(track.shows(pictures))
    if len(there) == 0:
        return placed
    nearest = there[_nearest(pictures[there], track.timestamps_ms[detected])]
    here = (nearest >= begin) & (nearest < end)
    seen = faces.of(track.rows[detected[here]])
    real = ~np.isnan(seen[:, 0])
    placed[nearest[here][real] - begin] = seen[real]
    return placed


def _nearest(instants: npt.NDArray[np.int64], moments: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The positions of the instants nearest to the moments."""
    after = np.minimum(np.searchsorted(instants, moments), len(instants) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(np.abs(instants[after] - moments) <= np.abs(instants[before] - moments), after, before)


def _joined(samples: Sequence[Samples]) -> Samples:
    return Samples(
        np.concatenate([each.times for each in samples]),
        np.concatenate([each.indexes for each in samples]),
        np.concatenate([each.boxes for each in samples]),
        np.concatenate([each.scores for each in samples]),
        np.concatenate([each.faces for each in samples]),
    )


def _lines(samples: Samples) -> Iterator[bytes]:
    boxes = samples.boxes.round(_DECIMALS).tolist()
    has_face = (~np.isnan(samples.faces[:, 0])).tolist()
    for row, (time, index, (left, top, width, height)) in enumerate(
        zip(samples.times.tolist(), samples.indexes.tolist(), boxes, strict=True)
    ):
        face = f',"Face":{_face(samples.faces[row])}' if has_face[row] else ""
        # Written by hand: millions of these go by, and the form is fixed.
        yield (
            f'{{"Timestamp":{time},"Person":{{"Index":{index},"BoundingBox":'
            f'{{"Width":{width},"Height":{height},"Left":{left},"Top":{top}}}{face}}}}}'
        ).encode()


def _face(row: npt.NDArray[np.float32]) -> str:
    return json.dumps(face_rows.unpack(row).as_contract(), separators=(",", ":"))

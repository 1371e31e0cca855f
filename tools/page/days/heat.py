"""Where people stood in a scene over a period: the time of all paths in each cell of a grid."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.report.still import shown_aspect
from reader.people_pathing_reader import Person, Point, Reader, Video
from tools.page.days.work import Report

COLUMNS = 160
"""Cells in a row; the report's own heat map has as many."""

MOST_PATHS = 20_000
"""Of which one map is made. Of more, those of some videos are taken: some 100 MB are read then."""

_LEAST_ROWS = 8
_MOST_KEPT = 512
"""Grids of single videos, of 60 to 120 KB."""

_ROUNDING_MS = 60
"""By which a person's time in view, in whole tenths, may differ from that of their path."""

Cells = NDArray[np.float64]


@dataclass(frozen=True)
class Heat:
    """The time in each cell.

    Attributes:
        columns, rows: of the grid, over the whole picture.
        cells: ms, row by row from the top.
        paths: of which it is made.
        videos: whose paths were read.
        without_paths: videos with people but no paths, since they keep counts only.
        left_out: videos that were not read, since the others have enough paths.
    """

    columns: int
    rows: int
    cells: tuple[int, ...]
    paths: int
    videos: int
    without_paths: int
    left_out: int


@dataclass(frozen=True)
class _OfVideo:
    cells: Cells
    paths: int


class HeatMaps:
    """Heat maps of the videos of one stack; that of each video is kept. May be used by several threads."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._kept: OrderedDict[tuple[str, str | None, str, int], _OfVideo] = OrderedDict()
        self._lock = threading.Lock()

    def heat(self, video_ids: Sequence[str], report: Report) -> Heat:
        """The map of all videos, or of as many, drawn at random, as have MOST_PATHS paths.

        Args:
            video_ids: the first gives the grid its shape.
        """
        rows: int | None = None
        total, paths, read, without = np.zeros(0), 0, 0, 0
        first, others = video_ids[:1], video_ids[1:]
        # Ids are digests: in their order videos of any time come first.
        for number, video_id in enumerate([*first, *sorted(others)]):
            report(number, len(video_ids))
            video = self._reader.video(video_id)
            if video is None:
                continue
            if rows is None:
                rows = _rows_of(video)
                total = np.zeros(rows * COLUMNS)
            if paths and paths + video.people > MOST_PATHS:
                break
            found = self._of_video(video, rows)
            total += found.cells
            paths, read = paths + found.paths, read + 1
            without += video.people > 0 and not found.paths
        cells = tuple(int(value) for value in total.round())
        return Heat(COLUMNS, rows or 0, cells, paths, read, without, len(video_ids) - read)

    def _of_video(self, video: Video, rows: int) -> _OfVideo:
        key = (video.id, video.job_id, video.updated_at, rows)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        cells, paths = np.zeros(rows * COLUMNS), 0
        for person in self._reader.people(video.id):
            add_time(cells, rows, person, video.gap_ms)
            paths += 1
        with self._lock:
            self._kept[key] = _OfVideo(cells, paths)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return _OfVideo(cells, paths)


def add_time(cells: Cells, rows: int, person: Person, gap_ms: int) -> None:
    """Add the ms that a person's feet were in each cell to `cells`, COLUMNS a row; the paths are straight."""
    if len(person.path) < 2:
        return
    feet = np.array([point.feet for point in person.path]) * (COLUMNS, rows)
    moves = np.diff(feet, axis=0)
    steps = np.maximum(1, np.ceil(np.hypot(moves[:, 0], moves[:, 1]))).astype(int)
    millis = np.array(seen_between(person.path, person.seconds_seen, gap_ms), float)
    step_of = np.repeat(np.arange(len(steps)), steps)
    rank = np.arange(len(step_of)) - np.repeat(np.cumsum(steps) - steps, steps)
    places = feet[:-1][step_of] + moves[step_of] * ((rank + 0.5) / steps[step_of])[:, None]
    column, row = np.floor(places).astype(int).T
    inside = (column >= 0) & (row >= 0) & (column < COLUMNS) & (row < rows)
    weights = (millis / steps)[step_of][inside]
    cells += np.bincount((row * COLUMNS + column)[inside], weights, minlength=len(cells))


def seen_between(path: Sequence[Point], seconds_seen: float, gap_ms: int) -> list[int]:
    """Ms that a person was in view between each point of a thinned path and the next.

    A thinned path does not say whether somebody between two points stood still or was away. The time in view
    does, for all of it: what is too much is taken from whole stretches longer than `gap_ms`, the longest that
    fits first.
    """
    millis = [later.ms - earlier.ms for earlier, later in pairwise(path)]
    away = sum(millis) - seconds_seen * 1000
    for place in sorted(range(len(millis)), key=lambda place: -millis[place]):
        if millis[place] > gap_ms and millis[place] <= away + _ROUNDING_MS:
            away -= millis[place]
            millis[place] = 0
    return millis


def _rows_of(video: Video) -> int:
    width, height = (video.metadata.get(name, 0) for name in ("FrameWidth", "FrameHeight"))
    return max(_LEAST_ROWS, round(COLUMNS / shown_aspect(int(width), int(height), None)))


def shares(heat: Heat, parts: int = 3) -> list[list[float]]:
    """The percentage of all time in each of `parts` by `parts` equal parts of the picture, from the top."""
    grid = np.array(heat.cells, float).reshape(heat.rows, heat.columns)
    total = grid.sum()
    if not total:
        return [[0.0] * parts for _ in range(parts)]
    rows = np.arange(heat.rows) * parts // heat.rows
    columns = np.arange(heat.columns) * parts // heat.columns
    return [
        [float(100 * grid[np.ix_(rows == row, columns == column)].sum() / total) for column in range(parts)]
        for row in range(parts)
    ]

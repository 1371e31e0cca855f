"""When a path is in a region."""

from __future__ import annotations

from collections.abc import Iterable

from .model import GAP_MS, Point, Region


def visits(
    path: Iterable[Point], region: Region, *, whole_box: bool = False, gap_ms: int = GAP_MS
) -> tuple[tuple[int, int], ...]:
    """From when to when a path is in a region, in ms; also where it only crosses it between two reports.

    Args:
        path: in time order.
        whole_box: whether any part of the box counts, instead of the feet alone.
        gap_ms: a person not reported for longer than this was away; see `Video.gap_ms`.
    """
    found: list[tuple[int, int]] = []
    since: int | None = None
    before: Point | None = None
    for point in path:
        inside = _inside(point, region, whole_box)
        followed = before is not None and point.ms - before.ms <= gap_ms
        if since is not None and before is not None and not (inside and followed):
            found.append((since, before.ms))
            since = None
        if inside:
            since = point.ms if since is None else since
        elif followed and before is not None and not whole_box and not _inside(before, region, whole_box):
            passed = _passed(before, point, region)
            if passed is not None:
                found.append(passed)
        before = point
    if since is not None and before is not None:
        found.append((since, before.ms))
    return tuple(found)


def _inside(point: Point, region: Region, whole_box: bool) -> bool:
    if whole_box:
        return region.touches(Region(*point[1:]))
    x, y = point.feet
    return region.left <= x <= region.left + region.width and region.top <= y <= region.top + region.height


def _passed(before: Point, after: Point, region: Region) -> tuple[int, int] | None:
    """When the straight way between two reports is in the region (Liang–Barsky), or None."""
    (x, y), (to_x, to_y) = before.feet, after.feet
    enter, leave = 0.0, 1.0
    for at, moved, low, size in (
        (x, to_x - x, region.left, region.width),
        (y, to_y - y, region.top, region.height),
    ):
        if moved == 0:
            if not low <= at <= low + size:
                return None
            continue
        first, second = sorted(((low - at) / moved, (low + size - at) / moved))
        enter, leave = max(enter, first), min(leave, second)
    if enter > leave:
        return None
    elapsed = after.ms - before.ms
    return before.ms + round(enter * elapsed), before.ms + round(leave * elapsed)

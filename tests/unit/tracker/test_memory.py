"""Arrays that grow, and a long video that stays small."""

from __future__ import annotations

import numpy as np

from engine.tracker.tracklets.growing_array import GrowingArray


def test_rows_come_out_as_they_went_in() -> None:
    growing = GrowingArray(np.float32, 2)
    parts = [np.full((count, 2), count, np.float32) for count in (0, 1, 5000, 3, 20_000)]
    for part in parts:
        growing.append(part)
    assert np.array_equal(growing.finish(), np.concatenate(parts))


def test_nothing_appended_is_nothing() -> None:
    assert GrowingArray(np.int32).finish().shape == (0,)

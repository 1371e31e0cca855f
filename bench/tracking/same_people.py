"""Who is one person under several ids of a sequence's truth, which names anew who leaves and comes back.

Seen in the pictures: the people of PETS09-S2L1 dress so that they can be told apart by eye. Its mosaic shows
each of them in up to four quarters at once.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bench.tracking.mosaic import MOSAIC

_PETS = "PETS09-S2L1"

_IDS = 20
"""By so many the ids of a quarter of the mosaic are above those of the quarter before."""

_FIRST_ID = {2: 13, 3: 11, 4: 12, 5: 9, 6: 10, 8: 15, 14: 15, 18: 15, 1: 19}
"""Of PETS09-S2L1: whose first id is another one."""


def real_people(sequence: str, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The same number (N,) for all ids of one person; -1, nobody, stays."""
    if sequence not in (_PETS, MOSAIC):
        return ids
    first = np.arange(_IDS)
    for later, earlier in _FIRST_ID.items():
        first[later] = earlier
    return np.where(ids >= 0, first[ids % _IDS], -1)

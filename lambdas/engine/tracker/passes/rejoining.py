"""Rejoining: who vanished in the middle of the picture, with nobody in front, and came back there.

Stitching takes it for unlikely that someone in full view goes undetected for seconds. Where a finished track
ends in the middle of the picture all the same and another begins there up to a minute later, something that
stands in the scene hid them: looks and place decide then, and only clear cases are joined. Who leaves by the
picture's border and comes back is another person, as in the truth of tracking benchmarks.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tracker.geometry import Floats
from engine.tracker.passes.alternatives import margins
from engine.tracker.passes.appearance_model import AppearanceModel
from engine.tracker.passes.gaps import Gaps
from engine.tracker.passes.stitch_evidence import (
    OTHER_PERSON_AREA,
    height_ratio,
    motion_ratio,
)
from engine.tracker.passes.stitching import at_side, best_predecessors, candidates, join
from engine.tracker.settings import Settings
from engine.tracker.tracklets.joins import Joins
from engine.tracker.tracklets.store import Store
from engine.tracker.tracklets.tracklet_ends import TrackletEnds, tracklet_ends
from engine.tracker.tracklets.tracklets import Tracklets

_LOG_ODDS = -1.0
"""Prior log-odds that an end and a beginning, both in the middle of the picture, are one person."""

_LEAST_MARGIN = 3.0
"""Log-odds by which a join must be better than its alternatives."""

_APPEARANCE_SECONDS = 60.0
"""How far from an end descriptors are averaged. Tracks are whole by now, and the more of somebody's turns a
mean shows, the less it changes over an absence.
"""

_STAYED_SHARE = 0.3
"""Share of those who come back where they vanished: they stood or sat there."""

_STAYED_SPREAD = np.array([1.5, 0.6])
"""How far from there, across and down: standard deviation in body heights."""

_ANYWHERE_SHARE = 0.2
"""Share of those who come back anywhere, as other people do."""

_WALKED_SPEED = 0.35
"""How far the others come in a second, across: standard deviation in body heights."""

_WALKED_LIMITS = (0.5, 3.0)
"""Least and greatest standard deviation of how far they come: what hides people is not endless."""

_DOWN = 0.4
"""The same down the picture, as a share of that across."""

_BORDER = 0.02
"""Frame heights from the top or bottom within which somebody may have left the picture."""


def rejoin(store: Store, settings: Settings) -> None:
    """Relabel finished tracks so that those of one person share the label of the first."""
    tracks = Tracklets.of(store)
    if len(tracks) < 2 or not store.has_appearance:
        return
    heads, tails = (
        tracklet_ends(store, tracks, first=first, appearance_seconds=_APPEARANCE_SECONDS)
        for first in (True, False)
    )
    model = AppearanceModel.learnt(store, tracks)
    before, after = (model.projected(ends.appearance).astype(np.float32) for ends in (tails, heads))
    left, came = _at_border(store, tails, 1.0), _at_border(store, heads, -1.0)
    likely, log_odds = [], []
    for every in candidates(tails, heads, settings.rejoin_seconds):
        gaps = every.where(~left[every.before] & ~came[every.after])
        if len(gaps) == 0:
            continue
        found = _LOG_ODDS + _place_ratio(store, gaps) + height_ratio(gaps)
        possible = found + model.most > 0
        gaps = gaps.where(possible)
        found = found[possible] + model.log_likelihood_ratio(
            before[gaps.before].astype(np.float64), after[gaps.after].astype(np.float64)
        )
        likely.append(gaps.where(found > 0))
        log_odds.append(found[found > 0])
    if likely:
        _join(store, tracks, Gaps.joined(likely), np.concatenate(log_odds))


def _join(store: Store, tracks: Tracklets, gaps: Gaps, log_odds: Floats) -> None:
    """Join what is better than its alternatives by enough."""
    predecessors = best_predecessors(gaps, log_odds, len(tracks))
    chosen = predecessors[gaps.after] == gaps.before
    margin = margins(gaps.before, gaps.after, log_odds, chosen)
    closed, clear = gaps.where(chosen), margin >= _LEAST_MARGIN
    predecessors[closed.after[~clear]] = -1
    joins = Joins.at(tracks, closed.before, closed.after, margin)
    store.joins = store.joins.followed_by(joins.where(clear))
    join(store, tracks, gaps.heads, predecessors)


def _at_border(store: Store, found: TrackletEnds, direction: float) -> npt.NDArray[np.bool_]:
    """Whether each end is at the picture's border on any side."""
    middle, half = found.centre[:, 1], found.height / 2
    ends: npt.NDArray[np.bool_] = (middle - half <= _BORDER) | (middle + half >= 1 - _BORDER)
    return ends | at_side(store, found, direction)


def _place_ratio(store: Store, gaps: Gaps) -> Floats:
    """By place: they stayed, walked behind something, or went on as people in view do."""
    height = np.sqrt(gaps.tails.height[gaps.before] * gaps.heads.height[gaps.after])
    off = (gaps.heads.centre[gaps.after] - gaps.tails.centre[gaps.before]) / height[:, None]
    across = np.clip(_WALKED_LIMITS[0] + _WALKED_SPEED * gaps.seconds, *_WALKED_LIMITS)
    walked = _density(off, np.column_stack([across, _DOWN * across]))
    stayed = _density(off, np.broadcast_to(_STAYED_SPREAD, off.shape))
    walked_share = 1 - _STAYED_SHARE - _ANYWHERE_SHARE
    hidden = np.logaddexp(np.log(_STAYED_SHARE) + stayed, np.log(walked_share) + walked)
    hidden = np.logaddexp(hidden + np.log(OTHER_PERSON_AREA), np.log(_ANYWHERE_SHARE))
    ratio: Floats = np.logaddexp(hidden, motion_ratio(store, gaps)) - np.log(2)
    return ratio


def _density(off: Floats, spread: Floats) -> Floats:
    """Logarithms (n,) of a normal density, (n, 2) deviations and standard deviations."""
    density: Floats = (-0.5 * (off / spread) ** 2 - np.log(spread)).sum(1) - np.log(2 * np.pi)
    return density

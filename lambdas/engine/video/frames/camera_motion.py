"""How the camera moved between two analysed frames, from small grey pictures of them.

The picture is cut into blocks and each textured block is searched for in the other picture around a common
guess (the phase correlation of the whole, Kuglin & Hines 1975). A similarity (shift, turn, zoom) is fitted
to the blocks' shifts by consensus and kept only if most of the background agrees, so people walking through
are outvoted. A camera that stands gives the identity, exactly: nothing downstream may drift on noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Grey = NDArray[np.float32]
Affine = NDArray[np.float32]

_BLOCK = 16
"""Side of a block, in pixels."""

_REACH = 4
"""Pixels searched around the guess."""

_TEXTURE = 4.0
"""Standard deviation of grey levels below which a block has no position of its own."""

_SAMPLE = 40
"""Blocks, about, by which it is decided whether the camera stands."""

_STILL_SHARE = 0.5
"""Share of textured blocks that fit best where they were, from which the camera stands."""

_AGREEING_SHARE = 0.3
"""Share of textured blocks within a pixel of the motion, from which the motion is the camera's."""

_PEAKS = 3
"""Peaks of the phase correlation that are tried."""

_NOISE = 0.25
"""Pixels: a motion that is smaller at every corner is none."""


def small_grey(image: NDArray[np.uint8], width: int = 192) -> Grey:
    """A picture for `estimate` from an RGB or BGR one (H, W, 3): its green, averaged to about `width`."""
    step = max(1, image.shape[1] // width)
    rows, columns = image.shape[0] // step * step, image.shape[1] // step * step
    green = np.ascontiguousarray(image[:rows, :columns, 1])
    total = np.zeros((rows // step, columns // step), np.uint32)
    for down in range(step):  # adding pictures is many times faster than averaging over axes
        for right in range(step):
            total += green[down::step, right::step]
    return total.astype(np.float32) / np.float32(step * step)


def identity() -> Affine:
    """No motion: float32 (2, 3)."""
    return np.eye(2, 3, dtype=np.float32)


def estimate(previous: NDArray[Any], current: NDArray[Any]) -> Affine:
    """The affine map from where the background was to where it is.

    Args:
        previous, current: grey pictures (H, W) of one size, levels 0 … 255 in any dtype; 48 px a side
            or more to say anything.

    Returns:
        float32 (2, 3) on ratios of width and height: ``[x', y'] = A · [x, y, 1]``. The identity when the
        camera stands, and when nothing trustworthy is seen (a cut, darkness, a wall).
    """
    if previous.shape != current.shape or min(previous.shape) < 3 * _BLOCK:
        return identity()
    previous, current = previous.astype(np.float32), current.astype(np.float32)
    rows, columns = _block_grid(previous.shape)
    blocks = _blocks(previous, rows, columns)
    textured = blocks.std(axis=(1, 2)) >= _TEXTURE
    if textured.sum() < 6:
        return identity()
    rows, columns, blocks = rows[textured], columns[textured], blocks[textured]
    if _stands(current, rows, columns, blocks):
        return identity()
    best: _Motion | None = None
    for guess_y, guess_x in _common_shifts(previous, current):
        shift_y, shift_x, found = _block_shifts(current, rows, columns, blocks, guess_y, guess_x)
        motion = _consensus(
            columns[found] + _BLOCK / 2,
            rows[found] + _BLOCK / 2,
            shift_x[found],
            shift_y[found],
            previous.shape,
        )
        if motion is not None and (best is None or motion.agreeing > best.agreeing):
            best = motion
    if best is None or best.agreeing < max(6, _AGREEING_SHARE * len(rows)) or best.corner < _NOISE:
        return identity()
    return best.in_ratios(previous.shape)


@dataclass(frozen=True, slots=True)
class _Motion:
    """Similarity ``x' = a·x − b·y + e, y' = b·x + a·y + f`` in pixels.

    `agreeing` counts the blocks that move so; `corner` bounds the shift of any corner.
    """

    a: float
    b: float
    e: float
    f: float
    agreeing: int
    corner: float

    def in_ratios(self, shape: tuple[int, ...]) -> Affine:
        height, width = shape
        tilt = self.b * height / width, self.b * width / height
        return np.array([[self.a, -tilt[0], self.e / width], [tilt[1], self.a, self.f / height]], np.float32)


def _block_grid(shape: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Top and left of every block, spread over the picture and clear of its border by the search's reach."""
    rows = np.arange(_REACH, shape[0] - _BLOCK - _REACH + 1, _BLOCK)
    columns = np.arange(_REACH, shape[1] - _BLOCK - _REACH + 1, _BLOCK)
    grid = np.meshgrid(rows, columns, indexing="ij")
    return grid[0].ravel(), grid[1].ravel()


def _blocks(picture: Grey, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Grey:
    windows = sliding_window_view(picture, (_BLOCK, _BLOCK))
    return np.asarray(windows[rows, columns], np.float32)


def _stands(current: Grey, rows: NDArray[np.int64], columns: NDArray[np.int64], blocks: Grey) -> bool:
    """Whether most blocks fit better where they were than a pixel away in any direction.

    Decided by a sample of the blocks; for most frames no more is computed.
    """
    some = slice(None, None, max(1, len(rows) // _SAMPLE))
    rows, columns, blocks = rows[some], columns[some], blocks[some]
    here = _mismatch(current, rows, columns, blocks)
    away = np.min(
        [
            _mismatch(current, rows + dy, columns + dx, blocks)
            for dy, dx in ((-1, 0), (1, 0), (0, -1), (0, 1))
        ],
        axis=0,
    )
    return bool(np.mean(here < 0.5 * away) >= _STILL_SHARE)


def _mismatch(picture: Grey, rows: NDArray[np.int64], columns: NDArray[np.int64], blocks: Grey) -> Grey:
    """Mean squared difference of each block, its mean level taken off so that a change of light does not
    count.
    """
    difference = _blocks(picture, rows, columns) - blocks
    difference -= difference.mean(axis=(1, 2), keepdims=True)
    return np.asarray((difference * difference).mean(axis=(1, 2)), np.float32)


def _common_shifts(previous: Grey, current: Grey) -> list[tuple[int, int]]:
    """Shifts (down, right) in whole pixels that the whole picture may have made: none, then the likeliest.

    The highest peaks of the phase correlation; people who walk abreast can own the highest one.
    """
    height, width = previous.shape
    window = np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    before = np.fft.rfft2((previous - previous.mean()) * window)
    after = np.fft.rfft2((current - current.mean()) * window)
    cross = after * np.conj(before)
    response = np.fft.irfft2(cross / (np.abs(cross) + 1e-6), s=(height, width))
    shifts = [(0, 0)]
    for _ in range(_PEAKS):
        y, x = (int(place) for place in np.unravel_index(int(np.argmax(response)), response.shape))
        down, right = y - height if y > height // 2 else y, x - width if x > width // 2 else x
        if all(max(abs(down - known[0]), abs(right - known[1])) > _REACH // 2 for known in shifts):
            shifts.append((down, right))
        near_y = (np.arange(y - _REACH, y + _REACH + 1) % height)[:, None]
        response[near_y, np.arange(x - _REACH, x + _REACH + 1) % width] = -np.inf
    return shifts


def _block_shifts(
    current: Grey,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    blocks: Grey,
    guess_y: int,
    guess_x: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Each block's own shift near the guess, to a fraction of a pixel, and whether it was found."""
    height, width = current.shape
    y, x = rows + guess_y - _REACH, columns + guess_x - _REACH
    side, size = 2 * _REACH + 1, _BLOCK + 2 * _REACH
    inside = (y >= 0) & (y + size <= height) & (x >= 0) & (x + size <= width)
    y, x = np.clip(y, 0, height - size), np.clip(x, 0, width - size)
    cost = _search(sliding_window_view(current, (size, size))[y, x], blocks)
    best_y, best_x = np.divmod(cost.reshape(len(cost), -1).argmin(axis=1), side)
    interior = (best_y > 0) & (best_y < side - 1) & (best_x > 0) & (best_x < side - 1)
    each = np.arange(len(rows))
    middle_y, middle_x = np.clip(best_y, 1, side - 2), np.clip(best_x, 1, side - 2)
    fine_y = _vertex(*(cost[each, middle_y + step, middle_x] for step in (-1, 0, 1)))
    fine_x = _vertex(*(cost[each, middle_y, middle_x + step] for step in (-1, 0, 1)))
    return guess_y + best_y - _REACH + fine_y, guess_x + best_x - _REACH + fine_x, inside & interior


def _search(patches: Grey, blocks: Grey) -> Grey:
    """Squared differences, mean levels off, of each block (n, b, b) at every place in its patch (n, p, p)."""
    windows = sliding_window_view(patches, (_BLOCK, _BLOCK), axis=(1, 2))
    count, side = windows.shape[:2]
    flat = windows.reshape(count, side * side, _BLOCK * _BLOCK)
    centred = (blocks - blocks.mean(axis=(1, 2), keepdims=True)).reshape(count, -1, 1)
    cross = (flat @ centred)[..., 0]
    spread = np.einsum("nki,nki->nk", flat, flat) - flat.sum(axis=2) ** 2 / (_BLOCK * _BLOCK)
    return np.asarray((spread - 2 * cross).reshape(count, side, side), np.float32)


def _vertex(before: Grey, here: Grey, after: Grey) -> NDArray[np.float64]:
    """Where the parabola through three neighbouring costs is lowest, in steps from the middle one."""
    bend = (before - 2 * here + after).astype(np.float64)
    slope = (before - after).astype(np.float64)
    return np.clip(np.divide(slope, 2 * bend, out=np.zeros_like(bend), where=bend > 1e-6), -0.5, 0.5)


def _consensus(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    shift_x: NDArray[np.float64],
    shift_y: NDArray[np.float64],
    shape: tuple[int, ...],
) -> _Motion | None:
    """The similarity that most blocks agree with; None if hardly any do.

    Starts from the shift that most blocks share, then alternates fitting and dropping what is a pixel off:
    blocks far from the fit belong to people, not to the ground.
    """
    if len(x) < 4:
        return None
    height, width = shape
    middle_x, middle_y = width / 2, height / 2
    distance = np.hypot(shift_x[:, None] - shift_x, shift_y[:, None] - shift_y)
    agreeing = distance[(distance < 1.5).sum(axis=1).argmax()] < 1.5
    u, v = x - middle_x, y - middle_y
    for _ in range(8):
        if agreeing.sum() < 4:
            return None
        a, b, e, f = _fit(u[agreeing], v[agreeing], shift_x[agreeing], shift_y[agreeing])
        off = np.hypot((a - 1) * u - b * v + e - shift_x, b * u + (a - 1) * v + f - shift_y)
        before, agreeing = agreeing, off < 1.0
        if np.array_equal(before, agreeing):
            break
    return _Motion(
        a=a,
        b=b,
        e=e - a * middle_x + b * middle_y + middle_x,
        f=f - b * middle_x - a * middle_y + middle_y,
        agreeing=int(agreeing.sum()),
        corner=float(np.hypot(e, f) + np.hypot(a - 1, b) * np.hypot(middle_x, middle_y)),
    )


def _fit(
    u: NDArray[np.float64],
    v: NDArray[np.float64],
    shift_x: NDArray[np.float64],
    shift_y: NDArray[np.float64],
) -> tuple[float, float, float, float]:
    ones, zeros = np.ones_like(u), np.zeros_like(u)
    left = np.concatenate([np.stack([u, -v, ones, zeros], 1), np.stack([v, u, zeros, ones], 1)])
    right = np.concatenate([u + shift_x, v + shift_y])
    a, b, e, f = np.linalg.lstsq(left, right, rcond=None)[0].tolist()
    return a, b, e, f

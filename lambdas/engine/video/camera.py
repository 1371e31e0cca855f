"""How the camera moved between two analysed frames, from small grey pictures of them.

The picture is cut into blocks and each textured block is looked up in the other picture around a common
guess (the phase correlation of the whole, Kuglin & Hines 1975). A similarity (shift, turn, zoom) is fitted
to the blocks' shifts by consensus and kept only if most of the background agrees, so people walking through
are outvoted. A camera that stands gives the identity, exactly: nothing downstream may drift on noise.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Grey = NDArray[np.float32]
Affine = NDArray[np.float32]

_BLOCK = 16  # px
_REACH = 4  # px searched around the guess
_TEXTURE = 4.0  # standard deviation of grey levels below which a block says nothing
_STILL_SHARE = 0.5  # of textured blocks that fit best where they were: the camera stands
_AGREEING_SHARE = 0.4  # of textured blocks within a pixel of the motion: the motion is believed
_NOISE = 0.25  # px: a smaller motion at every corner is none


def small_grey(image: NDArray[np.uint8], width: int = 192) -> Grey:
    """A picture fit for `estimate` from an RGB or BGR one (H, W, 3): green channel, averaged down to about
    `width`.
    """
    step = max(1, image.shape[1] // width)
    rows, columns = image.shape[0] // step * step, image.shape[1] // step * step
    green = image[:rows, :columns, 1].astype(np.float32)
    blocks = green.reshape(rows // step, step, columns // step, step)
    return np.asarray(blocks.mean(axis=(1, 3), dtype=np.float32))


def identity() -> Affine:
    """No motion: float32 (2, 3)."""
    return np.eye(2, 3, dtype=np.float32)


def estimate(previous: NDArray[Any], current: NDArray[Any]) -> Affine:
    """The affine map from where the background was to where it is.

    Args:
        previous, current: grey pictures (H, W) of one size, levels 0 … 255 in any dtype, at least 48 px a side to
            say
            anything.

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
    guess_y, guess_x = _common_shift(previous, current)
    shift_y, shift_x, inside = _block_shifts(current, rows, columns, blocks, guess_y, guess_x)
    if inside.sum() < 6:
        return identity()
    centre_y = rows[inside] + _BLOCK / 2
    centre_x = columns[inside] + _BLOCK / 2
    fitted = _consensus(centre_x, centre_y, shift_x[inside], shift_y[inside], previous.shape, len(rows))
    return identity() if fitted is None else _in_ratios(fitted, previous.shape)


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
    """Whether most blocks fit better where they were than a pixel away in any direction."""
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


def _common_shift(previous: Grey, current: Grey) -> tuple[int, int]:
    """Shift in whole pixels (down, right) of the picture as a whole, by phase correlation."""
    height, width = previous.shape
    window = np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    before = np.fft.rfft2((previous - previous.mean()) * window)
    after = np.fft.rfft2((current - current.mean()) * window)
    cross = after * np.conj(before)
    response = np.fft.irfft2(cross / (np.abs(cross) + 1e-6), s=(height, width))
    peak_y, peak_x = np.unravel_index(int(np.argmax(response)), response.shape)
    down = int(peak_y) - height if peak_y > height // 2 else int(peak_y)
    right = int(peak_x) - width if peak_x > width // 2 else int(peak_x)
    return down, right


def _block_shifts(
    current: Grey,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    blocks: Grey,
    guess_y: int,
    guess_x: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Each block's own shift near the guess, to a fraction of a pixel, and whether it was found in the
    picture.
    """
    height, width = current.shape
    y, x = rows + guess_y, columns + guess_x
    inside = (y >= _REACH) & (y + _BLOCK + _REACH <= height) & (x >= _REACH) & (x + _BLOCK + _REACH <= width)
    y = np.clip(y, _REACH, height - _BLOCK - _REACH)
    x = np.clip(x, _REACH, width - _BLOCK - _REACH)
    span = range(-_REACH, _REACH + 1)
    cost = np.stack([[_mismatch(current, y + dy, x + dx, blocks) for dx in span] for dy in span])
    side = len(span)
    best = cost.reshape(side * side, -1).argmin(axis=0)
    best_y, best_x = np.divmod(best, side)
    interior = (best_y > 0) & (best_y < side - 1) & (best_x > 0) & (best_x < side - 1)
    each = np.arange(len(rows))
    middle_y, middle_x = np.clip(best_y, 1, side - 2), np.clip(best_x, 1, side - 2)
    fine_y = _vertex(*(cost[middle_y + step, middle_x, each] for step in (-1, 0, 1)))
    fine_x = _vertex(*(cost[middle_y, middle_x + step, each] for step in (-1, 0, 1)))
    return (
        guess_y + best_y - _REACH + fine_y,
        guess_x + best_x - _REACH + fine_x,
        inside & interior,
    )


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
    textured: int,
) -> tuple[float, float, float, float] | None:
    """Similarity ``x' = a·x − b·y + e, y' = b·x + a·y + f`` that most blocks agree with; None if too few do.

    Starts from the shift that most blocks share, then alternates fitting and dropping what is a pixel off:
    blocks far from the fit belong to people, not to the ground.
    """
    height, width = shape
    middle_x, middle_y = width / 2, height / 2
    distance = np.hypot(shift_x[:, None] - shift_x, shift_y[:, None] - shift_y)
    seed = int((distance < 1.5).sum(axis=1).argmax())
    agreeing = distance[seed] < 1.5
    parameters = np.array([1.0, 0.0, shift_x[seed], shift_y[seed]])
    u, v = x - middle_x, y - middle_y
    for _ in range(8):
        if agreeing.sum() < 4:
            return None
        parameters = _fit(u[agreeing], v[agreeing], shift_x[agreeing], shift_y[agreeing])
        a, b, e, f = parameters
        off = np.hypot((a - 1) * u - b * v + e - shift_x, b * u + (a - 1) * v + f - shift_y)
        now = off < 1.0
        if np.array_equal(now, agreeing):
            break
        agreeing = now
    if agreeing.sum() < max(6, _AGREEING_SHARE * textured * 0.75):
        return None
    a, b, e, f = (float(value) for value in parameters)
    corner = np.hypot(e, f) + np.hypot(a - 1, b) * np.hypot(middle_x, middle_y)
    if corner < _NOISE:
        return None
    return a, b, e - a * middle_x + b * middle_y + middle_x, f - b * middle_x - a * middle_y + middle_y


def _fit(
    u: NDArray[np.float64],
    v: NDArray[np.float64],
    shift_x: NDArray[np.float64],
    shift_y: NDArray[np.float64],
) -> NDArray[np.float64]:
    ones, zeros = np.ones_like(u), np.zeros_like(u)
    left = np.concatenate([np.stack([u, -v, ones, zeros], 1), np.stack([v, u, zeros, ones], 1)])
    right = np.concatenate([u + shift_x, v + shift_y])
    return np.asarray(np.linalg.lstsq(left, right, rcond=None)[0])


def _in_ratios(fitted: tuple[float, float, float, float], shape: tuple[int, ...]) -> Affine:
    a, b, e, f = fitted
    height, width = shape
    return np.array([[a, -b * height / width, e / width], [b * width / height, a, f / height]], np.float32)

"""A crowd of small people with exact ground truth: the quarters of one sequence, two beside two."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from bench.tracking.mot import Sequence, sequences

MOSAIC = "PETS09-S2L1-2x2"
"""Name of the mosaic of PETS09-S2L1."""

_SIDE = 2
_QUALITY = {"crf": "12", "preset": "veryfast", "threads": "1"}


def mosaic(sequence: Sequence, video: Path, fps: int, root: Path) -> Sequence:
    """The mosaic of a sequence whose video is played at `fps`, made under `root` if missing."""
    folder = root / MOSAIC
    if not (folder / "seqinfo.ini").exists():
        folder.mkdir(parents=True, exist_ok=True)
        length = sequence.length // _SIDE**2
        _write_video(video, length, fps, folder / "mosaic.mp4")
        _write_truth(sequence, length, folder / "gt.txt")
        (folder / "seqinfo.ini").write_text(
            f"[Sequence]\nname={MOSAIC}\nframeRate={fps}\nseqLength={length}\n"
            f"imWidth={_SIDE * sequence.width}\nimHeight={_SIDE * sequence.height}\n"
        )
    return next(one for one in sequences(root) if one.name == MOSAIC)


def _write_video(video: Path, length: int, fps: int, target: Path) -> None:
    with av.open(str(video)) as source:
        pictures = [frame.to_ndarray(format="rgb24") for frame in source.decode(video=0)]
    height, width = pictures[0].shape[:2]
    with av.open(str(target), "w") as output:
        stream = output.add_stream("libx264", rate=fps, options=_QUALITY)
        stream.width, stream.height, stream.pix_fmt = _SIDE * width, _SIDE * height, "yuv420p"
        for number in range(length):
            parts = [pictures[number + length * part] for part in range(_SIDE**2)]
            rows = [np.concatenate(parts[row * _SIDE : (row + 1) * _SIDE], axis=1) for row in range(_SIDE)]
            output.mux(stream.encode(av.VideoFrame.from_ndarray(np.concatenate(rows), "rgb24")))
        output.mux(stream.encode(None))


def _write_truth(sequence: Sequence, length: int, target: Path) -> None:
    """Everybody in each part has ids of their own: whoever leaves one part does not come back in another."""
    truth = sequence.truth()
    lines = []
    for part in range(_SIDE**2):
        rows = np.nonzero((truth.frames >= part * length) & (truth.frames < (part + 1) * length))[0]
        offset = np.array([part % _SIDE, part // _SIDE, 0, 0])
        boxes = (truth.boxes[rows] + offset) * np.tile([sequence.width, sequence.height], 2)
        ids = truth.ids[rows] + part * (truth.ids.max() + 1)
        lines += [
            f"{frame - part * length + 1},{person}," + ",".join(f"{side:.2f}" for side in box) + ",1"
            for frame, person, box in zip(
                truth.frames[rows].tolist(), ids.tolist(), boxes.tolist(), strict=True
            )
        ]
    target.write_text("\n".join(lines) + "\n")

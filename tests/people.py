"""A short piece of the demo clip: real people, in little time."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from local.clip import demo_clip
from local.errors import LocalError


def people_clip(path: Path, seconds: float) -> Path:
    """Writes the first `seconds` of the demo clip to `path`, as they are: 768×576, 10 Hz, AVI.

    Skips the test where the clip can be had neither from the cache nor by apt.
    """
    try:
        whole = demo_clip()
    except LocalError as problem:
        pytest.skip(str(problem))
    with av.open(str(whole)) as source, av.open(str(path), "w") as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is None or packet.dts * stream.time_base >= seconds:
                break
            packet.stream = copy
            target.mux(packet)
    return path

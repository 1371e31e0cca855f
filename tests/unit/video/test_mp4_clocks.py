"""What the boxes of an MP4 say about time, whatever is missing from them."""

from __future__ import annotations

import struct
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from engine.video.containers.mp4_clocks import BOXES, Clocks, Edit


def header(scale: int, units: int, *, long: bool) -> bytes:
    """The beginning of a movie header or a media header."""
    if long:
        return struct.pack(">IQQIQ", 1 << 24, 0, 0, scale, units)
    return struct.pack(">IIIII", 0, 0, 0, scale, units)


def clocks(*, long: bool = False) -> Clocks:
    found = Clocks()
    found.read(b"mvhd", header(600, 6000, long=long))
    found.begin_track()
    found.read(b"tkhd", struct.pack(">IQQIIQ" if long else ">IIIIII", long << 24, 0, 0, 7, 0, 3000))
    found.read(b"mdhd", header(90_000, 450_000, long=long))
    found.handled_by(b"vide")
    found.read(b"stts", struct.pack(">IIIIII", 0, 2, 10, 3000, 1, 6000))
    edit = ">Qqhh" if long else ">Iihh"
    edits = struct.pack(edit, 300, -1, 1, 0) + struct.pack(edit, 600, 3000, 0, 0)
    found.read(b"elst", struct.pack(">II", long << 24, 2) + edits)
    return found


def test_both_widths_of_times_are_read() -> None:
    for long in (False, True):
        found = clocks(long=long)
        track = found.track(7, b"vide")
        assert track is not None
        assert (found.timescale, found.stated) == (600, 10)
        assert (track.timescale, track.stated, track.media_units) == (90_000, 5, 450_000)
        assert (track.samples, track.units, track.usual_units, track.last_units) == (11, 36_000, 3000, 6000)
        assert track.edits == [Edit(Fraction(1, 2), -1, True), Edit(Fraction(1), 3000, False)]


def test_durations_that_are_not_set_are_not_known() -> None:
    for units in (0, 2**32 - 1):
        found = clocks()
        found.read(b"mvhd", header(600, units, long=False))
        found.read(b"mdhd", header(90_000, units, long=False))
        assert found.stated is None
        assert found.tracks[0].media_units is None


def test_a_track_is_found_by_its_kind_where_its_number_is_another() -> None:
    assert clocks().track(1, b"vide") is not None
    assert clocks().track(7, b"soun") is None


@given(st.lists(st.tuples(st.sampled_from(sorted(BOXES)), st.binary(max_size=80)), max_size=8))
def test_no_contents_of_boxes_are_an_error(boxes: list[tuple[bytes, bytes]]) -> None:
    found = Clocks()
    found.begin_track()
    for kind, payload in boxes:
        found.read(kind, payload)
    assert len(found.tracks) == 1

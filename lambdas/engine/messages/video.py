"""What is wrong with a video, or is missing from it.

The StatusMessage of a job: its reason where it failed, a note where it succeeded.
``Unsupported codec/format.`` is how Rekognition begins where a file is of the wrong kind. `in.mp4` stands
for the file that was uploaded.
"""

from __future__ import annotations

from fractions import Fraction

from shared.quantities import count, duration

_UNSUPPORTED = "Unsupported codec/format."
_AGAIN = "Upload the whole file again."
_TRANSCODE = "ffmpeg -i in.mp4 -an -pix_fmt yuv420p out.mp4"
_SMALLER = (
    "ffmpeg -i in.mp4 -an -vf scale=1920:1920:force_original_aspect_ratio=decrease:force_divisible_by=2 "
    "-pix_fmt yuv420p out.mp4"
)
_REMUX = "ffmpeg -i in.mp4 -an -sn -c copy out.mp4"
_KEYFRAMES = "ffmpeg -i in.mp4 -an -g 250 -pix_fmt yuv420p out.mp4"
_SPLIT = (
    # An AVI with B-frames has no presentation times, and would not be split without them.
    "ffmpeg -fflags +genpts -i in.mp4 -an -sn -c copy -f segment -segment_time 3600 -reset_timestamps 1 "
    "out%02d.mp4"
)

EMPTY = "The file is empty (0 bytes)."
NO_VIDEO_FILE = f"{_UNSUPPORTED} Not an MP4, MOV or AVI file."
NO_VIDEO_STREAM = f"{_UNSUPPORTED} The file has no video stream."
NOT_OPENED = f"{_UNSUPPORTED} The video is damaged or not a video at all."
UNKNOWN_CODEC = (
    f"{_UNSUPPORTED} The codec of this video is not known. Convert it to H.264 with a program that plays it."
)

SOUND_ALONE = f"{_UNSUPPORTED} The file holds sound and no video."
ZEROS = (
    f"The video is damaged: the file begins with nothing but zeros, as after a copy that broke off. {_AGAIN}"
)
WEB_PAGE = (
    f"{_UNSUPPORTED} Not an MP4, MOV or AVI file but a web page (HTML), saved in place of the video. "
    "Download the video itself, and upload that."
)

NO_INDEX = (
    "The video is truncated or damaged: it has no index (moov), as after a recording or an upload that broke "
    f"off. {_AGAIN}"
)
NO_FRAGMENT = (
    "The video is truncated: it has the index of a recording in fragments, and no whole fragment (moof) "
    f"behind it. {_AGAIN}"
)
NO_FRAME = f"The video is truncated or damaged: no frame could be decoded. {_AGAIN}"
DAMAGED = f"The video is damaged and cannot be read. {_AGAIN}"
MALFORMED_INDEX = f"The video is damaged: its index is malformed. {_AGAIN}"
NO_FRAME_SIZE = "The video has no frame size that can be processed."
NO_FRAME_RATE = f"The video is damaged: it has no frame rate. Convert it: {_TRANSCODE}"

NO_CLOCK = (
    "The video is damaged: its media clock has 0 units a second (timescale), so no frame has a time. "
    "Export it again."
)

MOVIE_HEADER = "the movie header"
TRACK_HEADER = "the track header"
EDIT_LIST = "the edit list"
FRAGMENT_INDEX = "the index of fragments"
SOUND = "the sound"
"""What states a second length: for `clock_contradicted`."""


def other_file(name: str) -> str:
    """`name`: what the file is, with its article, e.g. ``a PDF document``."""
    return f"{_UNSUPPORTED} Not an MP4, MOV or AVI file but {name}."


def sound(name: str) -> str:
    """`name`: a sound file, with its article."""
    return f"{other_file(name)} There is no picture in it to track people in."


def store_error(code: str) -> str:
    """`code`: of the error that a store answered in place of a file, e.g. ``AccessDenied``."""
    return (
        f"{other_file(f'an error message of S3 or another store ({code}), saved in place of the video')} "
        "Download the video again, and upload that."
    )


def raw_stream(codec: str, suffix: str) -> str:
    """A stream of `codec` without a container, and so without times."""
    return (
        f"{other_file(f'a raw {codec} stream')} Convert it: "
        f"ffmpeg -i in.{suffix} -an -pix_fmt yuv420p out.mp4 "
        "(where the stream states no frame rate, ffmpeg takes 25; -r 30 before -i gives another)"
    )


def other_container(name: str, suffix: str, *, copies: bool) -> str:
    """A video in a container that is not read.

    Args:
        name: the container, with its article.
        suffix: of file names in that container.
        copies: whether an MP4 can hold its video as it is.
    """
    streams = "-sn -c copy" if copies else "-pix_fmt yuv420p"
    return f"{other_file(name)} Convert it: ffmpeg -i in.{suffix} -an {streams} out.mp4"


def codec(name: str) -> str:
    """A codec that is not decoded."""
    return f"{_UNSUPPORTED} The codec {name} cannot be decoded. Convert the video: {_TRANSCODE}"


def encrypted(scheme: str) -> str:
    """`scheme`: how the container names it, e.g. ``cenc``."""
    return (
        f"The video is encrypted ({scheme}): without its key no frame can be decoded. "
        "Upload a copy without encryption."
    )


def truncated(readable: Fraction, claimed: Fraction) -> str:
    """A file with much less in it than its index claims, both in seconds."""
    return f"The video is truncated: {_of(readable, claimed)} can be read. Upload the whole file" + (
        f", or what is left of it: {_REMUX}" if readable > 0 else " again."
    )


def clock_contradicted(by_clock: Fraction, seconds: Fraction, source: str, rate: Fraction) -> str:
    """The pictures' own clock against a second length.

    Args:
        by_clock: how long the pictures are by their own clock, in s.
        seconds: the second length.
        source: what states it: `MOVIE_HEADER`, …
        rate: frames a second by the second length.
    """
    return (
        f"The video's clock is wrong: its frames take {_number(by_clock)} s by it, but {_number(seconds)} s "
        f"by {source}. {_set_rate(rate)}"
    )


def clock_against_codec(by_clock: Fraction, stated: Fraction) -> str:
    """Frames a second by the pictures' own clock, and as the codec states them."""
    return (
        f"The video's clock is wrong: {_number(by_clock)} frames a second come by it, but {_number(stated)} "
        f"by the codec. {_set_rate(stated)}"
    )


def too_large(width: int, height: int, max_side: int, max_pixels: int) -> str:
    """A frame with too many pixels."""
    return (
        f"The video is {width}×{height} pixels: at most {max_side:,} a side and {max_pixels:,} in all can be "
        f"processed. Make it smaller: {_SMALLER}"
    )


def too_heavy(frame_bytes: int, max_bytes: int) -> str:
    """A frame that takes too much memory once decoded."""
    return (
        f"A decoded frame of the video takes {frame_bytes / 1e6:.0f} MB of memory: at most "
        f"{max_bytes / 1e6:.0f} MB can be processed. Make it smaller: {_SMALLER}"
    )


def too_long(seconds: Fraction, most_hours: int) -> str:
    """A video that goes on for too long."""
    return (
        f"The video claims to last {duration(float(seconds) * 1000)}: at most {most_hours} hours can be "
        f"processed. Split it: {_SPLIT}"
    )


def too_many_frames(frames: int, most: int) -> str:
    """An index that claims more frames than six hours have."""
    return f"The video claims {frames:,} frames: at most {most:,} can be processed. Split it: {_SPLIT}"


def keyframes_too_far(seconds: float, needed: float, available: int) -> str:
    """A group of frames too long for its end to be reached.

    Args:
        seconds: of the video, from a keyframe to the end of the segment that is decoded from it.
        needed: seconds that a function would take for that.
        available: seconds that it has.
    """
    return (
        f"The video has no keyframe for {duration(seconds * 1000)}: to find the people at the end of that "
        f"could take {needed:,.0f} s, and {available:,} s can be spent. Encode it with more keyframes: "
        f"{_KEYFRAMES}"
    )


def undecodable(decoded: int, frames: int) -> str:
    """Most frames could not be decoded."""
    given = count(frames, "frame", "frames")
    return f"The video is damaged: only {decoded} of {given} could be decoded. {_AGAIN}"


def partly_undecodable(share: float) -> str:
    """A note: `share` (0..1) of the frames could not be decoded, or not without errors."""
    return f"{100 * share:.1f} % of the frames could not be decoded without errors."


def cut_off(readable: Fraction, claimed: Fraction) -> str:
    """A note: a little of the end is missing, in seconds."""
    return f"The file is cut off: {_of(readable, claimed)} could be read."


def _of(readable: Fraction, claimed: Fraction) -> str:
    return f"{duration(float(readable) * 1000)} of {duration(float(claimed) * 1000)}"


NO_AVI_INDEX = (
    "The AVI file has no index, as after a recording that broke off: it was read from its start to its end."
)
"""A note."""


def joined(*notes: str | None) -> str | None:
    """Notes on one line; None where there are none."""
    return " ".join(filter(None, notes)) or None


def _set_rate(rate: Fraction) -> str:
    """What to do about a wrong clock. `rate`: frames a second that fit."""
    command = f"ffmpeg -r {_number(rate)} -i in.mp4 -an -pix_fmt yuv420p out.mp4"
    return f"Export it again, or set its rate: {command}"


def _number(value: Fraction) -> str:
    """Three digits behind the point at most; of what is below 1, three that count."""
    return f"{float(value):.3f}".rstrip("0").rstrip(".") if value >= 1 else f"{float(value):.3g}"

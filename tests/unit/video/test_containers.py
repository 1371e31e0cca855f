"""Files that are no MP4, MOV or AVI, whatever their name: what they are, and how to convert them."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from engine.video.errors import VideoError
from engine.video.metadata import read_metadata
from testing.clips import make_clip

COPY = "ffmpeg -i in.{} -an -sn -c copy out.mp4"
ENCODE = "ffmpeg -i in.{} -an -pix_fmt yuv420p out.mp4"
RAW = f"{ENCODE} (where the stream states no frame rate, ffmpeg takes 25; -r 30 before -i gives another)"


def reason(path: Path) -> str:
    with path.open("rb") as file, pytest.raises(VideoError) as caught:
        read_metadata(file)
    line = str(caught.value)
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    ("container", "codec", "name", "command"),
    [
        ("matroska", "libx264", "a Matroska (MKV) file", COPY.format("mkv")),
        ("matroska", "libx265", "a Matroska (MKV) file", COPY.format("mkv")),
        ("matroska", "libvpx", "a Matroska (MKV) file", ENCODE.format("mkv")),
        ("matroska", "msmpeg4", "a Matroska (MKV) file", ENCODE.format("mkv")),
        ("webm", "libvpx-vp9", "a WebM file", COPY.format("webm")),
        ("webm", "libvpx", "a WebM file", ENCODE.format("webm")),
        ("flv", "libx264", "a Flash video (FLV) file", COPY.format("flv")),
        ("flv", "flv", "a Flash video (FLV) file", ENCODE.format("flv")),
        ("mpegts", "libx264", "an MPEG transport stream (TS, MTS, M2TS)", COPY.format("ts")),
        ("mpeg", "mpeg2video", "an MPEG program stream (MPG, VOB)", COPY.format("mpg")),
        ("asf", "wmv2", "a Windows Media (ASF) file", ENCODE.format("wmv")),
        ("mxf", "mpeg2video", "an MXF file", ENCODE.format("mxf")),
        ("ivf", "libvpx", "an IVF file", ENCODE.format("ivf")),
        ("nut", "mpeg4", "a NUT file", ENCODE.format("nut")),
        ("h264", "libx264", "a raw H.264 stream", RAW.format("h264")),
        ("hevc", "libx265", "a raw HEVC stream", RAW.format("hevc")),
        ("m4v", "mpeg4", "a raw MPEG-4 stream", RAW.format("m4v")),
        ("mpeg2video", "mpeg2video", "a raw MPEG-1 or MPEG-2 stream", RAW.format("mpv")),
    ],
)
def test_a_video_of_another_container_is_named_with_the_command_that_converts_it(
    tmp_path: Path, container: str, codec: str, name: str, command: str
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 6, codec=codec, container=container)
    assert reason(clip) == (
        f"Unsupported codec/format. Not an MP4, MOV or AVI file but {name}. Convert it: {command}"
    )


def test_a_camcorders_transport_stream_with_times_before_its_packets_is_one_too(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 6, container="mpegts")
    packets = clip.read_bytes()
    clip.write_bytes(b"".join(b"\0\0\1\2" + packets[at : at + 188] for at in range(0, len(packets), 188)))
    assert "an MPEG transport stream" in reason(clip)


def packets_of(path: Path, before: bytes, behind: bytes) -> bytes:
    """A transport stream with something more in every packet."""
    content = make_clip(path, 6, container="mpegts").read_bytes()
    return b"".join(before + content[at : at + 188] + behind for at in range(0, len(content), 188))


@pytest.mark.parametrize(
    ("before", "behind"),
    [(b"", b""), (b"\0\1\2\3", b""), (b"", bytes(16))],
    ids=["188 bytes", "192 bytes", "204 bytes"],
)
def test_a_transport_stream_that_begins_within_a_packet_is_one_too(
    tmp_path: Path, before: bytes, behind: bytes
) -> None:
    content = packets_of(tmp_path / "whole.ts", before, behind)
    said = set()
    for start in range(205):
        (tmp_path / "clip.mp4").write_bytes(content[start:])
        said.add(reason(tmp_path / "clip.mp4"))
    assert said == {
        "Unsupported codec/format. Not an MP4, MOV or AVI file but an MPEG transport stream (TS, MTS, M2TS). "
        f"Convert it: {COPY.format('ts')}"
    }


@pytest.mark.parametrize("container", ["matroska", "flv", "mpegts", "mpeg"])
def test_what_is_said_to_be_copied_into_an_mp4_can_be(tmp_path: Path, container: str) -> None:
    codec = "mpeg2video" if container == "mpeg" else "libx264"
    clip = make_clip(tmp_path / "clip.mp4", 30, codec=codec, container=container)
    assert "-c copy" in reason(clip)
    with av.open(str(clip)) as source, av.open(str(tmp_path / "out.mp4"), "w") as target:
        copy = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = copy
                target.mux(packet)
    with (tmp_path / "out.mp4").open("rb") as file:
        assert read_metadata(file).duration_millis == pytest.approx(1200, abs=80)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n", "an HLS playlist"),
        (b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'></MPD>", "a DASH manifest"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"PK\3\4" + bytes(60), "a ZIP archive"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC or AVIF picture"),
        (b"DHAV\xfd" + bytes(60), "a DHAV (Dahua) recording"),
        (b"IMKH" + bytes(60), "a Hikvision recording"),
        (b"GIF89a" + bytes(60), "a GIF animation"),
        (b".RMF" + bytes(60), "a RealMedia file"),
        (b"\x1f\x07\0" + bytes(600), "a raw DV file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "a PNG picture."),
        (b"RIFF\x24\0\0\0WEBPVP8 " + bytes(60), "a WebP picture."),
        (b"Dear all, this is not a video.\n", "a text file."),
        (b"set it free to roam", "a text file."),  # with the name of a box where an MP4 has one
        ("größe".encode()[:-2], "a text file."),
        ("größe".encode("utf-16"), "a text file."),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "a text file."),
        (b'<?xml version="1.0"?>\n<rss/>', "an XML document."),
    ],
)
def test_other_files_are_named(tmp_path: Path, content: bytes, name: str) -> None:
    file = tmp_path / "file.mp4"
    file.write_bytes(content)
    assert reason(file).startswith(f"Unsupported codec/format. Not an MP4, MOV or AVI file but {name}")


@pytest.mark.parametrize(
    "content",
    [b"<!DOCTYPE html>\n<html>", b"\n<!-- a -->\n<HTML lang=de>", b'\xef\xbb\xbf<?xml version="1.0"?><html>'],
)
def test_a_web_page_saved_in_place_of_a_video_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "page.mp4").write_bytes(content)
    assert reason(tmp_path / "page.mp4") == (
        "Unsupported codec/format. Not an MP4, MOV or AVI file but a web page (HTML), saved in place of the "
        "video. Download the video itself, and upload that."
    )


def test_a_stores_error_saved_in_place_of_a_video_is_named_with_its_code(tmp_path: Path) -> None:
    (tmp_path / "error.mp4").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
    )
    assert reason(tmp_path / "error.mp4") == (
        "Unsupported codec/format. Not an MP4, MOV or AVI file but an error message of S3 or another store "
        "(AccessDenied), saved in place of the video. Download the video again, and upload that."
    )


def test_the_code_of_a_stores_error_can_hold_nothing_but_letters(tmp_path: Path) -> None:
    (tmp_path / "error.mp4").write_bytes(b"<Error><Code>a\x1b[31m</Code></Error>")
    assert reason(tmp_path / "error.mp4").endswith("but a text file.")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"RIFF\x24\0\0\0WAVEfmt " + bytes(60), "a WAV"),
        (b"ID3\4" + bytes(60), "an MP3"),
        (b"\xff\xfb\x90\x64" + bytes(400), "an MP3"),
        (b"\xff\xf1\x50\x80" + bytes(400), "an AAC"),
        (b"fLaC" + bytes(60), "a FLAC"),
        (b"FORM\0\0\0\0AIFFCOMM", "an AIFF"),
    ],
)
def test_a_sound_file_is_named(tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / "sound.mp4").write_bytes(content)
    assert reason(tmp_path / "sound.mp4") == (
        f"Unsupported codec/format. Not an MP4, MOV or AVI file but {name} sound file. "
        "There is no picture in it to track people in."
    )


@pytest.mark.parametrize("size", [1, 9, 1_000_000])
def test_a_file_of_zeros_is_damaged(tmp_path: Path, size: int) -> None:
    (tmp_path / "zeros.mp4").write_bytes(bytes(size))
    assert reason(tmp_path / "zeros.mp4") == (
        "The video is damaged: the file begins with nothing but zeros, as after a copy that broke off. "
        "Upload the whole file again."
    )

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
        ("h264", "libx264", "a raw H.264 or HEVC stream", ENCODE.format("h264")),
        ("hevc", "libx265", "a raw H.264 or HEVC stream", ENCODE.format("h264")),
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
    ],
)
def test_other_files_are_named(tmp_path: Path, content: bytes, name: str) -> None:
    file = tmp_path / "file.mp4"
    file.write_bytes(content)
    assert reason(file).startswith(f"Unsupported codec/format. Not an MP4, MOV or AVI file but {name}")

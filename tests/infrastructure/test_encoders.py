"""The engine's package is without x264 and x265: it decodes as before; to encode with them is an error."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from infra.packaging.encoders import replace_encoders
from infra.packaging.shared_library import SharedLibrary, read_library
from infra.packaging.stand_in import stand_in
from testing.clips import make_clip
from tests.infrastructure.interpreters import PLATFORMS, Unzip, bare, interpreter

CODECS = {
    "h264": ("libx264", "mp4", {}),
    "hevc": ("libx265", "mp4", {"x265-params": "log-level=none"}),
    "mpeg4": ("mpeg4", "mp4", {}),
    "mjpeg": ("mjpeg", "avi", {}),
}

DECODE = """
import sys
package, video = sys.argv[1:]
sys.path.insert(0, package)
import av
with av.open(video) as opened:
    frames = sum(1 for _ in opened.decode(video=0))
    print(opened.streams.video[0].codec_context.name, frames)
"""

ENCODE = """
import io, sys
package, codec = sys.argv[1:]
sys.path.insert(0, package)
import av
stream = av.open(io.BytesIO(), "w", format="mp4").add_stream(codec, rate=25)
stream.width = stream.height = 64
stream.pix_fmt = "yuv420p"
try:
    stream.encode(av.VideoFrame(64, 64, "yuv420p"))
except av.FFmpegError as error:
    print("refused:", error)
"""


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("name", ["libx264", "libx265"])
def test_a_package_holds_a_stand_in_of_a_few_kilobytes(unzip: Unzip, name: str, platform: str) -> None:
    package = unzip("engine", platform)
    (library,) = package.rglob(f"{name}*")
    assert library.stat().st_size < 8192
    assert b"Copyright" not in library.read_bytes()


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("codec", CODECS)
def test_videos_are_decoded_as_before(unzip: Unzip, tmp_path: Path, codec: str, platform: str) -> None:
    encoder, container, options = CODECS[codec]
    clip = make_clip(
        tmp_path / f"clip.{container}", frames=10, codec=encoder, options=options, pix_fmt=_format(codec)
    )
    run = bare(interpreter(platform), DECODE, str(unzip("engine", platform)), str(clip))
    assert (run.returncode, run.stdout.split()) == (0, [codec, "10"]), run.stderr


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("binding", ["", "1"], ids=["lazily", "at once"])
def test_to_encode_with_them_is_an_error(unzip: Unzip, codec: str, platform: str, binding: str) -> None:
    """Bound at once, every function that FFmpeg takes from them must be there."""
    run = bare(interpreter(platform), ENCODE, str(unzip("engine", platform)), codec, LD_BIND_NOW=binding)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("refused: "), run.stdout


def _format(codec: str) -> str:
    return "yuvj420p" if codec == "mjpeg" else "yuv420p"


AARCH64 = 183
SECOND_SEGMENT = 64 + 56
"""Where its header is: after the file's, and the first segment's."""
USER = SharedLibrary(AARCH64, "libuser.so", frozenset(), {}, frozenset({"taken", "get_api_3", "levels"}))
LIBRARY = SharedLibrary(
    AARCH64, "libgone.so.1", frozenset({"taken", "own", "get_api_3"}), {"levels": 672}, frozenset()
)


def test_a_stand_in_has_what_is_taken_and_no_more() -> None:
    content = stand_in(LIBRARY, [USER], "get_api")
    assert all(name in content for name in (b"libgone.so.1\0", b"\0taken\0", b"\0get_api_3\0", b"\0levels\0"))
    assert b"\0own\0" not in content


def test_on_aarch64_a_function_answers_the_table_from_wherever_it_is_loaded() -> None:
    """`adr x0, …; ret`: 19 bits of the distance from bit 5 on, and the lowest two in bits 29 and 30."""
    content = stand_in(LIBRARY, [USER], "get_api")
    table_in_file, table_in_memory = struct.unpack_from("<QQ", content, SECOND_SEGMENT + 8)
    assert table_in_memory - table_in_file == 0x10000
    words = struct.unpack_from(f"<{len(content) // 4}I", content)
    (at,) = [
        at for at, word in enumerate(words) if word & 0x9F00001F == 0x10000000 and words[at + 1] == 0xD65F03C0
    ]
    distance = (words[at] >> 5 & 0x7FFFF) << 2 | words[at] >> 29 & 3
    assert 4 * at + distance == table_in_memory


def test_a_library_of_another_machine_is_refused() -> None:
    with pytest.raises(ValueError, match="number 243"):
        stand_in(SharedLibrary(243, "libgone.so.1", frozenset(), {}, frozenset()), [], "get_api")


def test_what_is_no_library_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"MZ".ljust(200), b"\x7fELF\x02\x01\x01".ljust(200, b"\0")):
        with pytest.raises(ValueError, match="ELF"):
            read_library(content)


def test_packages_without_them_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "numpy.libs").mkdir()
    other = tmp_path / "numpy.libs" / "libopenblas-1.so.0"
    other.write_bytes(b"as it is")
    replace_encoders(tmp_path)
    assert other.read_bytes() == b"as it is"

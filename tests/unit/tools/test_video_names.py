"""Names of files that cannot be dropped are refused in one line, which no name can spoil."""

from pathlib import Path

import pytest

from tools.commands.drop import check_name
from tools.errors import ToolError


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a\0b.mp4", "0000"),
        ("two\nlines.mp4", "000A"),
        ("\x1b[2Jclear.mov", "001B"),
        ("delete\x7f.avi", "007F"),
        ("next\x85line.mp4", "0085"),
    ],
)
def test_a_name_with_a_control_character_is_refused_and_shown_inert(
    tmp_path: Path, name: str, code: str
) -> None:
    with pytest.raises(ToolError) as refused:
        check_name(tmp_path / name)
    said = str(refused.value)
    assert said == f"{name!r}: the name has a control character (U+{code}) in it; rename the file."
    assert said.isprintable()


def test_names_s3_does_not_take_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"the name is longer than the 1,024 bytes S3 allows; rename"):
        check_name(tmp_path / ("ü" * 600 + ".mp4"))
    with pytest.raises(ToolError, match=r"the name is not UTF-8"):
        check_name(tmp_path / "\udcff.mp4")


@pytest.mark.parametrize("name", ["two words.mp4", "größe+naïve.MOV", "🚶\u200d♀️ 走る.avi", "\u202egnp.mp4"])
def test_any_other_name_is_taken(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    check_name(tmp_path / name)

"""`make demo` as a person runs it: in a process of its own, beside another one, leaving nothing behind."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.e2e.street import cut_street
from tools.embedded.embedded_aws import ROOT
from tools.target import Target

# Whole stacks start here: minutes on a busy machine.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


def start_demo(video: Path, temporary: Path) -> "subprocess.Popen[str]":
    environment = os.environ | {"TMPDIR": str(temporary), "PYTHONPATH": f"{ROOT}:{ROOT}/lambdas"}
    return subprocess.Popen(
        [sys.executable, "-m", "tools.commands.demo", "--video", str(video)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def assert_nothing_left(temporary: Path) -> None:
    assert list(temporary.iterdir()) == []
    processes = subprocess.run(["ps", "-ww", "-eo", "args="], capture_output=True, text=True, check=True)
    assert [line for line in processes.stdout.splitlines() if str(temporary) in line] == []


def test_a_demo_beside_another_stack_finds_the_people_and_leaves_nothing(
    stack: Target, tmp_path: Path, temporary: Path
) -> None:
    with start_demo(cut_street(tmp_path / "street.mp4", 4), temporary) as demo:
        said, progress = demo.communicate()
    assert demo.returncode == 0, progress
    people = re.search(r"^people: (\d+)$", said, re.MULTILINE)
    assert people is not None
    assert int(people[1]) >= 3
    assert len(re.findall(r"^ +\d+ +\d+:\d\d +\d+:\d\d +\d+$", said, re.MULTILINE)) == int(people[1])
    report = re.search(r"^report: (file://\S+\.html)$", said, re.MULTILINE)
    assert report is not None
    page = Path(unquote(urlsplit(report[1]).path))
    assert '<html lang="en" data-video="' in page.read_text()
    for left in page.parent.glob(f"{page.stem}.*"):
        left.unlink()
    assert "make up" in said
    assert max(map(len, said.splitlines())) <= max(80, len(report[0]))
    assert "detecting" in progress
    assert_nothing_left(temporary)


def test_a_file_that_is_no_video_ends_in_one_line_and_status_1(tmp_path: Path, temporary: Path) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    with start_demo(tmp_path / "text.mp4", temporary) as demo:
        said, progress = demo.communicate()
    assert demo.returncode == 1
    assert said == ""
    assert progress.splitlines()[-1].startswith("error: text.mp4: Unsupported codec/format.")
    assert "Traceback" not in progress
    assert_nothing_left(temporary)


def test_an_interrupted_demo_leaves_nothing(tmp_path: Path, temporary: Path) -> None:
    with start_demo(cut_street(tmp_path / "street.mp4", 4), temporary) as demo:
        assert demo.stderr is not None
        for line in demo.stderr:
            if "is running at" in line:
                demo.send_signal(signal.SIGINT)
                break
        rest = demo.stderr.read()
    assert demo.returncode == 130
    assert "Traceback" not in rest
    assert_nothing_left(temporary)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absent.mp4", "There is no file "),
        ("folder.mp4", "There is no file "),
        ("notes.txt", "the pipeline takes .mp4, .mov, .avi."),
    ],
)
def test_a_file_that_cannot_be_dropped_is_refused_before_anything_starts(
    tmp_path: Path, temporary: Path, name: str, message: str
) -> None:
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "notes.txt").touch()
    with start_demo(tmp_path / name, temporary) as demo:
        said, progress = demo.communicate()
    assert (demo.returncode, said) == (1, "")
    assert progress.startswith("error: ")
    assert message in progress
    assert progress.count("\n") == 1

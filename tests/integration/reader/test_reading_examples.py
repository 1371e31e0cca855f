"""Every example in docs/reading.md, run against a table the pipeline wrote."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.video import Video
from tests.integration.reader.conftest import Written

ROOT = Path(__file__).parents[3]
LANGUAGES = ("python", "bash", "javascript")

EXPECTED: dict[str, Callable[[Written], list[str]]] = {
    "The id of a video": lambda _: [Video("videos", "site-3/entrance.mp4").id],
    "Videos by status and day": lambda written: [f"{written.video.id}\tsite-3/entrance.mp4\t3"],
    "The people of a video": lambda _: ["0\t0\t70000", "1\t30000\t100000", "2\t90000\t130000"],
    "Who was there between two times": lambda _: ["0", "1", "2"],
    "Who was in a zone": lambda written: [
        f"{written.shop.key}\t{visit['Index']}\t{visit['DwellMillis']}"
        for visit in written.deployed.items(written.shop, "VISIT#")
    ],
    "Who crossed a line": lambda written: [
        f"{crossing['CrossedAt']}\t0\tin" for crossing in written.deployed.items(written.shop, "CROSSING#")
    ],
    "Counts an hour": lambda _: ["2026-11-20T09:00+01:00\t1\t1\t1", "2026-11-20T10:00+01:00\t1\t2\t1"],
    "Every path crossing a region": lambda _: ["0\t30666\t39333", "2\t94533\t100000"],
}


def examples() -> dict[str, dict[str, str]]:
    """The page's code by heading and language."""
    found: dict[str, dict[str, str]] = {}
    for section in (ROOT / "docs" / "reading.md").read_text().split("\n## ")[1:]:
        blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```$", section, re.DOTALL | re.MULTILINE))
        if "python" in blocks:
            found[section.partition("\n")[0]] = blocks
    return found


def lines(language: str, code: str, written: Written, folder: Path) -> list[str]:
    """What an example prints."""
    variables = dict(written.deployed.environment)
    meta = written.deployed.meta(written.video)
    assert meta
    variables |= {"VIDEO_ID": written.video.id, "DAY": meta["CompletedAt"][:10]}
    # The AWS CLI of the tests' own environment, before any other.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    run = {
        "python": [sys.executable, "-"],
        "bash": ["bash", "-euo", "pipefail", "-s"],
        "javascript": ["node", "--input-type=module", "-"],
    }[language]
    ended = subprocess.run(
        run,
        input=code,
        cwd=ROOT if language == "javascript" else folder,
        env={"PATH": path, "HOME": str(folder), "AWS_PAGER": "", **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    if request.param == "javascript":
        if shutil.which("node") is None:
            pytest.skip("no Node.js here")
        if not (ROOT / "node_modules" / "@aws-sdk" / "lib-dynamodb").exists():
            pytest.skip("the AWS SDK for JavaScript is not installed: npm ci")
    return str(request.param)


@pytest.mark.parametrize("heading", EXPECTED)
def test_the_example_prints_what_is_in_the_table(
    heading: str, language: str, written: Written, tmp_path: Path
) -> None:
    expected = EXPECTED[heading](written)
    assert lines(language, examples()[heading][language], written, tmp_path) == expected


def test_the_path_example_prints_the_same_points_everywhere(
    language: str, written: Written, tmp_path: Path
) -> None:
    found = lines(language, examples()["One person's path"][language], written, tmp_path)
    numbers = [tuple(map(float, line.split("\t"))) for line in found]
    assert [number[0] for number in numbers] == [1000 * place // 15 for place in range(59 * 15, 61 * 15 + 1)]
    for ms, left, top in numbers:
        assert left == pytest.approx(0.1 + 0.8 * ms / 70_000 - 0.05, abs=2e-3)
        assert top == pytest.approx(0.3)


def test_every_question_has_an_example_in_every_language() -> None:
    found = examples()
    assert set(found) == {*EXPECTED, "One person's path"}
    assert all(set(LANGUAGES) <= set(blocks) for blocks in found.values())


def test_duckdb_reads_the_files_with_the_query_on_the_page(
    written: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb = pytest.importorskip("duckdb", reason="not installed: make developer")
    page = (ROOT / "docs" / "reading.md").read_text()
    (query,) = re.findall(r"^```duckdb\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    for key in written.deployed.answers_files():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        written.deployed.s3.download_file(written.deployed.results, key, str(tmp_path / key))
    monkeypatch.chdir(tmp_path)

    ((day, zone, visits, seconds),) = duckdb.sql(query).fetchall()

    dwells = [visit["DwellMillis"] for visit in written.deployed.items(written.shop, "VISIT#")]
    assert (str(day), zone, visits) == ("2026-11-20", "till", 2)
    assert seconds == pytest.approx(sum(dwells) / 2000)

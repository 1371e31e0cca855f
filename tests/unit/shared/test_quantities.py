"""Durations, times and counts read the same in messages, on the command line and in browsers."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

import pipeline.report
from shared.quantities import clock, count, duration

_SCRIPT = Path(pipeline.report.__file__).parent / "js" / "quantities.js"
_ASK = """
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify({
  durations: asked.ms.map(asText.duration),
  clocks: asked.ms.map(asText.clock),
  counts: asked.numbers.map((number) => asText.count(number, "person", "people")),
}));
"""


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0.0 s"),
        (49, "0.0 s"),
        (50, "0.1 s"),
        (8_449, "8.4 s"),
        (8_450, "8.5 s"),
        (59_949, "59.9 s"),
        (59_950, "1:00"),
        (75_499, "1:15"),
        (75_500, "1:16"),
        (3_599_499, "59:59"),
        (3_599_500, "1:00:00"),
        (3_723_000, "1:02:03"),
        (21_600_000, "6:00:00"),
    ],
)
def test_durations_are_rounded_to_the_nearest(ms: int, text: str) -> None:
    assert duration(ms) == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "0:00"), (8_999, "0:08"), (59_999, "0:59"), (3_599_999, "59:59"), (3_723_000, "1:02:03")],
)
def test_a_time_in_a_video_is_its_last_full_second(ms: int, text: str) -> None:
    assert clock(ms) == text


def test_one_is_singular_and_any_other_number_plural() -> None:
    assert [count(number, "person", "people") for number in (0, 1, 2)] == ["0 people", "1 person", "2 people"]


def test_browsers_give_the_same_texts() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node.js here")
    chance = random.Random(8)
    asked = {
        "ms": [
            *range(0, 121_000, 7),
            *range(3_590_000, 3_610_000, 13),
            *(chance.randrange(24 * 3_600_000) for _ in range(10_000)),
            *(chance.uniform(0, 7_200_000) for _ in range(10_000)),
        ],
        "numbers": [0, 1, 2, 21, 101, 1_000, 12_345],
    }
    run = subprocess.run(
        [node, "-e", _SCRIPT.read_text("utf-8") + _ASK],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(run.stdout) == {
        "durations": [duration(ms) for ms in asked["ms"]],
        "clocks": [clock(ms) for ms in asked["ms"]],
        "counts": [count(int(number), "person", "people") for number in asked["numbers"]],
    }

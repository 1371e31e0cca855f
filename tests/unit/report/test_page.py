"""The report page as a file."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import json
import re
from array import array
from dataclasses import replace
from typing import Any

import pytest

from pipeline.path.person_path import PersonPath
from pipeline.path.points import Point
from pipeline.report import VideoFacts, render
from shared.links import PathLinks
from shared.still import Still

NAMES = [
    "plain.mp4",
    "</script><script>alert(1)</script>.mp4",
    "<img src=x onerror=alert(1)>.mp4",
    "\"'><svg onload=alert(1)>.mp4",
    "<!--<script>.mp4",
    "{{script}} {{data}} &amp; &lt;.mp4",
    "line\u2028paragraph\u2029\x00\x1b[31m.mp4",
    "\u202egnp.4pm",
    "\ud800 lone surrogate.mp4",
]


def video(key: str = "a/b/entrance.mp4", **values: object) -> VideoFacts:
    facts = {"duration_ms": 10_000, "width": 1280, "height": 720, **values}
    return VideoFacts("bucket", key, **facts)  # type: ignore[arg-type]


def person(index: int = 0, points: int = 2, faces: int = 3) -> PersonPath:
    walked: list[Point] = [(n * 100, n / points, 0.5, 0.1, 0.2) for n in range(points)]
    return PersonPath(index, 0, walked[-1][0], 12.3, 0.5, faces, [walked])


def page(facts: VideoFacts, people: list[PersonPath], still: Still | None = None) -> str:
    return b"".join(render(facts, people, still)).decode()


class Tags(html.parser.HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("name", NAMES)
def test_names_add_no_tags_and_no_attributes(name: str) -> None:
    plain, hostile = (Tags(page(video(key), [person()])).found for key in ("plain.mp4", name))
    assert hostile == plain


@pytest.mark.parametrize("name", NAMES)
def test_the_data_block_has_the_name_as_it_is(name: str) -> None:
    text = page(video(name), [person()])
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert block
    assert json.loads(block[1])["name"] == name.rsplit("/", 1)[-1]


def test_the_policy_allows_the_one_script_and_style_by_digest() -> None:
    text = page(video(), [person()])
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    for kind, tag in (("script", "script"), ("style", "style")):
        body = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert body
        digest = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'")
    assert "unsafe" not in policy[1]


def test_the_page_loads_nothing_from_the_network() -> None:
    for _, attributes in Tags(page(video(), [person()], Still(b"\xff\xd8jpeg", 640, 480, 5000))).found:
        for name in ("src", "href", "srcset", "action"):
            assert (attributes.get(name) or "data:").startswith("data:")


def test_times_and_boxes_are_packed_numbers() -> None:
    text = page(video(), [person(points=3), person(1, points=2)])
    blocks = {
        name: base64.b64decode(found) for name, found in re.findall(r'id="(times|boxes)-data">([^<]*)<', text)
    }
    assert array("I", blocks["times"]).tolist() == [0, 100, 200, 0, 100]
    assert array("h", blocks["boxes"]).tolist()[4:8] == [3333, 5000, 1000, 2000]


def test_boxes_far_outside_the_frame_are_clipped() -> None:
    far = PersonPath(0, 0, 0, 0, 0, 0, [[(0, -9.0, 9.0, 0.1, 0.1)]])
    found = re.search(r'id="boxes-data">([^<]*)<', page(video(), [far]))
    assert found
    assert array("h", base64.b64decode(found[1])).tolist()[:2] == [-32_767, 32_767]


def test_the_table_needs_no_script() -> None:
    text = Tags(page(video(), [person(4, points=20)])).text
    assert "Person 4" in text
    assert "12.3" in text


def test_a_page_of_very_many_boxes_is_bounded_and_reduces_those_who_have_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pipeline.report.page.POINTS_A_PAGE", 20_000)
    people = [person(n, points=1500) for n in range(20)] + [person(20, points=5)]
    empty, text = page(video(), []), page(video(), people)
    assert len(text) - len(empty) < 20_000 * 12 * 4 / 3 + 20_000
    spans = json.loads(text.split('id="data">')[1].split("</script>")[0])["people"][-1]["spans"]
    assert spans == [5]


def test_a_video_without_people_has_a_page() -> None:
    text = page(video(), [])
    assert "0 people" in text
    assert "Nobody was seen</td>" in text
    assert "<dt>Seen for, median</dt><dd>–</dd>" in text


@pytest.mark.parametrize(
    ("people", "columns"),
    [
        ([], 5),
        ([person(faces=0), person(1, faces=0)], 5),
        ([person(faces=0), person(1, faces=1)], 6),
    ],
)
def test_there_is_a_column_of_faces_only_where_there_are_faces(
    people: list[PersonPath], columns: int
) -> None:
    text = page(video(), people)
    assert text.count('<th scope="col"') == columns
    assert ("Faces</button>" in text) == (columns == 6)
    assert text.count("<td ") == max(len(people) * (columns - 1), 1)


def test_there_is_a_column_of_confidence_only_where_a_path_is_unsure() -> None:
    sure, bare = PathLinks.of([[1000, 0.95]]), PathLinks()
    people = [replace(person(index, faces=0), links=links) for index, links in enumerate((sure, bare, None))]
    assert "Sure</button>" not in page(video(), people)
    unsure = replace(person(3, faces=0), links=PathLinks.of([[1000, 0.98], [65_000, 0.699]]))
    text = page(video(), [*people, unsure])
    assert "Sure</button>" in text
    assert '<td data-value="0.95" title="From 0:01 on it may be someone else">95 %</td>' in text
    assert '<td data-value="1.0">100 %</td>' in text
    assert '<td data-value="0.699" title="From 1:05 on it may be someone else">69 %</td>' in text
    assert text.count("<td ") == 4 * 5


@pytest.mark.parametrize(("number", "text"), [(0, "0 people"), (1, "1 person"), (2, "2 people")])
def test_one_person_is_not_people(number: int, text: str) -> None:
    written = page(video(), [person(index) for index in range(number)])
    assert f'<caption class="hidden">{text}: how long' in written
    assert f'aria-label="{text} drawn over the scene"' in written


def test_all_durations_of_the_page_are_written_alike() -> None:
    long = PersonPath(0, 0, 75_400, 75.4, 0.5, 0, [])
    text = page(video(duration_ms=3_723_000), [long])
    assert "<dt>Video</dt><dd>1:02:03 <small>" in text
    assert '<td data-value="75.4">1:15</td>' in text
    assert "<dt>Seen for, median</dt><dd>1:15</dd>" in text


@pytest.mark.parametrize(("seconds", "text"), [(59.94, "59.9 s"), (59.96, "1:00"), (1877.7, "31:18")])
def test_a_long_median_is_shown_as_a_clock(seconds: float, text: str) -> None:
    long = PersonPath(0, 0, 10, seconds, 0.5, 0, [])
    assert f"<dt>Seen for, median</dt><dd>{text}</dd>" in page(video(), [long])


def test_marks_that_turn_the_reading_direction_are_shown() -> None:
    text = page(video("\u202egnp.\u2066exe.mp4"), [])
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)
    assert "<h1><bdi>⟨U+202E⟩gnp.⟨U+2066⟩exe.mp4</bdi></h1>" in text


@pytest.mark.parametrize(
    ("facts", "still", "aspect"),
    [
        ({"width": 352, "height": 480}, Still(b"jpeg", 640, 480, 1234), 640 / 480),
        ({"width": 352, "height": 480}, None, 352 / 480),
        ({"width": 0, "height": 0}, None, 16 / 9),
    ],
)
def test_the_scene_has_the_shape_of_the_still(
    facts: dict[str, Any], still: Still | None, aspect: float
) -> None:
    text = page(video(**facts), [person()], still)
    assert f"--ratio: {aspect:.5f} }}" in text
    data = json.loads(re.search(r'id="data">(.*?)</script>', text)[1])  # type: ignore[index]
    assert data["aspect"] == pytest.approx(aspect)
    assert data["stillAt"] == (still.at_ms if still else 0)

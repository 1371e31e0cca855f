"""The report page, used in a real browser."""

from __future__ import annotations

import functools
import http.server
import json
import re
import statistics
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.video.still import scene_still
from pipeline.path.person_path import PersonPath
from pipeline.report import VideoFacts, write_report
from shared.still import Still
from testing.clips import make_clip
from tests.e2e.conftest import PageMaker
from tests.e2e.scenes import crossing, crowd, three
from tests.unit.answers.walks import rectangle
from tests.unit.report.answered import section
from tools.reports import _playing

Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 s of video, 4:3."""
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", 200, 10, movflags="faststart")


@pytest.fixture
def open_report(new_page: PageMaker, tmp_path: Path) -> Opener:
    """Writes a report beside which a test may lay files, and opens it from disk."""

    def open_it(
        people: list[PersonPath],
        key: str = "cameras/entrance.mp4",
        still: Still | None = None,
        seconds: int = 20,
        address: str = "",
        answers: str = "",
        **options: object,
    ) -> Page:
        facts = VideoFacts("videos", key, seconds * 1000, 320, 240, 10.0, "h264", "QuickTime / MOV")
        with (tmp_path / "report.html").open("wb") as file:
            write_report(file, facts, people, still, answers)
        page = new_page(**options)
        page.goto(f"file://{tmp_path}/report.html{address}")
        expect(page.locator("html")).to_have_attribute("data-ready", "true")
        return page

    return open_it


def drawn(page: Page, canvas: str) -> int:
    """How many pixels of a canvas are not empty, once two frames have passed."""
    return int(
        page.evaluate(
            """async (id) => {
              for (let n = 0; n < 3; n++) await new Promise(requestAnimationFrame);
              const canvas = document.getElementById(id), copy = document.createElement('canvas');
              copy.width = canvas.width; copy.height = canvas.height;
              const pen = copy.getContext('2d', { willReadFrequently: true });
              pen.drawImage(canvas, 0, 0);
              const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
              let count = 0;
              for (let i = 3; i < pixels.length; i += 4) count += pixels[i] > 8;
              return count;
            }""",
            canvas,
        )
    )


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """A place of the scene, given as ratios of it, as a place on the page."""
    box = page.locator("#now").bounding_box()
    assert box
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def until(page: Page, expression: str) -> None:
    """Waits until an expression is true in the page, whose policy forbids Playwright's way of waiting."""
    for _ in range(400):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {expression}")


def seconds_shown(page: Page) -> float:
    return float(page.evaluate("Number(document.getElementById('time').value)")) / 1000


def test_paths_boxes_timeline_and_table_are_shown(open_report: Opener, clip: Path, pictures: Path) -> None:
    with clip.open("rb") as file:
        still = scene_still(file, 10_000)
    page = open_report(three(), still=still)
    expect(page.locator("h1")).to_have_text("entrance.mp4")
    expect(page.locator("#people tbody tr")).to_have_count(3)
    expect(page.locator("#inview")).to_have_text("In view at 0:10: 1")
    for canvas in ("paths", "now", "crowd", "bars"):
        assert drawn(page, canvas) > 100, canvas
    assert drawn(page, "heat") == 0
    assert page.evaluate("document.getElementById('still').naturalWidth") == 320
    page.screenshot(path=pictures / "report-light.png", full_page=True)


def test_it_opens_at_the_moment_of_the_still_and_plays_from_the_start(
    open_report: Opener, clip: Path
) -> None:
    with clip.open("rb") as file:
        page = open_report(three(), still=scene_still(file, 10_000))
    assert seconds_shown(page) == 10
    page.keyboard.press(" ")
    until(page, "document.getElementById('time').value < 9000")
    page.keyboard.press(" ")


def test_hovering_a_row_brings_out_its_path_and_lane(open_report: Opener) -> None:
    page = open_report(three())
    page.locator("#show-boxes").click()
    before = drawn(page, "now")
    page.locator("#people tbody tr").nth(1).hover()
    expect(page.locator("#paths")).to_have_class("dim")
    assert drawn(page, "now") > before + 500
    page.locator("h1").hover()
    expect(page.locator("#paths")).not_to_have_class("dim")


def test_hovering_a_path_brings_out_its_row(open_report: Opener) -> None:
    page = open_report(three())
    page.mouse.move(*at(page, 0.7, 0.6))
    expect(page.locator("#people tbody tr.hover th")).to_have_text("Person 1")
    expect(page.locator("#tip")).to_have_text("Person 1 · 0:04 – 0:10")
    page.mouse.move(*at(page, 0.5, 0.1))
    expect(page.locator("#people tbody tr.hover")).to_have_count(0)


def test_selecting_in_the_scene_the_table_and_the_timeline_is_the_same(open_report: Opener) -> None:
    page = open_report(three())
    buttons = page.locator("#people tbody button")
    page.mouse.click(*at(page, 0.7, 0.6))
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "true")
    page.locator("#bars").click(position={"x": 20, "y": 50})
    expect(buttons.nth(2)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#status")).to_have_text("Selected: people 1, 2")
    buttons.nth(1).click()
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Escape")
    expect(page.locator("#people tr.chosen")).to_have_count(0)
    expect(page.locator("#clear")).to_be_hidden()


def test_selecting_somebody_who_is_away_goes_to_when_they_came(open_report: Opener) -> None:
    page = open_report(three())
    page.locator("#people tbody button").nth(2).click()
    expect(page.locator("#inview")).to_have_text("In view at 0:12: 2")


def test_a_place_of_the_timeline_is_a_time(open_report: Opener) -> None:
    page = open_report(three())
    width = page.evaluate("document.getElementById('crowd').clientWidth")
    page.locator("#crowd").click(position={"x": 88 + (width - 104) * 0.25, "y": 20})
    until(page, "Math.abs(document.getElementById('time').value - 5000) < 100")
    expect(page.locator("#inview")).to_have_text(re.compile(r"In view at 0:0[45]: 0, 1"))


def test_playing_moves_the_boxes_and_stops_at_the_end(open_report: Opener) -> None:
    page = open_report([crossing(0, 0, 3_000, 0.5)], seconds=3)
    page.keyboard.press(" ")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Pause")
    until(page, "document.getElementById('time').value > 500")
    page.locator("#speed").select_option("16")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")
    assert seconds_shown(page) == 3
    page.locator("#speed").select_option("0.5")
    page.locator("#play").click()
    until(page, "document.getElementById('time').value < 2900")


def test_a_box_is_between_two_reports_where_the_person_was_and_nowhere_in_an_absence(
    open_report: Opener,
) -> None:
    page = open_report(three())
    page.locator("#show-paths").click()
    page.evaluate("seek(4000)")
    assert page.evaluate("boxAt(people[0], 4000)[0]") == pytest.approx(0.46, abs=0.001)
    assert page.evaluate("boxAt(people[2], 16000)") is None
    page.evaluate("seek(16000)")
    expect(page.locator("#inview")).to_have_text("Nobody in view at 0:16")
    assert drawn(page, "now") == 0


def test_a_still_of_another_moment_is_greyed_and_says_so(open_report: Opener, clip: Path) -> None:
    with clip.open("rb") as file:
        page = open_report(three(), still=scene_still(file, 10_000))
    when = page.locator("#when")
    expect(when).to_be_hidden()
    page.evaluate("seek(4000)")
    expect(when).to_have_text("Still from 0:10")
    expect(page.locator("#still")).to_have_class("stale")
    page.evaluate("seek(10000)")
    expect(when).to_be_hidden()
    page.locator("#file").set_input_files(clip)
    expect(page.locator("#video")).to_be_visible()
    page.evaluate("seek(4000)")
    expect(when).to_be_hidden()


def test_the_keys_work_on_the_time_slider_too(open_report: Opener) -> None:
    page = open_report(three())
    page.locator("#time").focus()
    page.keyboard.press("ArrowRight")
    until(page, "document.getElementById('time').value == 1000")
    page.keyboard.press(" ")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Pause")
    page.keyboard.press(" ")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play")


def test_a_place_along_a_lane_is_a_time_and_selects_nobody(open_report: Opener) -> None:
    page = open_report(three())
    page.locator("#bars").click(position={"x": 400, "y": 30})
    until(page, "document.getElementById('time').value > 0")
    expect(page.locator("#people tr.chosen")).to_have_count(0)


def test_clearing_the_selection_keeps_the_keyboard_in_the_table(open_report: Opener) -> None:
    page = open_report(three())
    page.locator("#people tbody button").first.click()
    page.locator("#clear").click()
    expect(page.locator(".rows")).to_be_focused()


def test_the_keyboard_does_everything(open_report: Opener) -> None:
    page = open_report(three())
    page.locator("#people tbody button").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#people tbody button").first).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    page.keyboard.press(" ")
    expect(page.locator("#people tbody button").nth(1)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    now = seconds_shown(page)
    page.keyboard.press("ArrowRight")
    until(page, f"document.getElementById('time').value == {(now + 1) * 1000}")
    page.keyboard.press("Shift+ArrowLeft")
    until(page, "document.getElementById('time').value == 0")
    page.locator("#time").focus()
    page.keyboard.press("End")
    until(page, "document.getElementById('time').value == 20000")
    expect(page.locator("#time")).to_have_attribute("aria-valuetext", "0:20 of 0:20")


def test_columns_sort_the_table(open_report: Opener) -> None:
    page = open_report(three())
    names = page.locator("#people tbody th")
    seen = page.locator("#people thead th").nth(1)
    seen.locator("button").click()
    expect(seen).to_have_attribute("aria-sort", "descending")
    expect(names).to_have_text(["Person 0", "Person 2", "Person 1"])
    seen.locator("button").click()
    expect(names).to_have_text(["Person 1", "Person 0", "Person 2"])
    page.locator("#people thead th").first.locator("button").click()
    expect(names).to_have_text(["Person 0", "Person 1", "Person 2"])


def test_the_heat_map_is_of_those_selected(open_report: Opener, pictures: Path) -> None:
    page = open_report(three(), color_scheme="dark")
    page.locator("#show-heat").click()
    everybody = drawn(page, "heat")
    page.screenshot(path=pictures / "report-dark-heat.png", full_page=True)
    page.locator("#people tbody button").first.click()
    assert 0 < drawn(page, "heat") < everybody
    page.locator("#show-heat").click()
    assert drawn(page, "heat") == 0


@pytest.mark.parametrize("system", ["dark", "light"])
def test_colours_follow_the_system_or_the_button(open_report: Opener, system: str) -> None:
    page = open_report(three(), color_scheme=system)

    def ground() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    first = ground()
    page.locator("#theme").click()
    assert ground() != first
    page.locator("#theme").click()
    assert ground() == first


_PIXELS = """(places) => places.map(([canvas, x, y]) => {
  const dense = sheets[canvas].pen.getTransform().a;
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  pen.drawImage(sheets[canvas].canvas, -Math.floor(x * dense), -Math.floor(y * dense));
  return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
})"""


@pytest.mark.parametrize("system", ["dark", "light"])
def test_whatever_is_of_a_person_has_their_colour(open_report: Opener, system: str) -> None:
    page = open_report(three(), color_scheme=system)
    width, height, times = page.evaluate("[sheets.now.width, sheets.now.height, sheets.bars.width]")
    for index, feet, top, bar in ((0, 0.4, 0.1, 0.1), (1, 0.6, 0.3, 0.45)):
        page.evaluate(f"seek({4_000 + 2_000 * index})")
        drawn(page, "now")
        left = page.evaluate(f"boxAt(people[{index}], state.now)[0]")
        colours = page.evaluate(
            _PIXELS,
            [
                ["paths", 0.2 * width, feet * height],
                ["now", left * width, (top + 0.2) * height],
                ["bars", 88 + bar * (times - 104), index * 20 + 10],
            ],
        )
        swatch = page.locator("#people .swatch").nth(index)
        colours.append(
            page.evaluate(
                """(color) => {
                  const pen = document.createElement("canvas").getContext("2d");
                  pen.fillStyle = color; pen.fillRect(0, 0, 1, 1);
                  return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
                }""",
                swatch.evaluate("each => getComputedStyle(each).backgroundColor"),
            )
        )
        for parts in zip(*colours, strict=True):
            assert max(parts) - min(parts) < 30, (index, colours)


def test_where_a_path_begins_and_where_it_ends_differ_without_colour(open_report: Opener) -> None:
    """A ring, white within; and a square, filled to its corners."""
    page = open_report([crossing(0, 0, 8_000, 0.5)])
    page.locator("#show-boxes").click()
    drawn(page, "paths")
    width, height = page.evaluate("[sheets.paths.width, sheets.paths.height]")
    first, last = (0.04 * width, 0.5 * height), (0.96 * width, 0.5 * height)
    middles = page.evaluate(_PIXELS, [["paths", *first], ["paths", *last]])
    assert min(middles[0]) > 235 > min(middles[1])
    corners = page.evaluate(
        _PIXELS, [["paths", first[0] - 5.5, first[1] - 5.5], ["paths", last[0] + 3, last[1] + 3]]
    )
    assert corners[0] == [0, 0, 0]
    assert corners[1] == pytest.approx(middles[1], abs=3)
    expect(page.locator("#legend")).to_have_text("a path beginsit ends")


_RATIOS = """(pairs) => {
  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const light = (color) => {
    pen.fillStyle = color; pen.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...pen.getImageData(0, 0, 1, 1).data].map(
      (part) => part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  };
  return pairs.map((pair) => pair.map(light).sort((a, b) => a - b)).map(([low, high]) => high / low);
}"""
_ON_CARD = """() => [...document.querySelectorAll('#people .swatch')].map((swatch) => [
  getComputedStyle(swatch).backgroundColor,
  getComputedStyle(document.querySelector('.card')).backgroundColor,
])"""


@pytest.mark.parametrize("system", ["dark", "light"])
def test_everybodys_colour_stands_out_from_the_card_and_under_their_number(
    open_report: Opener, system: str
) -> None:
    page = open_report(crowd(60, 20, 10), color_scheme=system)
    ratios = page.evaluate(_RATIOS, page.evaluate(_ON_CARD))
    assert len(ratios) == 60
    assert min(ratios) > 3
    labels = page.evaluate("people.map((person) => [person.color, person.written])")
    assert min(page.evaluate(_RATIOS, labels)) > 4.5


def test_the_colours_button_says_what_it_is_set_to(open_report: Opener) -> None:
    page = open_report(three())
    heard = []
    for _ in range(3):
        page.locator("#theme").click()
        heard.append(page.locator("#theme").get_attribute("aria-label"))
    assert heard == ["Colours: dark", "Colours: light", "Colours: as the system"]


@pytest.mark.parametrize(
    "name",
    [
        "</script><script>hacked=1</script>",
        "<img src=x onerror=hacked=1>",
        "\"'><svg onload=hacked=1>",
        "<!--<script>",
        "{{script}} &amp;",
        "line\u2028paragraph\u2029",
    ],
)
def test_hostile_names_are_only_names(open_report: Opener, name: str) -> None:
    page = open_report(three(), key=name)
    expect(page.locator("h1")).to_have_text(name.rsplit("/", 1)[-1])
    expect(page.locator("#people tbody tr")).to_have_count(3)
    assert page.evaluate("typeof hacked") == "undefined"


def test_the_page_asks_for_nothing_but_itself(open_report: Opener) -> None:
    asked: list[str] = []
    page = open_report(three())
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.locator("#show-heat").click()
    page.locator("#play").click()
    until(page, "document.getElementById('time').value > 100")
    assert [url for url in asked if not url.endswith("/report.html")] == []


def test_a_video_beside_the_page_plays_under_the_boxes(
    open_report: Opener, clip: Path, tmp_path: Path, pictures: Path
) -> None:
    (tmp_path / "my clip.mp4").write_bytes(clip.read_bytes())
    page = open_report(three(), address="#video=my%20clip.mp4")
    expect(page.locator("#status")).to_have_text("Playing my clip.mp4 under the boxes.")
    page.evaluate("seek(5000)")
    until(page, "document.getElementById('video').currentTime === 5")
    page.locator("#play").click()
    until(page, "document.getElementById('video').currentTime > 5.3")
    page.locator("#play").click()
    assert seconds_shown(page) == pytest.approx(page.evaluate("video.currentTime"), abs=0.25)
    page.screenshot(path=pictures / "report-video.png", full_page=True)


def test_a_chosen_file_plays_under_the_boxes(open_report: Opener, clip: Path) -> None:
    page = open_report(three())
    page.locator("#file").set_input_files(clip)
    expect(page.locator("#status")).to_have_text("Playing clip.mp4 under the boxes.")
    expect(page.locator("#video")).to_be_visible()


@pytest.fixture
def served(clip: Path) -> Iterator[str]:
    """The clip behind HTTP on loopback, as behind a presigned URL."""
    handler = functools.partial(_Quiet, directory=str(clip.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/clip.mp4"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def test_a_presigned_address_plays_under_the_boxes(open_report: Opener, served: str) -> None:
    signed = f"{served}?X-Amz-Credential=AKID%2F20261120&X-Amz-Signature=abc&a=%41"
    page = open_report(three(), address=f"#video={signed}")
    expect(page.locator("#status")).to_have_text("Playing clip.mp4 under the boxes.")
    assert page.evaluate("video.src") == signed


@pytest.mark.parametrize("address", ["javascript:hacked=1", "data:text/html,<script>hacked=1</script>"])
def test_other_addresses_are_no_videos(open_report: Opener, address: str) -> None:
    page = open_report(three(), address=f"#video={address}")
    expect(page.locator("#status")).to_have_text("A video is not played from that kind of address.")
    assert page.evaluate("typeof hacked") == "undefined"


def test_a_file_that_is_no_video_leaves_the_paths(open_report: Opener, tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("no video")
    page = open_report(three())
    page.locator("#file").set_input_files(tmp_path / "notes.mp4")
    expect(page.locator("#status")).to_have_text(re.compile("notes.mp4 cannot be played here"))
    expect(page.locator("#video")).to_be_hidden()
    assert drawn(page, "paths") > 100


def test_a_video_of_nobody_says_so(open_report: Opener, pictures: Path) -> None:
    page = open_report([])
    expect(page.get_by_text("Nobody was seen in this video.")).to_be_visible()
    page.keyboard.press(" ")
    page.screenshot(path=pictures / "report-nobody.png", full_page=True)


def test_a_person_of_whom_only_a_face_was_seen_is_listed(open_report: Opener) -> None:
    page = open_report([PersonPath(0, 1000, 2000, 1.0, 0.0, 15, []), crossing(1, 0, 8_000, 0.5)])
    page.locator("#people tbody button").first.click()
    page.locator("#show-heat").click()
    expect(page.locator("#people tr.chosen")).to_have_count(1)


@pytest.mark.parametrize("width", [320, 390, 981, 1279, 1280, 1440])
def test_every_column_is_seen(open_report: Opener, width: int) -> None:
    page = open_report(crowd(24, 20, 60), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator(".rows").evaluate("each => each.scrollWidth <= each.clientWidth")


def test_the_arrows_scroll_a_table_wider_than_its_room(open_report: Opener) -> None:
    page = open_report(crowd(24, 20, 60), width=200)
    page.locator(".rows").focus()
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('.rows').scrollLeft > 0")
    assert seconds_shown(page) == 0


def test_the_scene_stays_in_view_only_where_there_is_room_for_more(open_report: Opener) -> None:
    page = open_report(three(), width=320, height=256)
    stage = page.locator(".stage")
    assert stage.evaluate("each => getComputedStyle(each).position") != "sticky"
    page.set_viewport_size({"width": 320, "height": 700})
    assert stage.evaluate("each => getComputedStyle(each).position") == "sticky"
    until(page, "parseFloat(document.documentElement.style.scrollPaddingTop) > 200")


def test_a_selection_is_seen_in_forced_colours(open_report: Opener, pictures: Path) -> None:
    page = open_report(three(), forced_colors="active")

    def ground(selector: str) -> str:
        return str(page.locator(selector).evaluate("each => getComputedStyle(each).backgroundColor"))

    assert ground("#show-paths") != ground("#show-heat")
    page.locator("#people tbody button").first.click()
    assert ground("#people tr.chosen") != ground("#people tbody tr:nth-child(2)")
    page.screenshot(path=pictures / "report-forced-colours.png")


def test_on_a_phone_nothing_is_wider_than_the_screen(open_report: Opener, pictures: Path) -> None:
    page = open_report(
        crowd(24, 20, 60), width=375, height=760, device_scale_factor=2, is_mobile=True, has_touch=True
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    rows = page.locator(".rows")
    assert rows.evaluate("each => each.scrollWidth <= each.clientWidth")
    page.locator("#people tbody button").nth(3).tap()
    expect(page.locator("#people tr.chosen th")).to_have_text("Person 3")
    page.screenshot(path=pictures / "report-phone.png")


def test_a_screen_reader_finds_the_table_and_the_controls(open_report: Opener) -> None:
    page = open_report(three())
    heard = page.locator("main").aria_snapshot()
    for expected in (
        'button "Play"',
        'slider "Time"',
        'table "3 people: how long each was seen, how far they went, and when"',
        'columnheader "Distance frame widths"',
        'rowheader "Person 1"',
        'img "3 people drawn over the scene"',
        'heading "Who was there when"',
    ):
        assert expected in heard, heard


def test_without_javascript_the_table_is_there(
    open_report: Opener, tmp_path: Path, new_page: PageMaker
) -> None:
    open_report(three())
    page = new_page(java_script_enabled=False)
    page.goto(f"file://{tmp_path}/report.html")
    expect(page.locator("#people tbody tr")).to_have_count(3)


def test_an_hour_of_300_people_plays_as_smoothly_as_a_minute_of_them(
    open_report: Opener, pictures: Path
) -> None:
    costs = {}
    for seconds, points in ((60, 20), (3600, 660)):
        page = open_report(crowd(300, seconds, points), seconds=seconds)
        until(page, "nextPath === people.length")
        page.evaluate("drawingTimes.length = 0")
        page.locator("#play").click()
        until(page, "drawingTimes.length > 40")
        page.locator("#play").click()
        # The quicker quarter: the others tell how busy this machine is.
        costs[seconds] = statistics.quantiles(page.evaluate("drawingTimes"))[0]
    page.screenshot(path=pictures / "report-crowd.png", full_page=True)
    (pictures / "report-crowd.json").write_text(json.dumps({"ms a frame": costs}))
    assert costs[3600] < 5 * costs[60] + 5


def test_a_page_told_of_the_video_beside_it_plays_it_unasked(
    open_report: Opener, clip: Path, tmp_path: Path, new_page: PageMaker
) -> None:
    open_report(three())
    (tmp_path / "clip.mp4").symlink_to(clip)
    report = tmp_path / "report.html"
    report.write_bytes(_playing(report.read_bytes(), "clip.mp4"))
    page = new_page()
    page.goto(f"file://{report}")
    expect(page.locator("#status")).to_have_text("Playing entrance.mp4 under the boxes.")
    expect(page.locator("#video")).to_be_visible()


def test_a_person_selected_among_many_is_scrolled_to_everywhere(open_report: Opener) -> None:
    people = [crossing(index, index * 100, index * 100 + 2_000, 0.5) for index in range(180)]
    page = open_report(people)
    page.locator("#people tbody button").nth(150).click()
    assert page.evaluate("document.querySelector('.rows').scrollTop") > 2000
    until(page, "lanes.scrollTop > 2000")
    expect(page.locator("#status")).to_have_text("Selected: person 150")
    page.evaluate("lanes.scrollTop = 0")
    page.locator("#bars").click(position={"x": 20, "y": 50})
    until(page, "document.querySelector('.rows').scrollTop < 60")
    expect(page.locator("#status")).to_have_text("Selected: people 2, 150")


def test_the_crowd_over_time_never_exceeds_the_most_at_once(open_report: Opener) -> None:
    people = [crossing(index, index * 20_000, index * 20_000 + 9_000, 0.5) for index in range(900)]
    page = open_report(people, seconds=18_000)
    assert page.evaluate("counts.reduce((a, b) => Math.max(a, b))") == 1


def test_zones_and_lines_are_drawn_counted_and_saved(
    open_report: Opener, clip: Path, pictures: Path, tmp_path: Path
) -> None:
    with clip.open("rb") as file:
        still = scene_still(file, 10_000)
    page = open_report(three(), still=still, seconds=100, answers=section())
    assert drawn(page, "zones") > 5_000
    assert drawn(page, "occupancy") > 1_000
    expect(page.locator("#zones-table tbody tr")).to_have_text(
        ["bench128.0 s12.0 s09:59 1 path", "till2320.0 s1:0510:00 2 paths"]
    )
    expect(page.locator("#lines-table tbody tr")).to_have_text(["door21"])
    with page.expect_download() as saved:
        page.get_by_role("button", name="crossings.csv").press("Enter")
    assert saved.value.suggested_filename == "entrance-crossings.csv"
    saved.value.save_as(tmp_path / "crossings.csv")
    assert (tmp_path / "crossings.csv").read_text().splitlines()[1] == "door,2,50000,in"
    width = page.evaluate("sheets.occupancy.width")
    page.locator("#occupancy").click(position={"x": width / 2, "y": 30})
    until(page, "Math.abs(document.getElementById('time').value - 50000) < 500")
    page.locator("#theme").click()
    page.screenshot(path=pictures / "report-answers-dark.png", full_page=True)
    page.locator("#theme").click()
    page.screenshot(path=pictures / "report-answers-light.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 844})
    drawn(page, "occupancy")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.screenshot(path=pictures / "report-answers-phone.png", full_page=True)
    page.locator("#show-zones").click()
    assert drawn(page, "zones") == 0


def test_many_zones_of_long_names_are_no_wider_than_a_phone(open_report: Opener, pictures: Path) -> None:
    names = ["W" * 100, "<img src=x onerror=hacked=1>", "the queue before the till", "\u05d3\u05dc\u05ea"]
    zones = [rectangle(name, n / 4, 0.1, n / 4 + 0.2, 0.9) for n, name in enumerate(names)]
    text = section(zones=zones, name="W" * 100, key="entrance.mp4")
    page = open_report(three(), seconds=100, answers=text, width=390, height=844)
    assert drawn(page, "occupancy") > 500
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate("typeof hacked") == "undefined"
    expect(page.locator("#zones-table tbody th").nth(1)).to_have_text(names[1])
    expect(page.locator(".caveat")).to_contain_text("The time of day is not known")
    page.screenshot(path=pictures / "report-answers-long-names.png", full_page=True)


def test_a_report_without_a_scene_says_nothing_of_zones(open_report: Opener) -> None:
    page = open_report(three())
    expect(page.locator("#show-zones")).to_be_hidden()
    expect(page.locator(".answers")).to_have_count(0)
    assert drawn(page, "zones") == 0

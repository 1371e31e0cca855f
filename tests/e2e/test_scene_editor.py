"""The scene editor, in a real browser, on a pipeline whose tracking follows the test."""

from __future__ import annotations

import base64
import http.client
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.video.still import scene_still
from pipeline.video import Video
from shared.still import Still, write_still
from testing.clips import make_clip
from testing.pipeline_environment import EmbeddedPipeline, in_environment, shared_target
from testing.scripted_rekognition import People, ScriptedTracking, serve
from tests.e2e.conftest import PageMaker
from tools.embedded.embedded_aws import EmbeddedAws
from tools.page.server import make_server
from tools.page.videos import Videos

FLOOR = [
    {"picture": [0.2, 0.49], "metres": [-2, 0]},
    {"picture": [0.8, 0.49], "metres": [2, 0]},
    {"picture": [0.65, 0.32], "metres": [2, 6]},
    {"picture": [0.35, 0.32], "metres": [-2, 6]},
]
ENTRANCE: dict[str, Any] = {
    "version": 1,
    "name": "entrance",
    "prefix": "site-1/",
    "zones": [{"name": "bench", "polygon": [[0.1, 0.5], [0.4, 0.5], [0.4, 0.9], [0.1, 0.9]]}],
    "lines": [{"name": "door", "points": [[0.6, 0.3], [0.6, 0.8]], "in": "left"}],
    "floor": FLOOR,
    "bridge_seconds": 2.5,
    "edge": {"body_widths": 0.75, "seconds": 1},
    "rules": [{"name": "loitering", "zone": "bench", "dwell_over_seconds": 600}],
    "start": {"from": "upload", "time_zone": "Europe/Berlin"},
}


@dataclass
class Site:
    """A served page, and the pipeline behind it."""

    deployed: EmbeddedPipeline
    work: str
    port: int
    still: Still

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def tracked(self, key: str, body: bytes = b"video") -> Video:
        """A video that has been tracked, with its still."""
        video = self.deployed.upload(key, body)
        self.deployed.run_until(lambda: bool(self.deployed.jobs_of(video)))
        job = self.deployed.job_of(video)
        write_still(self.deployed.s3, self.work, job.id, self.still)
        self.deployed.complete(job)
        self.deployed.run_until(lambda: self.deployed.status(video) == "SUCCEEDED")
        return video

    def scene(self, scene_id: str) -> dict[str, Any]:
        """A scene as it is stored."""
        found = self.deployed.s3.get_object(Bucket=self.deployed.results, Key=f"scenes/{scene_id}.json")
        document: dict[str, Any] = json.loads(found["Body"].read())
        return document

    def scenes(self) -> list[str]:
        listed = self.deployed.s3.list_objects_v2(Bucket=self.deployed.results, Prefix="scenes/")
        return [each["Key"] for each in listed.get("Contents", [])]

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b""
    ) -> tuple[int, dict[str, Any]]:
        """One request as any program may send it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, {"Host": f"127.0.0.1:{self.port}", **headers})
        answer = connection.getresponse()
        read = answer.read()
        connection.close()
        return answer.status, json.loads(read)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "entrance.mp4", 10, 10, (640, 360))


@pytest.fixture(scope="module")
def still(clip: Path) -> Still:
    with clip.open("rb") as file:
        made = scene_still(file, 0)
    assert made is not None
    return made


@pytest.fixture
def site(empty_aws: EmbeddedAws, still: Still, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with serve(ScriptedTracking(people=People(4, 150))) as tracking:
        made = EmbeddedPipeline(empty_aws.endpoint, tracking)
        work = f"{made.name}-work"
        made.s3.create_bucket(Bucket=work)
        outputs = {
            "VideosBucket": made.videos,
            "ResultsBucket": made.results,
            "TracksTable": made.table,
            "WorkBucket": work,
        }
        server = make_server(Videos(shared_target(empty_aws.endpoint).with_outputs(outputs)))
        with in_environment(made, monkeypatch.setenv), server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            yield Site(made, work, server.server_port, still)
            server.shutdown()
            thread.join()


def opened(page: Page, site: Site, query: str = "") -> Page:
    page.goto(f"{site.address}/scene{query}")
    expect(page.locator("#title")).not_to_be_empty()
    if "id=" in query:
        expect(page.locator("#progress")).to_be_visible()
    return page


def with_still(page: Page) -> Page:
    expect(page.locator("#still")).to_be_visible()
    return page


def click_at(page: Page, *places: tuple[float, float]) -> None:
    """Clicks on the picture, at ratios of its width and height."""
    for x, y in places:
        page.mouse.click(*on_screen(page, x, y))


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*on_screen(page, *start))
    page.mouse.down()
    page.mouse.move(*on_screen(page, (start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
    page.mouse.move(*on_screen(page, *end))
    page.mouse.up()


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    box = page.locator("#overlay").bounding_box()
    assert box
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drawn(page: Page) -> dict[str, Any]:
    """The document as the editor has it."""
    document: dict[str, Any] = page.evaluate("scene")
    return document


def near(points: list[list[float]]) -> Any:
    """Equal within two pixels of the picture on the screen."""
    return pytest.approx([each for point in points for each in point], abs=0.004)


def flat(points: list[list[float]]) -> list[float]:
    return [each for point in points for each in point]


def zone_names(page: Page) -> Locator:
    return page.locator("#list-zones .name")


SQUARE = [(0.2, 0.4), (0.5, 0.4), (0.5, 0.8), (0.2, 0.8)]


def test_a_scene_is_drawn_saved_and_its_videos_are_answered(
    site: Site, new_page: PageMaker, pictures: Path
) -> None:
    video = site.tracked("site-1/a.mp4")
    page = with_still(opened(new_page(), site))
    expect(page.locator("#title")).to_have_text("New scene")
    page.get_by_role("button", name="+ Zone").click()
    click_at(page, *SQUARE)
    page.mouse.move(*on_screen(page, 0.25, 0.6))
    page.screenshot(path=pictures / "editor-placing.png")
    click_at(page, SQUARE[0])
    expect(zone_names(page)).to_have_count(1)
    expect(zone_names(page)).to_be_focused()
    page.keyboard.type("till")
    page.get_by_role("button", name="+ Line").click()
    click_at(page, (0.7, 0.2), (0.7, 0.9))
    page.keyboard.type("door")
    page.get_by_label("Name", exact=True).fill("shop")
    page.get_by_role("button", name="Only keys in site-1/").click()
    page.get_by_role("button", name="+ Rule").click()
    page.get_by_label("Name of rule 1").fill("loitering")
    page.get_by_label("Seconds of rule 1").fill("120")
    page.get_by_label("A person is at").select_option("centre")
    page.get_by_label("Leave out visits").fill("1.5")
    page.get_by_label("Time zone of the camera").fill("Europe/Paris")
    page.get_by_role("button", name="In is on the right of line door: switch the side").click()
    expect(page.locator("#changed")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator("#status")).to_have_text("Saved.")
    expect(page.locator("#progress-text")).to_have_text("Videos of before are answered again: 0 of 1 done.")
    expect(page.locator("#changed")).to_be_hidden()
    stored = site.scene("shop")
    assert flat(stored["zones"][0].pop("polygon")) == near([[*each] for each in SQUARE])
    assert flat(stored["lines"][0].pop("points")) == near([[0.7, 0.2], [0.7, 0.9]])
    assert stored == {
        "version": 1,
        "name": "shop",
        "prefix": "site-1/",
        "zones": [{"name": "till"}],
        "lines": [{"name": "door", "in": "left"}],
        "start": {"from": "upload", "time_zone": "Europe/Paris"},
        "rules": [{"name": "loitering", "zone": "till", "dwell_over_seconds": 120}],
        "stands_at": "centre",
        "least_dwell_seconds": 1.5,
    }
    site.deployed.answer_all()
    expect(page.locator("#progress-text")).to_have_text("1 of 1 tracked videos are answered.")
    assert (site.deployed.meta(video) or {})["Answers"]["Scene"] == "shop"
    page.screenshot(path=pictures / "editor.png", full_page=True)


def test_an_edited_scene_keeps_its_floor_plan_and_all_else_that_is_not_drawn(
    site: Site, new_page: PageMaker, pictures: Path
) -> None:
    site.deployed.put_scene("entrance", ENTRANCE)
    site.tracked("site-1/a.mp4")
    page = with_still(opened(new_page(), site, "?id=entrance"))
    expect(page.locator("#title")).to_have_text("entrance")
    expect(page.locator("#untouched")).to_have_text("Kept as they are: floor plan.")
    drag(page, (0.4, 0.5), (0.5, 0.45))
    page.screenshot(path=pictures / "editor-edited.png")
    page.keyboard.press("Control+s")
    expect(page.locator("#status")).to_have_text("Saved.")

    stored = site.scene("entrance")
    moved = stored["zones"][0].pop("polygon")
    assert flat(moved) == near([[0.1, 0.5], [0.5, 0.45], [0.4, 0.9], [0.1, 0.9]])
    assert [moved[0], moved[2], moved[3]] == [[0.1, 0.5], [0.4, 0.9], [0.1, 0.9]]
    assert stored == {**ENTRANCE, "zones": [{"name": "bench"}]}
    assert site.scenes() == ["scenes/entrance.json"]


def test_how_edges_are_crossed_and_gaps_are_bridged_is_edited_and_checked(
    site: Site, new_page: PageMaker, pictures: Path
) -> None:
    site.deployed.put_scene("entrance", {**ENTRANCE, "edge": {"body_widths": 0, "seconds": 1}})
    page = opened(new_page(), site, "?id=entrance")
    body_widths = page.get_by_label("To have crossed an edge")
    seconds = page.get_by_label("or by a whole width")
    gaps = page.get_by_label("Bridge gaps")
    expect(body_widths).to_have_value("0")
    expect(seconds).to_have_value("1")
    expect(gaps).to_have_value("2.5")
    expect(gaps).to_have_accessible_description(re.compile("went straight on"))

    body_widths.fill("0.25")
    seconds.fill("")
    gaps.fill("0")
    page.keyboard.press("Control+s")
    expect(page.locator("#status")).to_have_text("Saved.")
    page.screenshot(path=pictures / "editor-edges.png", full_page=True)
    stored = site.scene("entrance")
    assert (stored["edge"], stored["bridge_seconds"]) == ({"body_widths": 0.25}, 0)

    body_widths.fill("")
    gaps.fill("")
    page.keyboard.press("Control+s")
    expect(page.locator("#status")).to_have_text("Saved.")
    expect(page.locator("#changed")).to_be_hidden()
    assert not {"edge", "bridge_seconds"} & site.scene("entrance").keys()
    page.get_by_role("button", name="Undo").click()
    expect(gaps).to_have_value("0")


def test_an_edge_and_a_gap_out_of_their_range_are_faults_beside_their_fields(
    site: Site, new_page: PageMaker
) -> None:
    faulty = {"edge": {"body_widths": 6, "seconds": 1}, "bridge_seconds": -1}
    site.deployed.put_scene("entrance", {**ENTRANCE, **faulty})
    page = new_page()
    page.goto(f"{site.address}/scene?id=entrance")
    expect(page.locator("[data-faults='edge'] li")).to_have_count(1)
    expect(page.locator("[data-faults='bridge_seconds'] li")).to_have_count(1)
    page.get_by_label("To have crossed an edge").fill("2")
    expect(page.locator("[data-faults='edge'] li")).to_have_count(0)
    page.get_by_label("Bridge gaps").fill("2")
    expect(page.locator(".faults li")).to_have_count(0)


def test_points_sides_and_shapes_are_dragged_and_every_step_is_undone(
    site: Site, new_page: PageMaker
) -> None:
    site.deployed.put_scene("entrance", ENTRANCE)
    page = opened(new_page(), site, "?id=entrance")
    polygon = "scene.zones[0].polygon"
    first = page.evaluate(polygon)

    drag(page, (0.1, 0.5), (0.2, 0.6))  # a point
    assert flat(page.evaluate(polygon)) == near([[0.2, 0.6], *first[1:]])
    drag(page, (0.25, 0.9), (0.25, 0.98))  # a side's middle
    assert flat(page.evaluate(polygon)) == near([[0.2, 0.6], first[1], first[2], [0.25, 0.98], first[3]])
    drag(page, (0.35, 0.7), (0.45, 0.6))  # the shape
    assert page.evaluate(polygon)[1] == pytest.approx([0.5, 0.4], abs=0.004)
    drag(page, (0.45, 0.6), (0.45, 0.99))  # no farther than the picture goes
    assert max(y for _, y in page.evaluate(polygon)) == 1
    for _ in range(4):
        page.get_by_role("button", name="Undo").click()
    assert page.evaluate(polygon) == first
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    expect(page.locator("#changed")).to_be_hidden()
    for _ in range(2):
        page.keyboard.press("Control+Shift+Z")
    assert len(page.evaluate(polygon)) == 5
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert page.evaluate(polygon) == first


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Press Tab until what has that name has the focus."""
    label = "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate(label) == name:
            return
    raise AssertionError(f"{name} is not reached by {key}")


def test_a_scene_is_drawn_named_and_saved_by_keyboard_alone(site: Site, new_page: PageMaker) -> None:
    site.tracked("a.mp4")
    page = with_still(opened(new_page(), site))
    tab_to(page, "+ Zone")
    press(
        page, "Enter", "Space", *["Shift+ArrowRight"] * 6, "Space", *["Shift+ArrowDown"] * 6, "Space", "Enter"
    )
    expect(zone_names(page)).to_be_focused()
    page.keyboard.type("till")
    right, down = 0.5 + 60 / 640, 0.5 + 60 / 360
    triangle = [[0.5, 0.5], [right, 0.5], [right, down]]
    assert flat(drawn(page)["zones"][0]["polygon"]) == pytest.approx(flat(triangle), abs=0.002)

    tab_to(page, "+ Line", "Shift+Tab")
    press(page, "Enter", "Escape")
    expect(page.locator("#hint")).to_be_hidden()
    press(page, "Enter", "Space", *["Shift+ArrowUp"] * 5, "Space")
    page.keyboard.type("door")
    tab_to(page, "In is on the right of line door. Enter switches the side.", "Shift+Tab")
    press(page, "Enter")
    assert drawn(page)["lines"][0]["in"] == "left"
    for _ in range(60):
        press(page, "Tab")
        if page.evaluate("document.activeElement.id") == "name":
            break
    page.keyboard.type("by keys")
    press(page, "Control+s")
    expect(page.locator("#status")).to_have_text("Saved.")
    stored = site.scene("by-keys")
    assert [each["name"] for each in stored["zones"] + stored["lines"]] == ["till", "door"]


def test_points_are_moved_added_and_deleted_by_keyboard(site: Site, new_page: PageMaker) -> None:
    site.deployed.put_scene("entrance", ENTRANCE)
    site.tracked("site-1/a.mp4")
    page = with_still(opened(new_page(), site, "?id=entrance"))

    def polygon() -> list[list[float]]:
        return drawn(page)["zones"][0]["polygon"]

    tab_to(page, "zone bench, 4 points. Arrow keys move it, Delete deletes it.")
    press(page, "Shift+ArrowLeft", "Enter", "ArrowUp", "ArrowUp")  # the shape, and its first point
    assert polygon()[0] == pytest.approx([0.1 - 10 / 640, 0.5 - 2 / 360], abs=0.0003)
    assert polygon()[1] == pytest.approx([0.4 - 10 / 640, 0.5], abs=0.0003)
    press(page, "Insert")
    assert polygon()[1] == pytest.approx([0.25 - 10 / 640, 0.5 - 1 / 360], abs=0.0003)
    press(page, "Tab", "Delete", "Delete")
    assert len(polygon()) == 3
    press(page, "Delete")
    expect(page.locator("#status")).to_have_text("A zone needs its last 3 points; delete the zone instead.")
    press(page, "Escape", "Delete")
    assert drawn(page)["zones"] == []
    press(page, "Control+z")
    assert len(polygon()) == 3
    press(page, *["Control+z"] * 5)
    assert drawn(page) == ENTRANCE


def test_faults_are_shown_beside_what_they_are_about_and_go_when_mended(
    site: Site, new_page: PageMaker, pictures: Path
) -> None:
    page = opened(new_page(), site)
    page.get_by_role("button", name="+ Zone").click()
    click_at(page, (0.2, 0.2), (0.6, 0.6), (0.6, 0.2), (0.2, 0.6), (0.2, 0.2))
    # Without the refusal itself: the browser's console tells of every one, and fails the test.
    page.evaluate("isChecked = true")
    page.get_by_label("Time zone of the camera").fill("Berlin")
    beside = page.locator("#list-zones > li .faults li")
    expect(beside).to_have_text("Polygon crosses or touches itself: side 1 and side 3.")
    expect(page.locator("[data-faults~='name'] li")).to_have_text(
        "Must be 1 to 100 printable characters without spaces at either end."
    )
    expect(page.locator("[data-faults='start'] li")).to_have_text(
        "Time zone must be an IANA time zone such as Europe/Berlin, not 'Berlin'."
    )
    expect(page.locator("#drawn-zones .faulty")).to_have_count(1)
    page.screenshot(path=pictures / "editor-faults.png")
    page.get_by_label("Time zone of the camera").fill("Europe/Berlin")
    page.get_by_label("Name", exact=True).fill("mended")
    drag(page, (0.6, 0.6), (0.6, 0.1))
    drag(page, (0.6, 0.2), (0.6, 0.7))
    expect(page.locator(".faults li")).to_have_count(0)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#status")).to_have_text("Saved.")
    assert site.scenes() == ["scenes/mended.json"]


def test_a_refused_scene_is_not_saved_and_says_where_its_faults_are(site: Site, new_page: PageMaker) -> None:
    page = new_page()
    # Not by the network: the console tells of every refusal, and fails the test.
    page.add_init_script(
        """const real = fetch;
        window.fetch = async (path, options) => {
          if (path !== "/api/scenes" || !options?.body) return real(path, options);
          const { faults } = await (await real("/api/scene-faults", options)).json();
          return new Response(JSON.stringify({ error: "It has faults.", faults }), { status: 422 });
        };"""
    )
    opened(page, site)
    page.get_by_label("Keep counts only").check()
    page.get_by_label("Leave out visits").fill("-1")
    page.keyboard.press("Control+s")
    page.get_by_role("button", name="Save, delete them").click()
    expect(page.locator("#status")).to_have_text("Not saved: 2 faults, each shown beside what it is about.")
    expect(page.locator("[data-faults='least_dwell_seconds'] li")).to_have_count(1)
    expect(page.locator("#changed")).to_be_visible()
    page.get_by_label("Leave out visits").fill("1")
    expect(page.locator(".faults li")).to_have_count(1)
    assert site.scenes() == []


@pytest.mark.parametrize(
    ("document", "error", "faults"),
    [
        ({**ENTRANCE, "lines": [], "keep": "no", "name": ""}, "The scene is not saved: it has faults.", 2),
        ({**ENTRANCE, "prefix": "b/"}, "There is a scene entrance already", 0),
        ({**ENTRANCE, "name": "other"}, "The scene entrance has the same prefix", 0),
    ],
)
def test_a_scene_that_cannot_be_stored_is_refused_with_each_fault(
    site: Site, document: dict[str, Any], error: str, faults: int
) -> None:
    site.deployed.put_scene("entrance", ENTRANCE)
    headers = {"X-People-Pathing": "page"}
    status, answer = site.ask("POST", "/api/scenes", headers, json.dumps(document).encode())
    assert status == 422
    assert answer["error"].startswith(error)
    assert len(answer.get("faults", [])) == faults
    assert site.scene("entrance") == ENTRANCE
    assert site.scenes() == ["scenes/entrance.json"]


def test_a_scene_changed_elsewhere_meanwhile_is_not_overwritten(site: Site) -> None:
    site.deployed.put_scene("entrance", ENTRANCE)
    headers = {"X-People-Pathing": "page"}
    _, found = site.ask("GET", "/api/scenes/entrance", {})
    path = f"/api/scenes/entrance?revision={found['revision']}"
    mine = json.dumps({**ENTRANCE, "name": "mine"}).encode()
    status, answer = site.ask("PUT", path, headers, mine)
    assert (status, answer["id"]) == (200, "entrance")
    status, answer = site.ask("PUT", path, headers, json.dumps(ENTRANCE).encode())
    assert status == 422
    assert answer["error"].startswith("The scene was changed elsewhere")
    assert site.scene("entrance")["name"] == "mine"
    assert site.ask("GET", "/api/scenes/nowhere", {})[0] == 404


def test_a_scene_is_deleted_once_that_is_confirmed(site: Site, new_page: PageMaker, pictures: Path) -> None:
    site.deployed.put_scene("entrance", ENTRANCE)
    page = new_page(width=1100, height=900)
    page.goto(site.address)
    row = page.locator("#scenes > li")
    expect(row).to_contain_text("site-1/ · 1 zone · 1 line · 0 of 0 videos answered")
    page.screenshot(path=pictures / "page-scenes.png")
    page.get_by_role("link", name="Edit scene entrance").click()
    page.get_by_role("button", name="Delete…").click()
    question = page.get_by_role("dialog", name="Delete entrance?")
    page.screenshot(path=pictures / "editor-delete.png")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    assert site.scenes() == ["scenes/entrance.json"]
    page.get_by_role("button", name="Delete…").click()
    question.get_by_role("button", name="Delete").click()
    expect(page.locator("#scenes > li")).to_contain_text("No scenes yet.")
    assert site.scenes() == []


def test_keeping_counts_only_is_asked_about_before_it_is_saved(site: Site, new_page: PageMaker) -> None:
    site.deployed.put_scene("entrance", ENTRANCE)
    page = opened(new_page(), site, "?id=entrance")
    page.get_by_label("Keep counts only").check()
    page.get_by_role("button", name="Save", exact=True).click()
    question = page.get_by_role("dialog", name="Keep counts only?")
    question.get_by_role("button", name="Cancel").click()
    assert "keep" not in site.scene("entrance")
    page.get_by_role("button", name="Save", exact=True).click()
    question.get_by_role("button", name="Save, delete them").click()
    expect(page.locator("#status")).to_have_text("Saved.")
    assert site.scene("entrance")["keep"] == "counts"


def test_an_arrow_that_is_pressed_switches_the_side_and_a_line_takes_more_points(
    site: Site, new_page: PageMaker
) -> None:
    site.deployed.put_scene("entrance", ENTRANCE)
    page = opened(new_page(), site, "?id=entrance")
    x, y = on_screen(page, 0.6, 0.55)
    page.mouse.click(x + 20, y)  # left of the way down is at the picture's right
    assert drawn(page)["lines"][0]["in"] == "right"
    page.mouse.click(x - 20, y)
    assert drawn(page)["lines"][0]["in"] == "left"
    drag(page, (0.6, 0.425), (0.7, 0.425))
    assert flat(drawn(page)["lines"][0]["points"]) == near([[0.6, 0.3], [0.7, 0.425], [0.6, 0.8]])


def test_the_selected_one_of_two_zones_with_the_same_corners_is_taken_hold_of(
    site: Site, new_page: PageMaker
) -> None:
    bench, door = (
        [[0.1, 0.5], [0.4, 0.5], [0.4, 0.9], [0.1, 0.9]],
        [[0.4, 0.5], [0.7, 0.5], [0.7, 0.9], [0.4, 0.9]],
    )
    zones = [{"name": "bench", "polygon": bench}, {"name": "door", "polygon": door}]
    site.deployed.put_scene("entrance", {**ENTRANCE, "lines": [], "zones": zones})
    page = opened(new_page(), site, "?id=entrance")
    zone_names(page).first.focus()
    drag(page, (0.4, 0.5), (0.5, 0.6))
    assert drawn(page)["zones"][1]["polygon"] == door
    assert flat(drawn(page)["zones"][0]["polygon"]) == near([bench[0], [0.5, 0.6], *bench[2:]])
    page.keyboard.press("Delete")  # the point that was dragged
    assert drawn(page)["zones"][0]["polygon"] == [bench[0], *bench[2:]]


def test_undo_takes_back_the_points_of_a_shape_that_is_being_drawn(site: Site, new_page: PageMaker) -> None:
    page = opened(new_page(), site)
    page.get_by_role("button", name="+ Zone").click()
    click_at(page, *SQUARE)
    expect(page.locator("#placing .dot")).to_have_count(4)
    page.keyboard.press("Control+z")
    page.keyboard.press("Backspace")
    expect(page.locator("#placing .dot")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_have_text("A zone needs 3 points or more; Escape leaves it.")
    page.keyboard.press("Escape")
    expect(page.locator("#placing .dot")).to_have_count(0)
    assert drawn(page)["zones"] == []


def test_a_stored_scene_that_has_faults_is_listed_and_mended(site: Site, new_page: PageMaker) -> None:
    site.deployed.put_scene("entrance", {**ENTRANCE, "least_dwell_seconds": -1})
    page = new_page()
    page.goto(site.address)
    expect(page.locator("#scenes > li")).to_contain_text("cannot be used: least_dwell_seconds must be")
    page.get_by_role("link", name="Edit scene").click()
    expect(page.locator("[data-faults='least_dwell_seconds'] li")).to_have_count(1)
    page.get_by_label("Leave out visits").fill("")
    expect(page.locator(".faults li")).to_have_count(0)
    page.keyboard.press("Control+s")
    expect(page.locator("#status")).to_have_text("Saved.")
    assert site.scene("entrance") == ENTRANCE


def test_a_scene_is_exported_and_imported_as_the_file_it_is(
    site: Site, tmp_path: Path, new_page: PageMaker
) -> None:
    file = tmp_path / "entrance.json"
    file.write_text(json.dumps({**ENTRANCE, "name": "imported", "zones": []}))
    page = opened(new_page(), site)
    page.locator("#import").set_input_files(file)
    expect(page.locator("#status")).to_contain_text("1 fault, shown beside what it is about.")
    expect(page.locator("#list-rules .faults li")).to_have_text(
        'Zone must be the name of a zone, not "bench".'
    )
    file.write_text(json.dumps(ENTRANCE))
    page.locator("#import").set_input_files(file)
    expect(page.locator("#status")).to_have_text("Opened: entrance.json. Save stores it.")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    assert download.value.suggested_filename == "entrance.json"
    text = Path(download.value.path()).read_text("utf-8")
    assert json.loads(text) == ENTRANCE
    assert '    {"name": "bench", "polygon": [[0.1, 0.5], [0.4, 0.5], [0.4, 0.9], [0.1, 0.9]]}\n' in text
    for body, said in (("{", "is not JSON"), ('{"zones": [{}]}', "is no scene"), ("[]", "is no scene")):
        file.write_text(body)
        page.locator("#import").set_input_files(file)
        expect(page.locator("#status")).to_contain_text(said)
    assert drawn(page) == ENTRANCE


def test_a_renamed_zone_keeps_its_rules_and_a_deleted_one_takes_them_along(
    site: Site, new_page: PageMaker
) -> None:
    site.deployed.put_scene("entrance", ENTRANCE)
    page = opened(new_page(), site, "?id=entrance")
    zone_names(page).fill("seat")
    assert drawn(page)["rules"][0]["zone"] == "seat"
    page.get_by_role("button", name="Delete zone seat").click()
    expect(page.locator("#status")).to_have_text("Deleted: zone seat and its rule. Undo brings it back.")
    assert (drawn(page)["zones"], drawn(page)["rules"]) == ([], [])
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    assert drawn(page) == ENTRANCE


def test_the_corner_of_a_ring_that_stands_at_both_ends_moves_as_one(site: Site, new_page: PageMaker) -> None:
    ring = [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.2]]
    lines = [{"name": "ring", "points": ring, "in": "right"}]
    site.deployed.put_scene("entrance", {**ENTRANCE, "zones": [], "rules": [], "lines": lines})
    page = opened(new_page(), site, "?id=entrance")
    drag(page, (0.2, 0.2), (0.3, 0.3))
    points = drawn(page)["lines"][0]["points"]
    assert points[0] == points[-1] == pytest.approx([0.3, 0.3], abs=0.004)
    assert points[1:3] == ring[1:3]


def test_pictures_are_those_of_videos_under_the_prefix(site: Site, new_page: PageMaker) -> None:
    for key in ("site-1/a.mp4", "site-2/b.mp4"):
        site.tracked(key)
    page = with_still(opened(new_page(), site))
    options = page.locator("#video option")
    expect(options).to_have_text([re.compile(r"site-2/b\.mp4"), re.compile(r"site-1/a\.mp4")])
    page.get_by_label("Keys of its videos").fill("site-1/")
    expect(options).to_have_text([re.compile(r"site-1/a\.mp4")])
    page.get_by_label("Keys of its videos").fill("site-3/")
    expect(page.locator("#note")).to_have_text(
        "No tracked video's key begins with this prefix yet: you draw on plain ground."
    )
    expect(page.locator("#still")).to_be_hidden()


def test_a_still_that_is_gone_is_taken_from_the_report_or_the_video_or_said_to_be_gone(
    site: Site, clip: Path, new_page: PageMaker
) -> None:
    whole, broken = site.tracked("a.mp4", clip.read_bytes()), site.tracked("b.mp4")
    report = base64.b64encode(site.still.jpeg).join(
        [b'<img id="still" alt="" src="data:image/jpeg;base64,', b'">']
    )
    for video, body in ((whole, b"<html></html>"), (broken, report)):
        job = site.deployed.job_of(video)
        site.deployed.s3.delete_object(Bucket=site.work, Key=f"jobs/{job.id}/still.jpg")
        key = f"tracks/{video.id}/report.html"
        site.deployed.s3.put_object(Bucket=site.deployed.results, Key=key, Body=body)
    for video in (whole, broken):
        with_still(opened(new_page(), site, f"?video={video.id}"))
    site.deployed.s3.put_object(Bucket=site.deployed.results, Key=key, Body=b"<html></html>")
    page = opened(new_page(), site, f"?video={broken.id}")
    expect(page.locator("#note")).to_have_text(
        "No still of this video is left: choose another one, or draw on plain ground."
    )


def test_on_a_phone_a_zone_is_drawn_by_touch_and_nothing_is_wider_than_the_screen(
    site: Site, new_page: PageMaker, pictures: Path
) -> None:
    site.tracked("site-1/a.mp4")
    page = new_page(
        width=375, height=760, device_scale_factor=2, is_mobile=True, has_touch=True, color_scheme="dark"
    )
    with_still(opened(page, site))
    page.get_by_role("button", name="+ Zone").tap()
    for x, y in [*SQUARE, SQUARE[0]]:
        page.touchscreen.tap(*on_screen(page, x, y))
    expect(zone_names(page)).to_have_count(1)
    assert flat(drawn(page)["zones"][0]["polygon"]) == pytest.approx(flat([[*p] for p in SQUARE]), abs=0.006)
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    page.screenshot(path=pictures / "editor-phone.png", full_page=True)


def touch_drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draws a finger over the picture, in steps; places are of the picture as it is at first."""
    session = page.context.new_cdp_session(page)
    (x, y), (to_x, to_y) = on_screen(page, *start), on_screen(page, *end)
    for step in range(9):
        place = {"x": x + (to_x - x) * step / 8, "y": y + (to_y - y) * step / 8}
        kind = "touchMove" if step else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_on_a_phone_the_list_of_scenes_is_no_wider_than_the_screen(
    site: Site, new_page: PageMaker, pictures: Path
) -> None:
    site.deployed.put_scene("entrance", {**ENTRANCE, "name": "a-name-without-any-place-to-break-it-" * 2})
    page = new_page(width=375, height=720, device_scale_factor=2, is_mobile=True)
    page.goto(site.address)
    expect(page.locator("#scenes > li strong")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    page.screenshot(path=pictures / "page-scenes-phone.png", full_page=True)


def test_a_finger_drags_points_and_the_selected_shape_and_scrolls_over_any_other(
    site: Site, new_page: PageMaker
) -> None:
    bench = ENTRANCE["zones"][0]["polygon"]
    site.deployed.put_scene("entrance", ENTRANCE)
    page = new_page(width=375, height=500, is_mobile=True, has_touch=True)
    opened(page, site, "?id=entrance")
    touch_drag(page, (0.25, 0.7), (0.25, 0.2))
    assert drawn(page) == ENTRANCE
    page.wait_for_function("scrollY > 0")
    page.touchscreen.tap(*on_screen(page, 0.25, 0.7))
    expect(page.locator("#drawn-zones .selected")).to_have_count(1)
    touch_drag(page, (0.25, 0.7), (0.35, 0.7))
    moved = [[x + 0.1, y] for x, y in bench]
    assert flat(drawn(page)["zones"][0]["polygon"]) == pytest.approx(flat(moved), abs=0.01)
    touch_drag(page, (0.5, 0.5), (0.6, 0.4))
    assert drawn(page)["zones"][0]["polygon"][1] == pytest.approx([0.6, 0.4], abs=0.02)


def test_hostile_names_of_scenes_are_only_names(site: Site, new_page: PageMaker) -> None:
    name = "<img src=x onerror=hacked=1>"
    site.deployed.put_scene("entrance", {**ENTRANCE, "name": name})
    page = opened(new_page(), site, "?id=entrance")
    expect(page.locator("#title")).to_have_text(name)
    page.goto(site.address)
    expect(page.locator("#scenes strong")).to_have_text(name)
    assert page.evaluate("typeof hacked") == "undefined"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/scenes"), ("PUT", "/api/scenes/entrance"), ("DELETE", "/api/scenes/entrance")],
)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-People-Pathing": "page", "Host": "evil.example"},
        {"X-People-Pathing": "page", "Origin": "http://evil.example"},
        {"X-People-Pathing": "page", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_other_pages_change_no_scene(site: Site, method: str, path: str, headers: dict[str, str]) -> None:
    site.deployed.put_scene("entrance", ENTRANCE)
    body = json.dumps({**ENTRANCE, "name": "taken", "prefix": "x/"}).encode()
    assert site.ask(method, path, headers, body)[0] == 403
    assert site.scenes() == ["scenes/entrance.json"]
    assert site.scene("entrance") == ENTRANCE


def test_other_hosts_read_no_scene(site: Site) -> None:
    for path in ("/scene", "/api/scenes", "/api/stills", "/still/" + "0" * 32):
        assert site.ask("GET", path, {"Host": "evil.example"})[0] == 403

"""The page of a scene over days, in a real browser, on answers that the pipeline stored."""

from __future__ import annotations

import csv
import http.client
import io
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine.video.still import scene_still
from reader.people_pathing_reader import Reader
from shared.still import write_still
from testing.clips import make_clip
from testing.pipeline_environment import EmbeddedPipeline, in_environment, shared_target
from testing.scripted_rekognition import Job, ScriptedTracking, serve
from tests.e2e.conftest import PageMaker
from tests.e2e.shop import SCENE, visitors
from tools.embedded.embedded_aws import EmbeddedAws
from tools.page.days.heat import HeatMaps
from tools.page.server import make_server
from tools.page.videos import Videos

BEFORE = ("2026-10-14T10-00-30", "2026-10-15T16-20-00", "2026-10-16T11-00-00")
NOW = (
    "2026-10-20T10-58-30",
    "2026-10-21T10-10-00",
    "2026-10-21T17-30-00",
    "2026-10-22T11-00-00",
    "2026-10-25T02-30-00",
    "2026-10-26T09-15-00",
)
"""When each video began; the clock is set back on the 25th, so that an hour comes twice."""

HALL = {
    **SCENE,
    "name": "Hall <b>1</b>",
    "prefix": "hall/",
    "keep": "counts",
    "zones": [{"name": "=1+1", "polygon": SCENE["zones"][0]["polygon"]}, SCENE["zones"][1]],  # type: ignore[index]
}
EMPTY = {**SCENE, "name": "Cellar", "prefix": "cellar/"}
MOST_MS = 60_000
"""That a busy machine may take for what is read from the table."""

PERIOD = "from=2026-10-20&to=2026-10-26"


@dataclass
class Site:
    """A served page, and the pipeline behind it."""

    deployed: EmbeddedPipeline
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def rows(self, table: str, scene: str, days: tuple[str, ...] = NOW) -> list[dict[str, Any]]:
        """Rows of the files that the pipeline wrote beside the items, of some videos' days."""
        wanted = {day[:10] for day in days}
        return [
            row
            for key, rows in self.deployed.answers_files(f"{table}/scene={scene}/").items()
            for row in rows
            if key.split("day=")[1][:10] in wanted
        ]

    def get(self, path: str, host: str = "") -> tuple[int, bytes, http.client.HTTPMessage]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={"Host": host or f"127.0.0.1:{self.port}"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body, answer.headers

    def csv(self, name: str, scene: str = "shop", more: str = "") -> list[dict[str, str]]:
        status, body, headers = self.get(f"/days/{name}.csv?scene={scene}&{PERIOD}{more}")
        assert status == 200
        assert headers["Content-Type"] == "text/csv; charset=utf-8"
        assert f"-{name}.csv" in headers["Content-Disposition"]
        return list(csv.DictReader(io.StringIO(body.decode())))

    def data(self, path: str) -> dict[str, Any]:
        """What the server makes, when it is made."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            status, body, _ = self.get(path)
            answer = json.loads(body)
            if status != 200 or "progress" not in answer:
                return answer
            time.sleep(0.05)
        raise AssertionError("It was never made.")


@pytest.fixture(scope="module")
def site(empty_aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    clip = make_clip(tmp_path_factory.mktemp("clips") / "shop.mp4", 20, 10, (640, 360))
    with clip.open("rb") as file:
        still = scene_still(file, 1_000)
    assert still
    with serve(ScriptedTracking()) as tracking, pytest.MonkeyPatch.context() as patch:
        made = EmbeddedPipeline(empty_aws.endpoint, tracking)
        work = f"{made.name}-work"
        made.s3.create_bucket(Bucket=work)
        made.environment["STILLS_BUCKET"] = work
        outputs = {"VideosBucket": made.videos, "ResultsBucket": made.results, "TracksTable": made.table}

        def finish(job: Job) -> None:
            write_still(made.s3, work, job.id, still)
            made.complete(job)

        tracking.after_start = finish
        server = make_server(Videos(shared_target(empty_aws.endpoint).with_outputs(outputs)))
        with in_environment(made, patch.setenv), server:
            for scene_id, document in (("shop", SCENE), ("hall", HALL), ("cellar", EMPTY)):
                made.put_scene(scene_id, document)
            for number, began in enumerate(BEFORE + NOW):
                collect(tracking, made, f"shop/{began}.mp4", number)
            for number, began in enumerate(NOW[:2]):
                collect(tracking, made, f"hall/{began}.mp4", number)
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            yield Site(made, server.server_port)
            server.shutdown()
            thread.join()


def collect(tracking: ScriptedTracking, pipeline: EmbeddedPipeline, key: str, seed: int) -> None:
    tracking.people = visitors(seed, 5 + seed % 4, 180)
    video = pipeline.upload(key)
    pipeline.run_until(lambda: pipeline.status(video) == "SUCCEEDED")


def opened(new_page: PageMaker, site: Site, query: str = f"scene=shop&{PERIOD}", **options: Any) -> Page:
    page = new_page(**options)
    page.goto(f"{site.address}/days?{query}")
    return page


def mapped(page: Page) -> None:
    """Waits for the last that the page shows."""
    expect(page.locator("#heat-map")).to_be_visible(timeout=MOST_MS)


def test_the_scenes_are_listed_and_one_is_opened(site: Site, new_page: PageMaker) -> None:
    page = new_page()
    page.goto(site.address)
    page.get_by_role("link", name="Over days scene Cellar").click()
    page.get_by_role("link", name="Scenes").click()
    links = page.locator("#scenes a")
    expect(links).to_have_text(["Cellar", "Hall <b>1</b>", "Shop"])
    links.nth(2).click()
    expect(page.locator("h1")).to_have_text("Shop over days")
    expect(page.locator("#about")).to_contain_text("Europe/Berlin")
    mapped(page)


def test_it_opens_with_the_last_seven_days_that_have_video(site: Site, new_page: PageMaker) -> None:
    page = opened(new_page, site, "scene=shop")
    mapped(page)
    assert (page.locator("#from").input_value(), page.locator("#to").input_value()) == (
        "2026-10-20",
        "2026-10-26",
    )
    expect(page.locator("#tiles")).to_contain_text("7 days")
    # The clock is set back in it: 169 hours, of which 7 have video.
    expect(page.locator("#tiles")).to_contain_text("162 of 169")


def test_its_figures_are_those_of_the_stored_answers(site: Site, new_page: PageMaker) -> None:
    page = opened(new_page, site)
    mapped(page)
    visits = site.rows("visits", "shop")
    for place, zone in enumerate(("till", "shelf")):
        of_zone = [visit for visit in visits if visit["zone"] == zone]
        cells = page.locator("#dwell tbody tr").nth(place).locator("td").all_text_contents()
        assert int(cells[0]) == len(of_zone) > 5
        assert int(cells[1]) == len({(visit["video_id"], visit["person"]) for visit in of_zone})
        assert sum(int(cell) for cell in cells[5:]) == len(of_zone)
    crossings = site.rows("crossings", "shop")
    ways = [crossing["direction"] for crossing in crossings]
    expect(page.locator("#line-bars figcaption")).to_contain_text(
        f"{ways.count('in')} in · {ways.count('out')} out"
    )
    steps = sum(
        row["steps"] for row in site.rows("flow", "shop") if row["origin"] == "shelf" != row["destination"]
    )
    row = page.locator("#flow tbody tr").nth(1)
    expect(row.locator("td").first).to_have_text(str(steps))


def test_hours_without_video_say_so(site: Site, new_page: PageMaker) -> None:
    page = opened(new_page, site)
    mapped(page)
    page.locator("#zones-card summary").click()
    rows = page.locator("#zone-hours tbody tr")
    expect(rows.first).to_have_text("Tue, Oct 20 00:00 to Tue, Oct 20 09:00no videono videono video")
    # One video over two hours, and the first of two that the clock calls 02:00.
    expect(rows.nth(1)).to_contain_text("Tue, Oct 20 10:002 min")
    expect(rows.filter(has_text="02:00 (+02:00)")).not_to_contain_text("no video")
    expect(rows.filter(has_text="02:00 (+01:00)")).to_contain_text("no video")
    assert "no video" in page.locator("#zone-bars svg").first.text_content()  # type: ignore[operator]


def test_two_periods_are_compared_by_the_hour_of_video(site: Site, new_page: PageMaker) -> None:
    page = opened(new_page, site)
    mapped(page)
    expect(page.locator("#comparison-days")).to_contain_text("other period: Tue, Oct 13 to Mon, Oct 19 2026")
    expect(page.locator("#cautions li").first).to_have_text(
        "0.30 hours of video against 0.15: compare what is an hour of video, not the counts."
    )
    row = page.locator("#comparison tbody tr").filter(has_text="in per hour of video")
    (now, before) = (
        [each["direction"] for each in site.rows("crossings", "shop", days)].count("in")
        for days in (NOW, BEFORE)
    )
    rates = now / 0.3, before / 0.15
    shown = row.locator("td").all_text_contents()
    assert [float(cell) for cell in shown[:2]] == pytest.approx(rates, abs=0.6)
    assert shown[3].strip("+−") == f"{abs(100 * (rates[0] / rates[1] - 1)):.0f} %"


def test_other_days_are_compared_and_the_address_keeps_them(site: Site, new_page: PageMaker) -> None:
    page = opened(new_page, site)
    mapped(page)
    page.locator("#with").select_option("dates")
    page.locator("#with-from").fill("2026-10-14")
    page.locator("#with-to").fill("2026-10-14")
    page.locator("#show").click()
    expect(page.locator("#comparison-days")).to_contain_text("other period: Wed, Oct 14", timeout=MOST_MS)
    assert "with=dates&with_from=2026-10-14&with_to=2026-10-14" in page.url
    page.reload()
    expect(page.locator("#comparison-days")).to_contain_text("other period: Wed, Oct 14", timeout=MOST_MS)
    page.locator("#with").select_option("")
    mapped(page)
    expect(page.locator("#comparison-card")).to_be_hidden()


def test_the_heat_map_is_of_all_videos_over_the_still(site: Site, new_page: PageMaker) -> None:
    page = opened(new_page, site)
    mapped(page)
    people = sum(5 + seed % 4 for seed in range(len(BEFORE), len(BEFORE + NOW)))
    expect(page.locator("#heat-about")).to_have_text(f"{people} paths of 6 videos")
    assert page.evaluate("document.getElementById('still').naturalWidth") == 640
    drawn = page.evaluate(
        """() => { const heat = document.getElementById("heat");
        return heat.getContext("2d").getImageData(0, 0, heat.width, heat.height).data
            .filter((value, place) => place % 4 === 3 && value > 40).length }"""
    )
    assert drawn > 1000
    assert str(page.locator("#heat").get_attribute("aria-label")).startswith(
        "Where people stood: most of all"
    )


def test_the_heat_map_holds_the_time_that_people_were_seen(site: Site) -> None:
    heat = site.data(f"/api/days/heat?scene=shop&{PERIOD}")
    seen = sum(
        float(item["SecondsSeen"])
        for row in {row["video_id"] for row in site.rows("visits", "shop")}
        for item in people_items(site, row)
    )
    assert sum(heat["cells"]) / 1000 == pytest.approx(seen, rel=0.02)


def unheard(done: int, of: int) -> None:
    """Progress that nobody waits for."""


def test_of_more_paths_than_a_map_may_have_some_videos_are_left_out(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    maps = HeatMaps(Reader(site.deployed.table, site.deployed.dynamodb))
    ids = sorted({row["video_id"] for row in site.rows("zone_hours", "shop")})
    whole = maps.heat(ids, unheard)
    assert (whole.videos, whole.left_out) == (6, 0)
    monkeypatch.setattr("tools.page.days.heat.MOST_PATHS", 14)
    part = maps.heat(ids, unheard)
    assert 0 < part.paths <= 14
    assert part.videos + part.left_out == 6


def test_videos_that_keep_counts_only_have_no_paths_for_a_map(site: Site) -> None:
    maps = HeatMaps(Reader(site.deployed.table, site.deployed.dynamodb))
    ids = sorted({row["video_id"] for row in site.rows("zone_hours", "hall", NOW[:2])})
    heat = maps.heat(ids, unheard)
    assert (heat.paths, heat.videos, heat.without_paths) == (0, 2, 2)
    assert sum(heat.cells) == 0


def people_items(site: Site, video_id: str) -> list[dict[str, Any]]:
    found = site.deployed.dynamodb.query(
        TableName=site.deployed.table,
        KeyConditionExpression="PK = :video AND begins_with(SK, :person)",
        ExpressionAttributeValues={":video": {"S": f"VIDEO#{video_id}"}, ":person": {"S": "PERSON#"}},
    )
    return [{"SecondsSeen": item["SecondsSeen"]["N"]} for item in found["Items"]]


def test_a_scene_that_keeps_counts_only_has_no_heat_map_and_says_so(site: Site, new_page: PageMaker) -> None:
    page = opened(new_page, site, f"scene=hall&{PERIOD}")
    expect(page.locator("#heat-none")).to_contain_text("keeps counts only", timeout=MOST_MS)
    expect(page.locator("h1")).to_have_text("Hall <b>1</b> over days")
    expect(page.locator("#dwell-note")).to_contain_text("No visit is known by itself")
    cells = page.locator("#dwell tbody tr").first.locator("td").all_text_contents()
    hours = [row for row in site.rows("zone_hours", "hall", NOW[:2]) if row["zone"] == "=1+1"]
    assert cells[:4] == [str(sum(row["visits"] for row in hours)), "–", "–", "–"]
    steps = sum(row["steps"] for row in site.rows("flow", "hall", NOW[:2]))
    shown = [int(cell) for cell in page.locator("#flow tbody td").all_text_contents()]
    assert sum(shown) == steps > 0


def test_files_have_every_hour_and_names_that_are_no_formulas(site: Site, new_page: PageMaker) -> None:
    page = opened(new_page, site)
    mapped(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Zones by hour (CSV)").click()
    assert download.value.suggested_filename == "shop-2026-10-20-to-2026-10-26-zones-by-hour.csv"
    rows = site.csv("zones-by-hour")
    assert len(rows) == 2 * 169
    assert sum(row["paths"] == "no video" for row in rows) == 2 * 162
    assert {row["zone"] for row in site.csv("dwell", "hall")} == {"'=1+1", "shelf"}
    compared = site.csv("comparison", more="&with_from=2026-10-13&with_to=2026-10-19")
    assert compared[0]["figure"] == "hours of video"


def test_a_scene_without_videos_says_so(site: Site, new_page: PageMaker) -> None:
    page = opened(new_page, site, "scene=cellar")
    expect(page.locator("#status")).to_have_text("No video of this scene is answered yet.", timeout=MOST_MS)


def test_a_day_that_is_left_empty_is_asked_for_again(site: Site, new_page: PageMaker) -> None:
    page = opened(new_page, site)
    mapped(page)
    page.locator("#from").fill("")
    page.locator("#with").select_option("")
    assert page.evaluate("document.activeElement.id") == "from"
    page.get_by_role("button", name="Last day").click()
    expect(page.locator("#tiles")).to_contain_text("1 day", timeout=MOST_MS)


def test_a_period_without_video_says_so(site: Site, new_page: PageMaker) -> None:
    page = opened(new_page, site, "scene=shop&from=2026-01-01&to=2026-01-02")
    expect(page.locator("#status")).to_have_text("No video in this period.", timeout=MOST_MS)
    expect(page.locator("#heat-card")).to_be_hidden()


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("scene=nowhere&from=2026-10-20&to=2026-10-26", "There is no such scene: see the list of scenes."),
        ("scene=../x&from=2026-10-20&to=2026-10-26", "There is no such scene: see the list of scenes."),
        ("scene=shop&from=2026-10-20&to=x", "x is no day: give one as 2026-11-20."),
        (
            "scene=shop&from=2026-10-20&to=2026-10-19",
            "The period ends (2026-10-19) before it begins (2026-10-20).",
        ),
    ],
)
def test_what_cannot_be_shown_is_said_in_one_line(site: Site, query: str, reason: str) -> None:
    status, body, _ = site.get(f"/api/days/figures?{query}")
    assert (status, json.loads(body)) == (422, {"error": reason})


def test_other_hosts_are_refused_and_scripts_come_from_this_page_alone(site: Site) -> None:
    assert site.get("/days", host="example.org")[0] == 403
    status, _, headers = site.get("/days")
    assert status == 200
    assert "default-src 'none'; script-src 'self'" in headers["Content-Security-Policy"]


def test_it_can_be_used_by_keyboard(site: Site, new_page: PageMaker) -> None:
    page = opened(new_page, site)
    mapped(page)
    page.locator("#from").focus()
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    assert {"with", "show", "comparison", "dwell", "flow", "As a table", "7 days"} <= reached


def test_charts_have_words_and_tables(site: Site, new_page: PageMaker) -> None:
    page = opened(new_page, site)
    mapped(page)
    for chart in page.locator("svg[role=img]").all():
        assert "over time" in str(chart.get_attribute("aria-label"))
    for table in page.locator("table").all():
        assert table.locator("caption").text_content()
        assert table.locator("tbody th[scope^=row]").count() == table.locator("tbody tr").count()


@pytest.mark.parametrize(
    ("name", "width", "scheme"), [("light", 1280, "light"), ("dark", 1280, "dark"), ("phone", 390, "light")]
)
def test_nothing_is_wider_than_the_window(
    site: Site, new_page: PageMaker, pictures: Path, name: str, width: int, scheme: str
) -> None:
    page = opened(new_page, site, width=width, color_scheme=scheme)
    mapped(page)
    page.screenshot(path=pictures / f"days-{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width

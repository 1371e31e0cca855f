"""The page for dropping videos, in a real browser, on a pipeline whose tracking follows the test."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pipeline.video import Video
from testing.clips import make_clip
from testing.pipeline_environment import EmbeddedPipeline, in_environment, shared_target
from testing.scripted_rekognition import People, ScriptedTracking, serve
from tests.e2e.conftest import PageMaker
from tools.embedded.embedded_aws import EmbeddedAws
from tools.page.server import make_server
from tools.page.videos import Videos


@dataclass
class Site:
    """A served page, and the pipeline behind it."""

    deployed: EmbeddedPipeline
    tracking: ScriptedTracking
    jobs: str
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stage(self, job: str, stage: str, done: list[int] | None = None, total: int = 4) -> None:
        """The engine's own item of a job."""
        item: dict[str, Any] = {"PK": {"S": f"JOB#{job}"}, "Stage": {"S": stage}}
        item["SegmentsTotal"] = {"N": str(total)}
        if done:
            item["SegmentsDone"] = {"NS": [str(each) for each in done]}
        self.deployed.dynamodb.put_item(TableName=self.jobs, Item=item)

    def failed(self, key: str, reason: str = "The file has no video stream.") -> Video:
        """A video that was uploaded and whose tracking has failed."""
        jobs = len(self.tracking.jobs)
        video = self.deployed.upload(key)
        self.deployed.run_until(lambda: len(self.tracking.jobs) > jobs)
        self.fail(video, reason)
        return video

    def fail(self, video: Video, reason: str) -> None:
        self.deployed.complete(self.deployed.job_of(video), "FAILED", reason)
        self.deployed.run_until(lambda: self.deployed.status(video) == "FAILED")

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b""
    ) -> tuple[int, dict[str, Any]]:
        """One request as any program may send it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.putrequest(method, path, skip_host=True)
        for name, value in {"Host": f"127.0.0.1:{self.port}", **headers}.items():
            connection.putheader(name, value)
        if body or method == "POST":
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        read = answer.read()
        connection.close()
        return answer.status, json.loads(read) if answer.getheader(
            "Content-Type"
        ) == "application/json" else {}


@pytest.fixture
def site(empty_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with serve(ScriptedTracking(people=People(4, 150))) as tracking:
        made = EmbeddedPipeline(empty_aws.endpoint, tracking)
        jobs, work = f"{made.name}-jobs", f"{made.name}-work"
        made.s3.create_bucket(Bucket=work)
        made.dynamodb.create_table(
            TableName=jobs,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        )
        outputs = {
            "VideosBucket": made.videos,
            "ResultsBucket": made.results,
            "TracksTable": made.table,
            "JobsTable": jobs,
            "WorkBucket": work,
            "UploadQueue": made.upload_queue,
            "UploadDeadLetters": made.upload_dead_letter_queue,
        }
        server = make_server(Videos(shared_target(empty_aws.endpoint).with_outputs(outputs)))
        with in_environment(made, monkeypatch.setenv), server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            yield Site(made, tracking, jobs, server.server_port)
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(
        tmp_path_factory.mktemp("clips") / "entrance.mp4", 100, 10, (320, 180), movflags="faststart"
    )


def row(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.locator("#videos > li").filter(has_text=name)


def test_a_video_is_dropped_watched_and_its_report_looked_at(
    site: Site, clip: Path, new_page: PageMaker, pictures: Path
) -> None:
    page = new_page(width=1100, height=760)
    page.goto(site.address)
    expect(page.locator("#none")).to_have_text("No videos yet. The first one you drop appears here.")
    page.screenshot(path=pictures / "page-empty.png")

    page.locator("#files").set_input_files(clip)
    stage = row(page, "entrance.mp4").locator(".stage")
    expect(stage).to_have_text("Queued")

    site.deployed.run_until(lambda: len(site.tracking.jobs) == 1)
    (job,) = site.tracking.jobs.values()
    expect(stage).to_have_text("Reading the video")
    site.stage(job.id, "DETECTING")
    expect(stage).to_have_text("Detecting people, 0 %")
    site.stage(job.id, "DETECTING", [0, 1, 2])
    expect(stage).to_have_text("Detecting people, 75 %")
    expect(row(page, "entrance.mp4").locator("progress")).to_have_attribute("value", "75")
    page.screenshot(path=pictures / "page-detecting.png")
    site.stage(job.id, "LINKING", [0, 1, 2, 3])
    expect(stage).to_have_text("Linking paths")
    site.stage(job.id, "DONE", [0, 1, 2, 3])
    expect(stage).to_have_text("Collecting tracks")
    site.deployed.complete(job)
    site.deployed.run_until(lambda: not site.deployed.waiting(site.deployed.collect_queue))
    expect(stage).to_have_text("4 people")
    expect(page.locator("#status")).to_have_text("entrance.mp4: 4 people found.")

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open report of entrance.mp4").click()
    report = opened.value
    expect(report.locator("#people tbody tr")).to_have_count(4)
    expect(report.locator("#video")).to_be_visible()
    expect(report.locator("#status")).to_have_text("Playing entrance.mp4 under the boxes.")
    report.evaluate("seek(5000)")
    expect(report.locator("#inview")).to_have_text("In view at 0:05: 0, 1, 2, 3")
    report.close()


def test_failures_say_why_whoever_found_them(
    site: Site, clip: Path, tmp_path: Path, new_page: PageMaker, pictures: Path
) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "notes.txt").write_text("no video")
    page = new_page(width=1100, height=760)
    page.goto(site.address)
    page.locator("#files").set_input_files(clip)
    expect(row(page, "entrance.mp4").locator(".stage")).to_have_text("Queued")
    site.deployed.run_until(lambda: len(site.tracking.jobs) == 1)
    (job,) = site.tracking.jobs.values()
    site.deployed.complete(job, "FAILED", "Unsupported codec/format. The file has no video stream.")
    site.deployed.run_until(lambda: not site.deployed.waiting(site.deployed.collect_queue))
    expect(row(page, "entrance.mp4").locator(".stage")).to_have_text(
        "Unsupported codec/format. The file has no video stream."
    )
    expect(row(page, "entrance.mp4").locator("a")).to_have_count(0)
    page.screenshot(path=pictures / "page-failed.png")


def test_a_failed_video_is_tracked_again_from_its_row(
    site: Site, new_page: PageMaker, pictures: Path
) -> None:
    video = site.failed("entrance.mp4")
    page = new_page(width=1100, height=760)
    page.goto(site.address)
    stage = row(page, "entrance.mp4").locator(".stage")
    expect(stage).to_have_text("The file has no video stream.")
    page.screenshot(path=pictures / "page-retry.png")
    page.get_by_role("button", name="Retry entrance.mp4").click()
    expect(page.locator("#status")).to_have_text("entrance.mp4 is sent again.")
    expect(stage).to_have_text("Queued")
    expect(row(page, "entrance.mp4").get_by_role("button")).to_have_count(0)

    site.deployed.run_until(lambda: len(site.deployed.jobs_of(video)) == 2)
    expect(stage).to_have_text("Reading the video")
    site.fail(video, "It failed a second time.")
    expect(stage).to_have_text("It failed a second time.")
    page.get_by_role("button", name="Retry entrance.mp4").click()
    site.deployed.run_until(lambda: len(site.deployed.jobs_of(video)) == 3)
    site.deployed.complete(site.deployed.job_of(video))
    site.deployed.run_until(lambda: site.deployed.status(video) == "SUCCEEDED")
    expect(stage).to_have_text("4 people")


def test_a_failed_video_is_removed_once_that_is_confirmed(
    site: Site, new_page: PageMaker, pictures: Path
) -> None:
    """And no other video of the same name."""
    failed = site.failed("entrance.mp4")
    good = site.deployed.upload("entrance.mp4")
    site.deployed.run_until(lambda: len(site.tracking.jobs) == 2)
    site.deployed.complete(site.deployed.job_of(good))
    site.deployed.run_until(lambda: site.deployed.status(good) == "SUCCEEDED")
    page = new_page(width=1100, height=760)
    page.goto(site.address)
    remove = page.get_by_role("button", name="Remove entrance.mp4")
    question = page.get_by_role("dialog", name="Remove entrance.mp4?")

    remove.click()
    page.screenshot(path=pictures / "page-remove.png")
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    remove.click()
    question.get_by_role("button", name="Keep it").click()
    assert site.deployed.status(failed) == "FAILED"

    remove.click()
    question.get_by_role("button", name="Remove").click()
    expect(row(page, "entrance.mp4").nth(1).locator(".stage")).to_have_text("Removing…")
    expect(page.locator("#status")).to_have_text("entrance.mp4 is removed.", timeout=30_000)
    expect(page.locator("#videos > li .stage")).to_have_text(["4 people"])
    assert site.deployed.meta(failed) is None
    assert site.deployed.status(good) == "SUCCEEDED"
    stored = site.deployed.s3.list_object_versions(Bucket=site.deployed.videos)["Versions"]
    assert [each["VersionId"] for each in stored] == [good.version]


def test_a_failed_video_that_is_no_longer_stored_cannot_be_sent_again(
    site: Site, new_page: PageMaker
) -> None:
    video = site.failed("entrance.mp4")
    site.deployed.s3.delete_object(Bucket=video.bucket, Key=video.key, VersionId=video.version)
    status, answer = site.ask("POST", f"/api/videos/{video.id}/retry", {"X-People-Pathing": "page"})
    assert (status, answer) == (422, {"error": "The video is no longer in the bucket: drop it again."})
    assert site.deployed.status(video) == "FAILED"


def test_only_failed_videos_are_sent_again_or_removed(site: Site) -> None:
    video = site.deployed.upload("entrance.mp4")
    site.deployed.run_until(lambda: len(site.tracking.jobs) == 1)
    for method, path in (("POST", f"/api/videos/{video.id}/retry"), ("DELETE", f"/api/videos/{video.id}")):
        status, answer = site.ask(method, path, {"X-People-Pathing": "page"})
        assert (status, answer) == (
            422,
            {"error": "The video has not failed: there is nothing to retry or remove."},
        )
        status, answer = site.ask(method, path.replace(video.id, "0" * 32), {"X-People-Pathing": "page"})
        assert (status, answer) == (422, {"error": "There is no such video."})
        assert site.ask(method, path, {})[0] == 403
        assert site.ask(method, path, {"X-People-Pathing": "page", "Host": "evil.example"})[0] == 403
    assert site.deployed.status(video) == "IN_PROGRESS"
    assert site.ask("DELETE", "/api/videos/x", {"X-People-Pathing": "page"})[0] == 404


def test_a_refused_change_is_said_and_the_row_stays(site: Site, new_page: PageMaker) -> None:
    site.failed("entrance.mp4")
    page = new_page()
    # Not by the network: the console tells of every answer like that, and fails the test.
    page.add_init_script(
        """const real = fetch;
        window.fetch = (path, ...rest) => path.endsWith("/retry")
          ? Promise.resolve(new Response('{"error": "It cannot be done."}', { status: 422 }))
          : real(path, ...rest);"""
    )
    page.goto(site.address)
    page.get_by_role("button", name="Retry entrance.mp4").click()
    expect(page.locator("#status")).to_have_text("entrance.mp4: It cannot be done.")
    expect(page.get_by_role("button", name="Retry entrance.mp4")).to_be_visible()


def test_an_upload_that_broke_off_is_sent_again_from_its_row(site: Site, new_page: PageMaker) -> None:
    page = new_page()
    page.add_init_script(
        """const send = XMLHttpRequest.prototype.send; window.broken = true;
        XMLHttpRequest.prototype.send = function (body) {
          if (window.broken) setTimeout(() => this.onerror()); else send.call(this, body);
        };"""
    )
    page.goto(site.address)
    page.evaluate("upload(new File(['video'], 'entrance.mp4'))")
    expect(row(page, "entrance.mp4").locator(".stage")).to_have_text("The upload broke off.")
    page.evaluate("window.broken = false")
    page.get_by_role("button", name="Retry entrance.mp4").click()
    expect(row(page, "entrance.mp4").locator(".stage")).to_have_text("Queued")
    expect(page.locator("#videos > li")).to_have_count(1)


def test_what_is_no_video_is_not_even_sent_and_can_be_dismissed(
    site: Site, tmp_path: Path, new_page: PageMaker, pictures: Path
) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "notes.txt").write_text("no video")
    page = new_page(width=1100, height=760)
    page.goto(site.address)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.locator("#files").set_input_files([tmp_path / "empty.mp4", tmp_path / "notes.txt"])
    expect(row(page, "empty.mp4").locator(".stage")).to_have_text("The file is empty.")
    expect(row(page, "notes.txt").locator(".stage")).to_have_text(
        "notes.txt is no video: the pipeline takes .mp4, .mov, .avi."
    )
    page.screenshot(path=pictures / "page-refused.png")
    page.get_by_role("button", name="Dismiss notes.txt").click()
    page.get_by_role("button", name="Dismiss empty.mp4").click()
    expect(page.locator("#videos > li")).to_have_count(0)
    assert "POST" not in sent


def test_a_name_with_control_characters_is_not_even_sent(site: Site, new_page: PageMaker) -> None:
    page = new_page()
    page.goto(site.address)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.evaluate("upload(new File(['x'], 'a\\u0000b.mp4'))")
    expect(page.locator("#videos > li .stage")).to_have_text(
        "The name has a control character (U+0000) in it; rename the file."
    )
    assert "POST" not in sent


def test_leaving_while_a_video_is_uploaded_is_asked_about(
    site: Site, clip: Path, new_page: PageMaker
) -> None:
    page = new_page()
    page.goto(site.address)
    asked = """() => {
      const event = new Event('beforeunload', { cancelable: true });
      dispatchEvent(event);
      return event.defaultPrevented;
    }"""
    assert not page.evaluate(asked)
    page.locator("#files").set_input_files(clip)
    expect(row(page, "entrance.mp4").locator(".stage")).to_have_text("Queued")
    assert not page.evaluate(asked)
    page.evaluate("uploads.set('x', { id: 'x', key: 'slow.mp4', stage: 'uploading', percent: 1 })")
    assert page.evaluate(asked)


def test_a_complaint_goes_when_the_stack_answers_again(site: Site, new_page: PageMaker) -> None:
    page = new_page()
    answer = json.dumps({"error": "The stack does not answer."})
    # Not by the network: the console tells of every answer like that, and fails the test.
    page.add_init_script(
        f"""const real = fetch; window.broken = true;
        window.fetch = (...all) => window.broken
          ? Promise.resolve(new Response({json.dumps(answer)}, {{ status: 502 }})) : real(...all);"""
    )
    page.goto(site.address)
    expect(page.locator("#status")).to_have_text("The stack does not answer.")
    page.evaluate("window.broken = false")
    expect(page.locator("#none")).to_be_visible()
    expect(page.locator("#status")).to_have_text("")


def test_an_avi_has_a_report_that_does_not_try_to_play_it(site: Site, new_page: PageMaker) -> None:
    video = site.deployed.upload("entrance.avi")
    site.deployed.run_until(lambda: len(site.tracking.jobs) == 1)
    (job,) = site.tracking.jobs.values()
    site.deployed.complete(job)
    site.deployed.run_until(lambda: not site.deployed.waiting(site.deployed.collect_queue))
    page = new_page()
    page.goto(site.address)
    expect(row(page, "entrance.avi").locator("a")).to_have_attribute("href", f"/report/{video.id}")


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("empty.mp4", b"", "The file is empty."),
        ("notes.txt", b"x", "notes.txt is no video: the pipeline takes .mp4, .mov, .avi."),
        ("a" * 1100 + ".mp4", b"x", "The name is longer than the 1,024 bytes S3 allows; rename the file."),
        ("a%00b.mp4", b"x", "The name has a control character (U+0000) in it; rename the file."),
        ("a%0Ab.mp4", b"x", "The name has a control character (U+000A) in it; rename the file."),
        ("a%C2%85b.mp4", b"x", "The name has a control character (U+0085) in it; rename the file."),
    ],
)
def test_what_is_no_video_is_refused_at_once(site: Site, name: str, body: bytes, reason: str) -> None:
    path = f"/api/videos?name={name}"
    status, answer = site.ask("POST", path, {"X-People-Pathing": "page"}, body)
    assert (status, answer) == (422, {"error": reason})
    assert site.deployed.s3.list_objects_v2(Bucket=site.deployed.videos)["KeyCount"] == 0


def test_the_list_is_searched_by_words(site: Site, new_page: PageMaker) -> None:
    for key in ("site-1/entrance north.mp4", "site-2/entrance.mp4", "car park.mp4"):
        site.deployed.upload(key)
    site.deployed.run_until(lambda: len(site.tracking.jobs) == 3)
    page = new_page()
    page.goto(site.address)
    shown = page.locator("#videos > li strong")
    expect(shown).to_have_count(3)
    page.locator("#search").fill("entrance site-1")
    expect(shown).to_have_text(["entrance north.mp4"])
    page.locator("#search").fill("nowhere")
    expect(page.locator("#none")).to_have_text("No video has a name like that.")
    page.locator("#search").fill("")
    expect(shown).to_have_count(3)


def test_hostile_names_are_only_names(site: Site, new_page: PageMaker) -> None:
    name = "<img src=x onerror=hacked=1>\u2028'\".mp4"
    site.deployed.upload(name)
    site.deployed.run_until(lambda: len(site.tracking.jobs) == 1)
    page = new_page()
    page.goto(site.address)
    expect(page.locator("#videos strong")).to_have_count(1)
    assert page.evaluate("document.querySelector('#videos strong').textContent") == name
    assert page.evaluate("typeof hacked") == "undefined"


def test_marks_that_turn_the_reading_direction_are_shown(site: Site, new_page: PageMaker) -> None:
    site.deployed.upload("\u202egnp.mp4")
    site.deployed.run_until(lambda: len(site.tracking.jobs) == 1)
    page = new_page()
    page.goto(site.address)
    expect(page.locator("#videos strong")).to_have_text("⟨U+202E⟩gnp.mp4")


def test_on_a_phone_nothing_is_wider_than_the_screen(site: Site, new_page: PageMaker, pictures: Path) -> None:
    site.failed("a-name-without-any-place-to-break-it-" * 4 + ".mp4")
    page = new_page(width=375, height=720, device_scale_factor=2, is_mobile=True, color_scheme="dark")
    page.goto(site.address)
    expect(page.locator("#videos > li")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    page.screenshot(path=pictures / "page-phone.png")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "127.0.0.1", "[::1]"])
def test_other_hosts_are_refused(site: Site, host: str) -> None:
    for method, path in (("GET", "/"), ("GET", "/api/videos"), ("POST", "/api/videos?name=a.mp4")):
        status, _ = site.ask(method, path, {"Host": host, "X-People-Pathing": "page"})
        assert status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-People-Pathing": "page", "Origin": "http://evil.example"},
        {"X-People-Pathing": "page", "Origin": "null"},
        {"X-People-Pathing": "page", "Sec-Fetch-Site": "cross-site"},
        {"X-People-Pathing": "page", "Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_pages_upload_nothing(site: Site, headers: dict[str, str]) -> None:
    status, answer = site.ask("POST", "/api/videos?name=a.mp4", headers, b"video")
    assert (status, answer) == (403, {"error": "Videos and scenes are changed from this page only."})
    assert site.deployed.s3.list_objects_v2(Bucket=site.deployed.videos)["KeyCount"] == 0


def test_an_upload_cut_short_is_no_video(site: Site) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    connection.putrequest("POST", "/api/videos?name=a.mp4")
    connection.putheader("X-People-Pathing", "page")
    connection.putheader("Content-Length", "1000000")
    connection.endheaders(b"x" * 1000)
    connection.close()
    status, _ = site.ask("POST", "/api/videos?name=b.mp4", {"X-People-Pathing": "page"}, b"whole")
    assert status == 200
    listed = site.deployed.s3.list_objects_v2(Bucket=site.deployed.videos).get("Contents", [])
    assert [each["Key"] for each in listed] == ["b.mp4"]


def test_only_loopback_listens(site: Site) -> None:
    status, _ = site.ask("GET", "/api/videos", {})
    assert status == 200
    with pytest.raises(OSError, match=r"refused|unreachable"):
        http.client.HTTPConnection("127.0.0.2", site.port, timeout=5).connect()


@pytest.mark.parametrize(
    ("name", "kind"), [("a.mp4", "video/mp4"), ("a.MOV", "video/mp4"), ("a.avi", "video/x-msvideo")]
)
def test_a_range_of_a_video_is_served_for_seeking(site: Site, name: str, kind: str) -> None:
    video = site.deployed.upload(name, b"0123456789")
    site.deployed.run_until(lambda: len(site.tracking.jobs) == 1)
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    connection.request("GET", f"/video/{video.id}", headers={"Range": "bytes=2-5"})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Content-Range"), answer.read()) == (206, "bytes 2-5/10", b"2345")
    assert answer.getheader("Content-Type") == kind
    connection.close()


@pytest.mark.parametrize(
    "path", ["/report/" + "0" * 32, "/video/" + "0" * 32, "/../up.py", "/report/x", "/page.py"]
)
def test_what_is_not_there_is_not_found(site: Site, path: str) -> None:
    assert site.ask("GET", path, {})[0] == 404

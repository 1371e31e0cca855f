"""What is dropped in the bucket comes out as people, as nobody, or with one clear line on what is wrong."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from testing.clips import make_clip, make_sound
from tests.e2e.street import cut_street
from tools.commands.drop import Found, drop
from tools.errors import ToolError
from tools.progress import Progress
from tools.target import Target

# Whole stacks start here: minutes on a busy machine.
pytestmark = pytest.mark.timeout(900)

ODD_NAME = "Café + Straße 100% 'très' & #1 😀.MOV"

REASONS = {
    "empty.mp4": r"The file is empty \(0 bytes\)\.",
    "text.mp4": r"Unsupported codec/format\. .+",
    "sound.mp4": r"Unsupported codec/format\. The file holds sound and no video\.",
    "truncated.mp4": r"The video is truncated or damaged: .+",
    "codec.mp4": r"Unsupported codec/format\. .+",
}


@dataclass(frozen=True)
class Outcomes:
    """What each dropped file came to, by name: what was found, or the message."""

    target: Target
    found: dict[str, Found]
    errors: dict[str, str]


@pytest.fixture(scope="module")
def outcomes(stack: Target, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """All files dropped, three at a time."""
    found: dict[str, Found] = {}
    errors: dict[str, str] = {}

    def drop_one(video: Path) -> None:
        try:
            found[video.name] = drop(stack, video, Progress())
        except ToolError as error:
            errors[video.name] = str(error)

    videos = make_videos(tmp_path_factory.mktemp("videos"))
    with ThreadPoolExecutor(3) as everyone:
        list(everyone.map(drop_one, videos))
    return Outcomes(stack, found, errors)


def make_videos(folder: Path) -> list[Path]:
    whole = make_clip(folder / "whole.mp4", 50).read_bytes()
    (folder / "whole.mp4").unlink()
    (folder / "empty.mp4").touch()
    (folder / "text.mp4").write_text("This is no video.\n" * 100)
    make_sound(folder / "sound.mp4")
    (folder / "truncated.mp4").write_bytes(whole[: len(whole) // 2])
    (folder / "codec.mp4").write_bytes(whole.replace(b"avc1", b"none"))
    make_clip(folder / "nobody.avi", 50)
    make_clip(folder / ODD_NAME, 25)
    cut_street(folder / "street.mp4", 6)
    return sorted(folder.iterdir())


def meta_of(outcomes: Outcomes, name: str) -> dict[str, object]:
    table = outcomes.target.resource("dynamodb").Table(outcomes.target.output("TracksTable"))
    items = table.scan(FilterExpression="SK = :meta", ExpressionAttributeValues={":meta": "META"})["Items"]
    [meta] = [item for item in items if item["Key"] == name]
    return dict(meta)


@pytest.mark.parametrize("name", REASONS)
def test_a_bad_file_fails_with_one_clear_line(outcomes: Outcomes, name: str) -> None:
    meta = meta_of(outcomes, name)
    assert meta["Status"] == "FAILED"
    assert re.fullmatch(REASONS[name], str(meta["StatusMessage"]))
    assert outcomes.errors[name] == f"{name}: {meta['StatusMessage']}"


def test_a_video_of_nobody_succeeds_with_zero_people(outcomes: Outcomes) -> None:
    assert outcomes.found["nobody.avi"].meta["PeopleCount"] == 0
    assert outcomes.found["nobody.avi"].people == []


def test_an_odd_name_goes_all_the_way(outcomes: Outcomes) -> None:
    assert outcomes.found[ODD_NAME].meta["Status"] == "SUCCEEDED"
    assert outcomes.found[ODD_NAME].meta["Key"] == ODD_NAME


def test_the_people_of_a_street_are_in_the_table_and_in_the_results_bucket(outcomes: Outcomes) -> None:
    found = outcomes.found["street.mp4"]
    assert 4 <= found.meta["PeopleCount"] <= 12
    assert [int(person["Index"]) for person in found.people] == list(range(int(found.meta["PeopleCount"])))
    s3 = outcomes.target.client("s3")
    bucket = outcomes.target.output("ResultsBucket")
    for person in found.people:
        assert 0 <= person["FirstMillis"] <= person["LastMillis"] < 6000
        track = json.loads(s3.get_object(Bucket=bucket, Key=person["TrackKey"])["Body"].read())
        assert json.dumps(track).count('"Timestamp"') == person["Points"]
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=found.meta["ResultsPrefix"])["Contents"]
    assert any(item["Key"].endswith("manifest.json") for item in listed)

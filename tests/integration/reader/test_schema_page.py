"""docs/schema.md names what the pipeline writes, and the pipeline writes what it names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.integration.reader.conftest import Written

PAGE = (Path(__file__).parents[3] / "docs" / "schema.md").read_text()


def documented(heading: str) -> set[str]:
    """Attributes in the first column of the table under a heading."""
    section = PAGE.partition(f"### {heading}")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_a_finished_meta_has_every_documented_attribute_but_those_of_faults(written: Written) -> None:
    meta = written.deployed.meta(written.video)
    failed = written.deployed.meta(written.failed)
    assert meta
    assert failed
    assert documented("`META`") - set(meta) == {
        "StatusMessage",
        "AutomaticRetries",
        "NotBefore",
        "RecordedAt",
        "Answers",
        "PathsDropped",
    }
    assert "StatusMessage" in failed
    answered = written.deployed.meta(written.shop)
    assert answered
    assert "Answers" in answered


def test_a_person_has_every_documented_attribute(written: Written) -> None:
    (person, *_) = written.deployed.items(written.video, "PERSON#")
    assert documented("`PERSON#") <= set(person)


@pytest.mark.parametrize("prefix", ["VISIT#", "CROSSING#", "ZONE#", "LINE#"])
def test_an_answer_has_every_documented_attribute_and_its_schema_version(
    written: Written, prefix: str
) -> None:
    (item, *_) = written.deployed.items(written.shop, prefix)
    assert documented(f"`{prefix}")
    assert documented(f"`{prefix}") | documented("Every item of an answer") <= set(item)
    assert item["SchemaVersion"] == 1


@pytest.mark.parametrize("prefix", ["META", "PERSON#", "PATH#", "TIME#"])
def test_every_item_says_its_schema_version(written: Written, prefix: str) -> None:
    items = written.deployed.items(written.video, prefix)
    assert items
    assert {item.get("SchemaVersion") for item in items} == {1}


def test_the_folder_holds_the_documented_objects(written: Written) -> None:
    rows = re.findall(r"^\| `([\w./<>, ]+)` \|", PAGE.partition("## The results bucket")[2], re.MULTILINE)
    names = {re.sub(r"<.*?>", "00000", row) for row in rows}
    assert names <= set(written.deployed.objects(written.video))


def test_the_events_have_the_documented_details(written: Written) -> None:
    example = json.loads(re.findall(r"```json\n(\{\n.*?)```", PAGE, re.DOTALL)[0])
    announced = written.deployed.announcements()
    events = {
        event["detail-type"]: event["detail"]
        for event in announced
        if event["detail"]["VideoId"] in (written.shop.id, written.failed.id)
    }
    assert set(events["Person Tracks Ready"]) == set(example)
    assert set(events["Person Tracks Ready"]["Answers"]) == set(example["Answers"])
    for kind in ("Zones", "Lines"):
        assert set(events["Person Tracks Ready"]["Answers"][kind][0]) == set(example["Answers"][kind][0])
    assert events["Person Tracks Ready"]["SchemaVersion"] == example["SchemaVersion"]
    assert set(events["Person Tracking Failed"]) == {
        *list(example)[: list(example).index("CompletedAt") + 1],
        "StatusMessage",
    }

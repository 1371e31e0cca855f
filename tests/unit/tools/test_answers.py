"""`make answers`: CSV files from a document and a scene, and one clear line for each error."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.embedded.embedded_aws import ROOT
from tools.errors import ToolError
from tools.track_document import read_document

SCENE: dict[str, Any] = {
    "version": 1,
    "name": "shop",
    "zones": [
        {"name": "entrance, left", "polygon": [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]},
        {"name": "till", "polygon": [[0.5, 0], [1, 0], [1, 1], [0.5, 1]]},
    ],
    "lines": [{"name": "door", "points": [[0.5, 0], [0.5, 1]], "in": "left"}],
}
METADATA = {"FrameWidth": 1600, "FrameHeight": 900, "DurationMillis": 60_000, "FrameRate": 14.985}
FLOOR = [
    {"picture": [x, y], "metres": [10 * x, 10 * y]}
    for x, y in ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
]


def record(index: int, time: int, x: float) -> dict[str, Any]:
    box = {"Width": 0.05, "Height": 0.2, "Left": x - 0.025, "Top": 0.4}
    return {"Timestamp": time, "Person": {"Index": index, "BoundingBox": box}}


def persons() -> list[dict[str, Any]]:
    """One who goes from left to right in ten seconds and one who comes back the same way, and a face."""
    found = [record(0, 100 * k, 0.2 + 0.006 * k) for k in range(101)]
    found += [record(1, 5000 + 100 * k, 0.8 - 0.006 * k) for k in range(101)]
    found.append({"Timestamp": 50, "Person": {"Index": 0, "Face": {"Confidence": 99.0}}})
    return sorted(found, key=lambda one: one["Timestamp"])


def document(**members: Any) -> dict[str, Any]:
    return {"JobStatus": "SUCCEEDED", "VideoMetadata": METADATA, "Persons": persons(), **members}


Answered = subprocess.CompletedProcess[str]


class Folder:
    """A folder with a document and a scene in it."""

    def __init__(self, path: Path) -> None:
        self.tracks, self.scene, self.out = path / "doc.json", path / "scene.json", path / "out"
        self.tracks.write_text(json.dumps(document()))
        self.scene.write_text(json.dumps(SCENE))

    def answer(self) -> Answered:
        return subprocess.run(
            [sys.executable, "-m", "tools.commands.answers", "--", self.tracks, self.scene, self.out],
            cwd=ROOT,
            env={"PYTHONPATH": ".:lambdas", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )

    def rows(self, name: str) -> list[list[str]]:
        with (self.out / name).open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))

    def written(self) -> list[str]:
        return sorted(path.name for path in self.out.iterdir())


FILES = ["crossings.csv", "flow.csv", "occupancy.csv", "visits.csv"]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def complaint(ended: Answered) -> str:
    """The one line of an error."""
    assert ended.returncode == 1
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


def test_one_path_is_no_paths_and_a_long_dwell_is_read_as_elsewhere(folder: Folder) -> None:
    slow = [record(0, 100 * k, 0.2 + 0.0004 * k) for k in range(1501)]
    metadata = {**METADATA, "DurationMillis": 150_100}
    folder.tracks.write_text(json.dumps(document(Persons=slow, VideoMetadata=metadata)))
    summary = folder.answer().stdout.splitlines()
    assert summary[0] == "1 path"
    assert "zone entrance, left: 1 visit of 1 path, dwell 1:15 median, 1:15 total" in summary


def test_a_document_is_answered_in_four_files_and_a_summary(folder: Folder) -> None:
    ended = folder.answer()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == [
        "2 paths",
        "zone entrance, left: 2 visits of 2 paths, dwell 5.0 s median, 10.0 s total",
        "zone till: 2 visits of 2 paths, dwell 5.0 s median, 10.0 s total",
        "line door: 1 in, 1 out",
        "route entrance, left > till: 1",
        "route till > entrance, left: 1",
    ]
    assert folder.written() == FILES
    assert folder.rows("visits.csv") == [
        ["zone", "person", "enter_ms", "leave_ms", "dwell_ms", "began", "ended"],
        ["entrance, left", "0", "0", "5000", "5000", "appeared", "crossed"],
        ["till", "0", "5000", "10000", "5000", "crossed", "disappeared"],
        ["till", "1", "5000", "10000", "5000", "appeared", "crossed"],
        ["entrance, left", "1", "10000", "15000", "5000", "crossed", "disappeared"],
    ]
    assert folder.rows("crossings.csv") == [
        ["line", "person", "at_ms", "direction"],
        ["door", "0", "5000", "in"],
        ["door", "1", "10000", "out"],
    ]
    assert folder.rows("occupancy.csv") == [
        ["zone", "at_ms", "people"],
        ["entrance, left", "0", "1"],
        ["entrance, left", "5000", "0"],
        ["entrance, left", "10000", "1"],
        ["entrance, left", "15000", "0"],
        ["till", "0", "0"],
        ["till", "5000", "2"],
        ["till", "10000", "0"],
    ]
    assert folder.rows("flow.csv") == [
        ["from", "to", "count"],
        ["entrance, left", "till", "1"],
        ["till", "entrance, left", "1"],
    ]


@pytest.mark.parametrize("name", ["=1+1", "+49", "-2", "@SUM(A1)", "\N{FULLWIDTH EQUALS SIGN}1+1"])
def test_no_cell_is_a_formula_and_numbers_stay_numbers(folder: Folder, name: str) -> None:
    """Spreadsheets run what begins so."""
    zones, lines = SCENE["zones"], SCENE["lines"]
    named = {"zones": [{**zones[0], "name": name}, zones[1]], "lines": [{**lines[0], "name": name}]}
    folder.scene.write_text(json.dumps({**SCENE, **named}))
    assert folder.answer().returncode == 0
    rows = [row for file in FILES for row in folder.rows(file)[1:]]
    assert {row[0] for row in rows} == {f"'{name}", "till"}
    assert [f"'{name}", "till", "1"] in folder.rows("flow.csv")
    assert [cell for row in rows for cell in row if cell[0] in "=+-@" or cell == name] == []
    assert all(cell.isdigit() for row in folder.rows("visits.csv")[1:] for cell in row[1:5])


def test_the_order_of_records_and_their_split_into_pages_do_not_matter(folder: Folder) -> None:
    folder.answer()
    before = {name: folder.rows(name) for name in FILES}
    by_index = sorted(persons(), key=lambda one: (one["Person"]["Index"], -one["Timestamp"]))
    pages = [document(Persons=by_index[place : place + 50]) for place in range(0, len(by_index), 50)]
    folder.tracks.write_text("\n".join(json.dumps(page) for page in pages))
    assert folder.answer().returncode == 0
    assert {name: folder.rows(name) for name in FILES} == before
    folder.tracks.write_text(json.dumps(document(), indent=4))
    assert folder.answer().returncode == 0
    assert {name: folder.rows(name) for name in FILES} == before


def test_files_of_an_earlier_run_are_replaced(folder: Folder) -> None:
    folder.answer()
    folder.tracks.write_text(json.dumps(document(Persons=[])))
    ended = folder.answer()
    assert ended.stdout.splitlines()[0] == "0 paths"
    assert [len(folder.rows(name)) for name in FILES] == [1, 1, 3, 1]


def test_other_files_in_the_folder_are_left_alone_and_none_is_overwritten(folder: Folder) -> None:
    folder.out.mkdir()
    (folder.out / "notes.txt").write_text("mine")
    (folder.out / "flow.csv").write_text("water,pressure\n1,2\n")
    assert "flow.csv was not written by make answers" in complaint(folder.answer())
    assert folder.written() == ["flow.csv", "notes.txt"]
    (folder.out / "flow.csv").unlink()
    assert folder.answer().returncode == 0
    assert folder.written() == sorted([*FILES, "notes.txt"])
    assert (folder.out / "notes.txt").read_text() == "mine"


def test_a_floor_plan_adds_movement_and_approaches_and_they_go_with_it(folder: Folder) -> None:
    folder.scene.write_text(json.dumps({**SCENE, "floor": FLOOR}))
    ended = folder.answer()
    assert "floor plan: error 0.00 m, at most 0.00 m" in ended.stdout
    assert "walked: 12 m together, 1 pair came within 2 m" in ended.stdout
    assert folder.rows("movement.csv")[1] == ["0", "6.00", "10.000", "0.60", "0.60"]
    assert folder.rows("approaches.csv") == [
        ["person", "other", "at_ms", "metres"],
        ["0", "1", "7500", "0.00"],
    ]
    folder.scene.write_text(json.dumps(SCENE))
    folder.answer()
    assert folder.written() == FILES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "doc.json is empty. Give the document that make track VIDEO=… OUT=… writes."),
        ("  \n", "doc.json is empty."),
        ("<html>", "doc.json is not JSON: Expecting value near line 1."),
        ('{"Persons": [', "doc.json is not JSON: Expecting value near line 1."),
        ('{"Persons": [],\n"a" 3}', "doc.json is not JSON: expected : near line 2."),
        ('{"Persons": [] "a": 3}', "doc.json is not JSON: expected , or } near line 1."),
        ("[1, 2]", "doc.json holds no JSON object: a GetPersonTracking document is one."),
        ("{}", "doc.json has no member Persons: it is not a GetPersonTracking document."),
        ('{"Persons": {}}', "doc.json: Persons must be an array."),
        ('{"Persons": []}', "doc.json has no VideoMetadata with FrameWidth and FrameHeight."),
        ('{"Persons": [3]}', "doc.json: record 0 of Persons is not a record of GetPersonTracking."),
        (
            '{"Persons": [{"Timestamp": 0, "Person": {}}]}',
            "doc.json: record 0 of Persons has no Index.",
        ),
        (
            '{"Persons": [{"Timestamp": 0.5, "Person": {"Index": 0}}]}',
            "doc.json: record 0 of Persons has an Index or a Timestamp that is not a whole number from 0 on.",
        ),
        (
            '{"Persons": [{"Timestamp": 0, "Person": {"Index": 0, "BoundingBox": {"Left": 0}}}]}',
            "doc.json: record 0 of Persons has no Top.",
        ),
        (
            '{"JobStatus": "FAILED", "StatusMessage": "No\\u001b[31m frames."}',
            "The job of ",
        ),
        ("[" * 100_000, "doc.json is not JSON"),
    ],
)
def test_a_document_that_is_none_is_refused_with_one_line(folder: Folder, text: str, expected: str) -> None:
    folder.tracks.write_text(text)
    said = complaint(folder.answer())
    assert expected in said
    assert "\x1b" not in said
    assert not folder.out.exists()


def test_a_job_that_failed_is_refused_with_its_reason(folder: Folder) -> None:
    folder.tracks.write_text('{"JobStatus": "FAILED", "StatusMessage": "Unsupported codec/format."}')
    assert "has the status FAILED: Unsupported codec/format.; only a finished" in complaint(folder.answer())


def test_files_that_are_missing_are_named(folder: Folder) -> None:
    folder.scene.unlink()
    assert complaint(folder.answer()) == f"There is no file {folder.scene}."
    folder.scene.write_text(json.dumps(SCENE))
    folder.tracks.unlink()
    assert complaint(folder.answer()) == f"There is no file {folder.tracks}."


def test_what_is_not_text_is_not_json(folder: Folder) -> None:
    folder.tracks.write_bytes(b"\x00\xff\xd8" * 1000)
    assert "doc.json is not JSON: it is not UTF-8 text." in complaint(folder.answer())


def test_out_must_be_a_folder(folder: Folder) -> None:
    folder.out.write_text("")
    assert complaint(folder.answer()) == f"{folder.out} is a file. Give OUT a folder."


def test_a_scene_that_asks_nothing_is_refused(folder: Folder) -> None:
    folder.scene.write_text('{"version": 1, "name": "a"}')
    assert "asks nothing: it has no zones, no lines and no floor." in complaint(folder.answer())


def test_a_fault_of_a_scene_is_one_line_and_several_have_a_line_each(folder: Folder) -> None:
    folder.scene.write_text('{"version": 1, "name": "a", "zone": []}')
    assert "scene.json: zone is not a member of a scene of version 1." in complaint(folder.answer())
    folder.scene.write_text('{"version": 3, "zone": []}')
    ended = folder.answer()
    assert ended.returncode == 1
    *faults, last = ended.stderr.splitlines()
    assert faults == [
        "fault: version 3 is not known; this release reads version 1.",
        "fault: name is missing.",
        "fault: zone is not a member of a scene of version 1.",
    ]
    assert last == f"error: {folder.scene} has 3 faults; see docs/scenes.md."


def test_a_document_whose_job_has_more_pages_is_answered_with_a_note(folder: Folder) -> None:
    folder.tracks.write_text(json.dumps(document(NextToken="more")))
    assert folder.answer().stdout.splitlines()[-1] == (
        f"note: {folder.tracks} ends with a NextToken: its job has more pages."
    )


@settings(max_examples=30, deadline=None)
@given(pad=st.integers(0, 200), pages=st.integers(1, 3), indent=st.sampled_from([None, 0, 3]))
def test_a_document_longer_than_one_read_is_read_whole(
    tmp_path_factory: pytest.TempPathFactory, pad: int, pages: int, indent: int | None
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tools.track_document._CHUNK", 97)
        path = tmp_path_factory.mktemp("read") / "doc.json"
        page = json.dumps({"Pad": " " * pad, "Rate": 12.5, **document()}, indent=indent)
        path.write_text(page * pages)
        read = read_document(path)
    assert read.records == pages * len(persons())
    assert list(read.persons) == [0, 1]
    assert read.metadata == METADATA
    assert read.metadata["FrameRate"] == 14.985


def test_a_number_that_a_read_cuts_in_two_is_one(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tools.track_document._CHUNK", 1)
        (tmp_path / "doc.json").write_text(
            '{"Persons": [], "VideoMetadata": {}, "Rate": 12345, "NextToken": ""}'
        )
        assert read_document(tmp_path / "doc.json").persons == {}
        (tmp_path / "doc.json").write_text('{"Persons": [[12')
        with pytest.raises(ToolError, match="is not JSON"):
            read_document(tmp_path / "doc.json")

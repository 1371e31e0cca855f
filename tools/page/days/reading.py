"""Reading what a stack knows of a scene in a period."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from pipeline.answering.stored_scenes import read_scenes
from pipeline.answers.output.tables import key_of
from pipeline.answers.scenes.scene import parse_scene
from pipeline.answers.scenes.stored_scene import StoredScene, id_in
from pipeline.answers.scenes.stored_scene import key_of as key_of_scene
from pipeline.errors import SceneError
from reader.people_pathing_reader import LineHour, Reader, ZoneHour
from tools.page.days.figures import Figures, Flow, Read, figures_of
from tools.page.days.messages import FAULTY_SCENE, NO_SCENE
from tools.page.days.period import Period
from tools.page.days.work import Report
from tools.page.reading import reader_of
from tools.page.refusals import RefusedError
from tools.target import Target

_AT_ONCE = 8
"""Files read at the same time."""


class SceneReading:
    """The scenes of one stack and what is known of them. May be used by several threads."""

    def __init__(self, target: Target) -> None:
        self._s3 = target.client("s3", retries={"mode": "standard"})
        self._bucket = target.output("ResultsBucket")
        self.reader: Reader = reader_of(target)

    def scenes(self) -> tuple[list[StoredScene], int]:
        """Every scene that can be read, by name, and how many cannot."""
        found = read_scenes(self._s3, self._bucket)
        return sorted(found.usable, key=lambda stored: stored.scene.name.lower()), len(found.faults)

    def scene(self, scene_id: str) -> StoredScene:
        """One scene. Raises RefusedError."""
        key = key_of_scene(scene_id)
        if id_in(key) is None:
            raise RefusedError(NO_SCENE)
        try:
            text = self._body(key)
        except self._s3.exceptions.NoSuchKey:
            raise RefusedError(NO_SCENE) from None
        try:
            return StoredScene.of(scene_id, parse_scene(text))
        except (SceneError, UnicodeDecodeError) as error:
            raise RefusedError(FAULTY_SCENE) from error

    def last_day(self, stored: StoredScene) -> str | None:
        """The last day of the camera's clock of which there is video; None where nothing is answered."""
        newest = next(iter(islice(self._hours(stored, newest_first=True), 1)), None)
        return newest.hour[:10] if newest else None

    def videos(self, stored: StoredScene, period: Period) -> list[str]:
        """The ids of the videos with a part in the period, the newest first."""
        hours = self._hours(stored, period, newest_first=True)
        return list(dict.fromkeys(hour.video_id for hour in hours))

    def figures(self, stored: StoredScene, period: Period, report: Report) -> Figures:
        """The figures of a scene over a period."""
        scene, read = stored.scene, Read()
        within: dict[str, Any] = {"scene": stored.id, "since": period.first, "until": period.until}
        parts = 2 * len(scene.zones) + len(scene.lines) + 1
        done = 0
        for zone in scene.zones:
            report(done, parts)
            read.zone_hours[zone.name] = list(self.reader.occupancy(zone=zone.name, **within))
            report(done + 1, parts)
            # Those that began before the period, and reach into it, are of the period before.
            read.visits[zone.name] = [
                visit
                for visit in self.reader.visits(zone=zone.name, longer_than=-1, **within)
                if visit.entered_at[:10] >= str(period.first)
            ]
            done += 2
        for line in scene.lines:
            report(done, parts)
            read.line_hours[line.name] = list(self.reader.passages(line=line.name, **within))
            done += 1
        report(done, parts)
        if not read.knows_all_visits():
            read.flow = self._counted_flow(stored, period)
        return figures_of(period, read)

    def _hours(
        self, stored: StoredScene, period: Period | None = None, *, newest_first: bool = False
    ) -> Iterator[ZoneHour | LineHour]:
        """The hours of any one place of the scene: every place has those of all videos."""
        within: dict[str, Any] = {"scene": stored.id, "newest_first": newest_first}
        if period is not None:
            within |= {"since": period.first, "until": period.until}
        if stored.scene.zones:
            return self.reader.occupancy(zone=stored.scene.zones[0].name, **within)
        if stored.scene.lines:
            return self.reader.passages(line=stored.scene.lines[0].name, **within)
        return iter(())

    def _counted_flow(self, stored: StoredScene, period: Period) -> Flow:
        """The flow of each video as it was counted: of those that keep counts only there are no visits."""
        found: Counter[tuple[str, str]] = Counter()
        keys = [key for day in period.days for key in self._flow_files(stored, str(day))]
        with ThreadPoolExecutor(_AT_ONCE) as readers:
            for body in readers.map(self._body, keys):
                for row in map(json.loads, body.splitlines()):
                    found[row["origin"], row["destination"]] += row["steps"]
        return found

    def _flow_files(self, stored: StoredScene, day: str) -> Iterator[str]:
        prefix = key_of("flow", stored.id, day, "").removesuffix(".jsonl")
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return (found["Key"] for page in pages for found in page.get("Contents", []))

    def _body(self, key: str) -> bytes:
        body: bytes = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return body

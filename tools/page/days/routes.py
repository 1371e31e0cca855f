"""What the page's server answers about scenes over days."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from pipeline.answers.scenes.stored_scene import StoredScene
from reader.people_pathing_reader import ReaderError
from tools.page.answer import FRESH, Answer, json_answer
from tools.page.days.comparison import cautions, compared
from tools.page.days.csv_tables import TABLES, comparison_text, table_text
from tools.page.days.figures import BANDS, Figures
from tools.page.days.files import html, script, style
from tools.page.days.heat import Heat, HeatMaps, shares
from tools.page.days.messages import COUNTS_ONLY, NO_PATHS, NO_TABLE
from tools.page.days.period import MOST_DAYS, Period, period_of
from tools.page.days.reading import SceneReading
from tools.page.days.work import Progress, Report, Work
from tools.page.refusals import RefusedError
from tools.page.stills import Stills
from tools.target import Target


@dataclass(frozen=True)
class _Asked:
    """A request's scene and period, and the one to compare with."""

    stored: StoredScene
    period: Period
    other: Period | None

    def key(self, what: str, period: Period) -> tuple[str, str, str, Period]:
        return what, self.stored.id, self.stored.revision, period


@dataclass(frozen=True)
class _Map:
    heat: Heat
    still: str | None


class Days:
    """Answers requests about the scenes of one stack. May be used by several threads."""

    def __init__(self, target: Target) -> None:
        self._reading = SceneReading(target)
        self._heat_maps = HeatMaps(self._reading.reader)
        self._stills = Stills(target)
        self._figures: Work[Figures] = Work()
        self._maps: Work[_Map] = Work()

    def answer(self, path: str, query: Mapping[str, list[str]]) -> Answer | None:
        """The response to a GET, None where the path is not one of these pages'.

        Raises what boto3 raises where the stack does not answer.
        """
        words = {name: values[0] for name, values in query.items()}
        try:
            return self._file(path) or self._data(path, words) or self._download(path, words)
        except RefusedError as error:
            return json_answer({"error": str(error)}, HTTPStatus.UNPROCESSABLE_ENTITY)
        except ReaderError as error:
            return json_answer({"error": str(error)}, HTTPStatus.BAD_GATEWAY)

    def _file(self, path: str) -> Answer | None:
        match path:
            case "/days":
                return Answer(html().encode(), "text/html; charset=utf-8")
            case "/days.css":
                return Answer(style().encode(), "text/css; charset=utf-8")
            case "/days.js":
                return Answer(script().encode(), "text/javascript; charset=utf-8")
        return None

    def _data(self, path: str, words: Mapping[str, str]) -> Answer | None:
        match path:
            case "/api/days/scenes":
                return json_answer(self._scenes())
            case "/api/days/scene":
                return json_answer(self._scene(words.get("scene", "")))
            case "/api/days/figures":
                return json_answer(self._shown(self._asked(words)))
            case "/api/days/heat":
                return json_answer(self._heat(self._asked(words)))
        return None

    def _download(self, path: str, words: Mapping[str, str]) -> Answer | None:
        if match := re.fullmatch(r"/days/([a-z-]+)\.csv", path):
            return self._csv(match[1], self._asked(words))
        return None

    def _scenes(self) -> dict[str, Any]:
        usable, faulty = self._reading.scenes()
        return {
            "scenes": [
                {"id": stored.id, "name": stored.scene.name, "prefix": stored.scene.prefix}
                for stored in usable
            ],
            "faulty": faulty,
        }

    def _scene(self, scene_id: str) -> dict[str, Any]:
        stored = self._reading.scene(scene_id)
        scene = stored.scene
        return {
            "id": stored.id,
            "name": scene.name,
            "timeZone": scene.start.time_zone,
            "keep": scene.keep,
            "zones": [{"name": zone.name, "polygon": zone.polygon} for zone in scene.zones],
            "lines": [{"name": line.name, "points": line.points, "in": line.inner} for line in scene.lines],
            "lastDay": self._reading.last_day(stored),
            "mostDays": MOST_DAYS,
        }

    def _asked(self, words: Mapping[str, str]) -> _Asked:
        stored = self._reading.scene(words.get("scene", ""))
        zone = stored.scene.start.time_zone
        period = period_of(words.get("from", ""), words.get("to", ""), zone)
        other = None
        if words.get("with_from") or words.get("with_to"):
            other = period_of(words.get("with_from", ""), words.get("with_to", ""), zone)
        return _Asked(stored, period, other)

    def _shown(self, asked: _Asked) -> dict[str, Any]:
        found = [self._figures_of(asked, period) for period in (asked.period, asked.other) if period]
        waiting = [each for each in found if isinstance(each, Progress)]
        if waiting:
            ready = len(found) - len(waiting)
            part = ready + sum(each.done / max(each.of, 1) for each in waiting)
            return {"progress": part / len(found)}
        figures = [each for each in found if isinstance(each, Figures)]
        shown: dict[str, Any] = {"figures": asdict(figures[0]), "bands": BANDS, "comparison": None}
        if asked.other:
            shown["comparison"] = _comparison(*figures)
        return shown

    def _figures_of(self, asked: _Asked, period: Period) -> Figures | Progress:
        return self._figures.ask(
            asked.key("figures", period), lambda report: self._reading.figures(asked.stored, period, report)
        )

    def _heat(self, asked: _Asked) -> dict[str, Any]:
        if asked.stored.scene.keep == "counts":
            return {"none": COUNTS_ONLY}
        found = self._maps.ask(asked.key("heat", asked.period), lambda report: self._map(asked, report))
        if isinstance(found, Progress):
            return {"progress": found.done / max(found.of, 1)}
        if not found.heat.paths:
            return {"none": NO_PATHS}
        heat = found.heat
        return {
            "columns": heat.columns,
            "rows": heat.rows,
            "cells": heat.cells,
            "paths": heat.paths,
            "videos": heat.videos - heat.without_paths,
            "withoutPaths": heat.without_paths,
            "leftOut": heat.left_out,
            "still": found.still,
            "shares": shares(heat),
        }

    def _map(self, asked: _Asked, report: Report) -> _Map:
        videos = self._reading.videos(asked.stored, asked.period)
        return _Map(self._heat_maps.heat(videos, report), self._stills.of_any(videos))

    def _csv(self, name: str, asked: _Asked) -> Answer:
        """A file to save; it waits for its figures."""
        if name == "comparison" and asked.other:
            now, before = (self._made(asked, period) for period in (asked.period, asked.other))
            text = comparison_text(compared(now, before))
        elif name in TABLES:
            text = table_text(name, self._made(asked, asked.period))
        else:
            return json_answer({"error": NO_TABLE}, HTTPStatus.NOT_FOUND)
        file = f"{asked.stored.id}-{asked.period.first}-to-{asked.period.last}-{name}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{file}"', **FRESH}
        return Answer(text.encode(), "text/csv; charset=utf-8", headers)

    def _made(self, asked: _Asked, period: Period) -> Figures:
        return self._figures.wait(
            asked.key("figures", period), lambda report: self._reading.figures(asked.stored, period, report)
        )


def _comparison(now: Figures, before: Figures) -> dict[str, Any]:
    rows = [{**asdict(row), "change": row.change, "percent": row.percent} for row in compared(now, before)]
    return {
        "rows": rows,
        "cautions": cautions(now, before),
        "first": before.first,
        "last": before.last,
    }

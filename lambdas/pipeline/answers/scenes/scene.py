"""A scene: what one camera shows, and what is asked about the people in it. See docs/scenes.md."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AllowInfNan,
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import ErrorDetails

from pipeline.answers.geometry import plane
from pipeline.answers.geometry.plane import Position
from pipeline.answers.geometry.walk import StandsAt
from pipeline.answers.scenes.floor_plan import Correspondence, FloorPlan
from pipeline.answers.scenes.video_start import VideoStart
from pipeline.errors import SceneError

VERSION = 1
"""Of the schema that this release reads."""

_MOST_BYTES = 1_000_000
"""A longer document is no scene; a polygon of 1,000 points takes 40,000."""


def _name(text: str) -> str:
    if not text.strip() or text != text.strip() or not text.isprintable() or len(text) > 100:
        raise ValueError("must be 1 to 100 printable characters without spaces at either end")
    return text


def _polygon(points: list[Position]) -> list[Position]:
    faults = _outside(points)
    points = points[:-1] if len(points) > 1 and points[0] == points[-1] else points
    if len(points) < 3:
        faults.append(f"needs at least 3 points, not {len(points)}")
    else:
        faults += _repeated(points, closed=True) or _shape_faults(points)
    return _checked(points, faults)


def _polyline(points: list[Position]) -> list[Position]:
    faults = _outside(points)
    if len(points) < 2:
        faults.append(f"needs at least 2 points, not {len(points)}")
    else:
        closed = points[0] == points[-1] and len(points) > 3
        corners = points[:-1] if closed else points
        faults += _repeated(corners, closed) or _touches("part", corners, closed)
    return _checked(points, faults)


def _shape_faults(points: list[Position]) -> list[str]:
    if not plane.has_area(points):
        return ["has no area: its points are all on one line"]
    return _touches("side", points, closed=True)


def _touches(part: str, points: list[Position], closed: bool) -> list[str]:
    touching = next(plane.touching_edges(points, closed), None)
    if touching is None:
        return []
    one, other = touching
    return [f"crosses or touches itself: {part} {one + 1} and {part} {other + 1}"]


def _in_picture(point: Position) -> Position:
    return _checked([point], _outside([point]))[0]


def _outside(points: list[Position]) -> list[str]:
    return [
        f"point {number} ({x:g}, {y:g}) is outside the picture: ratios of its width and height go from 0 to 1"
        for number, (x, y) in enumerate(points, 1)
        if not (0 <= x <= 1 and 0 <= y <= 1)
    ]


def _repeated(points: list[Position], closed: bool) -> list[str]:
    ends = plane.edges_of(points, closed)
    return [f"point {n} is repeated" for n, edge in enumerate(ends, 1) if edge[:2] == edge[2:]]


def _checked(points: list[Position], faults: list[str]) -> list[Position]:
    if faults:
        raise ValueError("\n".join(faults))
    return points


_RATIO = {"type": "number", "minimum": 0, "maximum": 1}
_POINT = {"type": "array", "prefixItems": [_RATIO, _RATIO], "items": False, "minItems": 2}

Name = Annotated[
    str, AfterValidator(_name), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 100})
]
Number = Annotated[float, Strict(), AllowInfNan(False)]
Point = tuple[Number, Number]
Polygon = Annotated[
    list[Point],
    AfterValidator(_polygon),
    WithJsonSchema({"type": "array", "items": _POINT, "minItems": 3}),
]
Polyline = Annotated[
    list[Point],
    AfterValidator(_polyline),
    WithJsonSchema({"type": "array", "items": _POINT, "minItems": 2}),
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)


class Zone(_Part):
    """An area that people stand in."""

    name: Name = Field(description="unlike that of every other zone")
    polygon: Polygon = Field(
        description="corners in order, either way round, as ratios of the picture's width and height from "
        "its upper left corner; may be concave, may not cross itself"
    )


class Line(_Part):
    """A line that people cross."""

    name: Name = Field(description="unlike that of every other line")
    points: Polyline = Field(
        description="two or more points; the last one may be the first again, which makes a ring"
    )
    inner: Literal["left", "right"] = Field(
        alias="in",
        description="the side that is in, for someone who goes along the line from its first point to its "
        "last, in the picture",
    )


class FloorPoint(_Part):
    """One point of the floor, in the picture and in metres."""

    picture: Annotated[Point, AfterValidator(_in_picture), WithJsonSchema(_POINT)] = Field(
        description="ratios of the picture's width and height"
    )
    metres: Point = Field(description="x and y on the floor, from any origin")


def _floor(points: list[FloorPoint]) -> list[FloorPoint]:
    _plan_of(points)
    return points


Floor = Annotated[list[FloorPoint], AfterValidator(_floor), Field(json_schema_extra={"minItems": 4})]


class Edge(_Part):
    """How far and how long a person must cross an edge."""

    body_widths: Number = Field(default=0.5, ge=0, le=5, description="of the person's own box")
    seconds: Number = Field(
        default=1.0, ge=0, le=60, description="an excursion shorter than this must go a whole body width"
    )


class Rule(_Part):
    """What must not happen in a zone; each time it does, an event is sent."""

    name: Name = Field(description="unlike that of every other rule")
    zone: Name = Field(description="of the zone that is watched")
    dwell_over_seconds: Annotated[float, Strict(), AllowInfNan(False), Field(gt=0, le=86_400)] | None = Field(
        default=None, description="a visit longer than this breaks the rule"
    )
    occupancy_over: Annotated[int, Strict(), Field(ge=1, le=10_000)] | None = Field(
        default=None, description="more people than this at once break the rule"
    )
    forbidden: Literal[True] | None = Field(default=None, description="every visit breaks the rule")

    @model_validator(mode="after")
    def _one_condition(self) -> Rule:
        given = [self.dwell_over_seconds, self.occupancy_over, self.forbidden]
        if sum(each is not None for each in given) != 1:
            raise ValueError("needs one of dwell_over_seconds, occupancy_over and forbidden, and no other")
        return self


_MOST_PLACES = 100
"""Zones, and lines, of a scene: all their counts go into one event and one item."""


class Scene(_Part):
    """What one camera shows, and what is asked about the people in it."""

    version: Literal[1] = Field(description="of this schema")
    name: Name = Field(description="of the scene")
    prefix: str = Field(
        default="", max_length=1024, description="the keys of its videos begin so; the longest match wins"
    )
    zones: list[Zone] = Field(default=[], max_length=_MOST_PLACES)
    lines: list[Line] = Field(default=[], max_length=_MOST_PLACES)
    rules: list[Rule] = Field(default=[], max_length=_MOST_PLACES)
    keep: Literal["all", "counts"] = Field(
        default="all",
        description="counts: paths, faces, single visits and crossings are deleted once a video is answered",
    )
    floor: Floor | None = Field(
        default=None, description="four or more points of the floor, no three of the first four on a line"
    )
    stands_at: StandsAt = Field(
        default="feet", description="the middle of the box's lower edge, or of the box"
    )
    least_dwell_seconds: Number = Field(
        default=0.0, ge=0, le=86_400, description="shorter visits are left out"
    )
    edge: Edge = Field(default=Edge())
    bridge_seconds: Number = Field(
        default=3.0, ge=0, le=60, description="a person unseen for no longer went straight on meanwhile"
    )
    start: VideoStart = Field(default=VideoStart.model_validate({"from": "upload"}))

    def floor_plan(self) -> FloorPlan | None:
        """The map from the picture to metres, where the scene has one."""
        return None if self.floor is None else _plan_of(self.floor)


def _plan_of(points: list[FloorPoint]) -> FloorPlan:
    return FloorPlan.fitted([Correspondence(point.picture, point.metres) for point in points])


def parse_scene(text: str | bytes) -> Scene:
    """The scene of a JSON document. Raises SceneError with every fault."""
    if len(text) > _MOST_BYTES:
        raise SceneError([f"The scene is longer than {_MOST_BYTES:,} bytes."])
    try:
        document = json.loads(text, object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as error:
        raise SceneError(
            [f"The scene is not JSON: {error.msg} in line {error.lineno}, column {error.colno}."]
        ) from error
    except (ValueError, RecursionError) as error:
        raise SceneError([f"The scene is not JSON: {_line(str(error))}."]) from error
    if not isinstance(document, dict):
        raise SceneError(["The scene must be a JSON object."])
    faults: list[str] = []
    scene = None
    try:
        scene = Scene.model_validate(document)
    except ValidationError as error:
        faults = [line for details in error.errors() for line in _lines(details, document)]
    faults += [fault for kind in ("zones", "lines", "rules") for fault in _repeated_names(document, kind)]
    if scene is not None:
        faults += _unknown_zones(scene)
    if scene is None or faults:
        raise SceneError(faults)
    return scene


def schema() -> dict[str, Any]:
    """The JSON Schema of a scene; `docs/scene.schema.json` holds it."""
    made = Scene.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    repeated = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if repeated:
        raise ValueError(f"the member {json.dumps(repeated[0])} stands twice in one object")
    return dict(pairs)


def _repeated_names(document: dict[str, Any], kind: str) -> Iterator[str]:
    parts = document.get(kind)
    names = [part.get("name") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    for name, count in Counter(name for name in names if isinstance(name, str)).items():
        if count > 1:
            yield f"{kind}: {count} have the name {json.dumps(name, ensure_ascii=False)}; each needs its own."


def _unknown_zones(scene: Scene) -> list[str]:
    zones = {zone.name for zone in scene.zones}
    return [
        f"rules[{number}].zone ({_shown(rule.name)}) must be the name of a zone, not {_shown(rule.zone)}."
        for number, rule in enumerate(scene.rules)
        if rule.zone not in zones
    ]


def _lines(details: ErrorDetails, document: dict[str, Any]) -> Iterator[str]:
    """The lines of one of pydantic's errors."""
    where = _where(details["loc"], document)
    match details["type"]:
        case "missing":
            yield f"{where} is missing."
        case "extra_forbidden":
            yield f"{where} is not a member of a scene of version {VERSION}."
        case "literal_error" if details["loc"] == ("version",):
            yield f"version {_shown(details['input'])} is not known; this release reads version {VERSION}."
        case "literal_error":
            yield f"{where} must be {details['ctx']['expected']}, not {_shown(details['input'])}."
        case "value_error":
            for text in str(details["ctx"]["error"]).split("\n"):
                yield f"{where} {text}."
        case _:
            what = details["msg"].removeprefix("Input should be ")
            what = what if what != details["msg"] else f"right: {what}"
            yield f"{where} must be {what}, not {_shown(details['input'])}."


def _where(place: Iterable[str | int], document: Any) -> str:
    """`zones[0] "bench": polygon`: where a fault is, with the name of the zone or line."""
    text, name, inner = "", "", document
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        try:
            inner = inner[step]
        except (KeyError, IndexError, TypeError):
            inner = None
        if isinstance(step, int) and isinstance(inner, dict) and isinstance(inner.get("name"), str):
            name = _shown(inner["name"])
    return f"{text} ({name})" if name else text or "floor"


def _shown(value: Any) -> str:
    return _line(json.dumps(value, ensure_ascii=False, default=str))


def _line(text: str) -> str:
    shown = "".join(sign if sign.isprintable() else "�" for sign in " ".join(text.split()))
    return shown if len(shown) <= 60 else shown[:59] + "…"

"""A table as the pipeline wrote it, of people whose walks are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from pipeline.video import Video
from shared.links import Link, write_links
from testing.pipeline_environment import EmbeddedPipeline, in_environment
from testing.scripted_rekognition import HZ, People, ScriptedTracking, serve
from tools.embedded.embedded_aws import EmbeddedAws

BOX = (0.1, 0.2)


@dataclass(frozen=True)
class Walk:
    """From one place of the feet to another, in a straight line, seen from `first` to `last` seconds."""

    first: float
    last: float
    begin: tuple[float, float]
    end: tuple[float, float]

    def records(self, index: int) -> list[dict[str, Any]]:
        found = []
        for place in range(int(self.first * HZ), int(self.last * HZ) + 1):
            part = (place / HZ - self.first) / (self.last - self.first)
            x, y = (a + (b - a) * part for a, b in zip(self.begin, self.end, strict=True))
            box = {"Left": x - BOX[0] / 2, "Top": y - BOX[1], "Width": BOX[0], "Height": BOX[1]}
            record = {"Index": index, "BoundingBox": box}
            found.append({"Timestamp": 1000 * place // HZ, "Person": record})
        return found


@dataclass(frozen=True)
class Story(People):
    """People who walk: each one's walks one after the other."""

    walks: tuple[tuple[Walk, ...], ...] = ()

    @property
    def total(self) -> int:
        return len(self._all())

    def page(self, first: int, most: int) -> list[dict[str, Any]]:
        return self._all()[first : first + most]

    def _all(self) -> list[dict[str, Any]]:
        # Within a person in no order of time, as the contract has it.
        return [
            record
            for index, walks in enumerate(self.walks)
            for record in reversed([record for walk in walks for record in walk.records(index)])
        ]


ACROSS = Walk(0, 70, (0.1, 0.5), (0.9, 0.5))
STANDING = Walk(30, 100, (0.8, 0.9), (0.8, 0.9))
DOWN = (Walk(90, 100, (0.5, 0.31), (0.5, 0.51)), Walk(125, 130, (0.5, 0.9), (0.5, 1.0)))
SHOP = {
    "version": 1,
    "name": "Shop",
    "prefix": "shop/",
    "zones": [{"name": "till", "polygon": [[0.4, 0.4], [0.6, 0.4], [0.6, 0.7], [0.4, 0.7]]}],
    "lines": [{"name": "door", "points": [[0.5, 0.4], [0.5, 0.6]], "in": "left"}],
    "start": {"from": "key", "pattern": "%Y-%m-%dT%H-%M-%S", "time_zone": "Europe/Berlin"},
}
LINKS = {0: [Link(20_000, 0.75)]}
STORY = Story(3, 135 * HZ, walks=((ACROSS,), (STANDING,), DOWN))


@dataclass(frozen=True)
class Written:
    """The pipeline, and its videos: one with the story's people, one that failed, one of a scene."""

    deployed: EmbeddedPipeline
    video: Video
    failed: Video
    shop: Video


@pytest.fixture(scope="session")
def written(empty_aws: EmbeddedAws) -> Iterator[Written]:
    """The story as the pipeline's own handlers wrote it."""
    with serve(ScriptedTracking(people=STORY)) as tracking, pytest.MonkeyPatch.context() as patch:
        made = EmbeddedPipeline(empty_aws.endpoint, tracking)
        work = made.work_bucket()
        with in_environment(made, patch.setenv) as deployed:
            deployed.put_scene("shop", SHOP)
            video, failed = deployed.upload("site-3/entrance.mp4"), deployed.upload("broken.mov")
            shop = deployed.upload("shop/2026-11-20T09-59-30.mp4")
            deployed.run_until(lambda: len(tracking.jobs) == 3)
            deployed.complete(deployed.job_of(shop))
            deployed.run_until(lambda: deployed.status(shop) == "SUCCEEDED")
            _let_it_be_of_another_day(deployed, shop)
            write_links(deployed.s3, work, deployed.job_of(video).id, LINKS)
            deployed.complete(deployed.job_of(video))
            deployed.complete(deployed.job_of(failed), "FAILED", "Unsupported codec/format.")
            deployed.run_until(
                lambda: {deployed.status(video), deployed.status(failed)} == {"SUCCEEDED", "FAILED"}
            )
        yield Written(made, video, failed, shop)


def _let_it_be_of_another_day(deployed: EmbeddedPipeline, video: Video) -> None:
    """So that the video is not among those of the day."""
    deployed.dynamodb.update_item(
        TableName=deployed.table,
        Key={"PK": {"S": f"VIDEO#{video.id}"}, "SK": {"S": "META"}},
        UpdateExpression="SET GSI1SK = :then, UpdatedAt = :then",
        ExpressionAttributeValues={":then": {"S": "2099-01-01T00:00:00.000Z"}},
    )

"""Reading the scenes in the results bucket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from pipeline import messages
from pipeline.answers.scenes.scene import parse_scene
from pipeline.answers.scenes.stored_scene import PREFIX, StoredScene, id_in
from pipeline.errors import SceneError
from shared.aws_errors import code_of

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


@dataclass(frozen=True)
class Scenes:
    """Every scene that is stored.

    Attributes:
        usable: those that can be read.
        faults: of each object that is no usable scene, by its key: a line for each fault.
    """

    usable: Sequence[StoredScene]
    faults: Mapping[str, Sequence[str]]


def read_scenes(client: S3Client, bucket: str) -> Scenes:
    """All scenes of the bucket, in the order of their ids."""
    usable: list[StoredScene] = []
    faults: dict[str, Sequence[str]] = {}
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=PREFIX):
        for found in page.get("Contents", []):
            key = found["Key"]
            try:
                scene = _read(client, bucket, key)
            except SceneError as error:
                faults[key] = error.faults
            else:
                usable += [scene] if scene else []
    return Scenes(usable, faults)


def _read(client: S3Client, bucket: str, key: str) -> StoredScene | None:
    """The scene of an object; None where it was deleted since it was listed. Raises SceneError."""
    scene_id = id_in(key)
    if scene_id is None:
        raise SceneError([messages.SCENE_KEY])
    try:
        text = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if code_of(error) == "NoSuchKey":
            return None
        raise
    try:
        return StoredScene.of(scene_id, parse_scene(text))
    except UnicodeDecodeError as error:
        raise SceneError([messages.SCENE_NOT_TEXT]) from error

"""Answers as JSON lines under `answers/`, for Athena and DuckDB."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.answers.output.tables import PREFIX, TABLES, Answered, key_of
from pipeline.answers.scenes.stored_scene import StoredScene
from pipeline.storage.days_left import Kept

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_JSON_LINES = "application/jsonl"
_MOST_KEYS = 1000
"""Keys in one call of DeleteObjects, S3's limit."""


def files_of(answered: Answered, stored: StoredScene) -> dict[str, bytes]:
    """The objects of a video's answers, by key; one a table and day of the camera's clock."""
    files: dict[str, bytes] = {}
    for table in TABLES:
        if stored.scene.keep == "counts" and not table.counts:
            continue
        days: dict[str, list[str]] = defaultdict(list)
        for day, row in table.rows(answered):
            days[day].append(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
        for day, lines in days.items():
            files[key_of(table.name, stored.id, day, answered.video_id)] = "".join(lines).encode()
    return files


def put_files(client: S3Client, bucket: str, files: dict[str, bytes], kept: Kept) -> None:
    """Write the objects."""
    for key, body in files.items():
        client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=_JSON_LINES, **kept)


def delete_files(client: S3Client, bucket: str, keys: Iterable[str]) -> None:
    """Delete the objects. Raises RuntimeError where S3 leaves one of them."""
    wanted = list(keys)
    for begin in range(0, len(wanted), _MOST_KEYS):
        some = wanted[begin : begin + _MOST_KEYS]
        answer = client.delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": key} for key in some], "Quiet": True}
        )
        if answer.get("Errors"):
            raise RuntimeError(f"S3 did not delete {len(answer['Errors'])} objects of answers")


def delete_all_files(client: S3Client, bucket: str, video_id: str) -> None:
    """Delete a video's objects whatever their scene and day: for one whose record is gone."""
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=PREFIX):
        found = (each["Key"] for each in page.get("Contents", []))
        delete_files(client, bucket, [key for key in found if key.endswith(f"/{video_id}.jsonl")])

"""A video's folder in the results bucket."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from pipeline.messages import reason_of
from pipeline.runtime.observability import count, logger
from pipeline.storage.days_left import Kept
from shared.streamed_object import StreamedObject

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3.client import S3Client

DETECTIONS = "detections.jsonl.gz"
"""All records, one JSON a line."""

MANIFEST = "manifest.json"
"""The list of all results, written last."""

REPORT = "report.html"
"""The page that shows the people."""

_PARTS = ("parts/", "report/")
"""Folders of intermediate objects, which only the collector reads."""

_MOST_KEYS = 1000
"""Keys in one call of DeleteObjects, S3's limit."""

_DELETE_TRIES = 3
"""Calls for the same keys: S3 may answer InternalError or SlowDown for some keys of a call that succeeds."""

_DELETE_WAIT_SECONDS = 0.2
"""Unit of the backoff between them; doubles with each try."""

_GZIP = "application/gzip"
_JSON = "application/json"
_HTML = "text/html; charset=utf-8"


def prefix_of(video_id: str) -> str:
    """The folder's prefix; a video id is hex, so nothing a user has named gets into a key."""
    return f"tracks/{video_id}/"


class TracksFolder:
    """The objects under `tracks/<video id>/`."""

    def __init__(self, client: S3Client, bucket: str, video_id: str) -> None:
        self._client = client
        self.bucket = bucket
        self.prefix = prefix_of(video_id)

    def person_key(self, index: int) -> str:
        """The key of one person's full track."""
        return f"{self.prefix}persons/{index:05d}.json"

    def person(self, index: int) -> StreamedObject:
        """Where one person's full track is written."""
        return StreamedObject(self._client, self.bucket, self.person_key(index), _JSON)

    def detections(self) -> StreamedObject:
        """Where all records are written, one JSON a line, gzipped."""
        return StreamedObject(self._client, self.bucket, self.prefix + DETECTIONS, _GZIP)

    def report(self) -> StreamedObject:
        """Where the report page is written."""
        return StreamedObject(self._client, self.bucket, self.prefix + REPORT, _HTML)

    def read(self, name: str) -> bytes:
        """A small object."""
        return self._client.get_object(Bucket=self.bucket, Key=self.prefix + name)["Body"].read()

    def read_tagged(self, name: str) -> tuple[bytes, str]:
        """An object that fits into memory, and its ETag. Raises `ClientError` NoSuchKey."""
        found = self._client.get_object(Bucket=self.bucket, Key=self.prefix + name)
        return found["Body"].read(), found["ETag"]

    def replace_report(self, page: bytes, tag: str, kept: Kept) -> None:
        """Write the report in place of the one with that ETag.

        Raises `ClientError`: PreconditionFailed where there is another meanwhile, NoSuchKey where there is
        none.
        """
        self._client.put_object(
            Bucket=self.bucket, Key=self.prefix + REPORT, Body=page, ContentType=_HTML, IfMatch=tag, **kept
        )

    def stream(self, name: str) -> StreamingBody:
        """A large object, to be read piece by piece."""
        return self._client.get_object(Bucket=self.bucket, Key=self.prefix + name)["Body"]

    def has(self, name: str) -> bool:
        """Whether there is an object of that name."""
        key = self.prefix + name
        found = self._client.list_objects_v2(Bucket=self.bucket, Prefix=key, MaxKeys=1).get("Contents", [])
        return any(each["Key"] == key for each in found)

    def put(self, name: str, body: bytes, content_type: str, kept: Kept | None = None) -> None:
        """Write a small object."""
        self._client.put_object(
            Bucket=self.bucket, Key=self.prefix + name, Body=body, ContentType=content_type, **(kept or {})
        )

    def put_part(self, name: str, body: bytes) -> None:
        """Write a part of the detections, to be joined to the others later."""
        self.put(_part(name), body, _GZIP)

    def read_part(self, name: str) -> bytes:
        """A part written by `put_part`."""
        return self._client.get_object(Bucket=self.bucket, Key=self.prefix + _part(name))["Body"].read()

    def delete_part(self, name: str) -> None:
        """Delete a part written by `put_part`."""
        self._client.delete_object(Bucket=self.bucket, Key=self.prefix + _part(name))

    def put_manifest(self, manifest: dict[str, Any], kept: Kept | None = None) -> None:
        """Write the list of all results, after all of them."""
        self.put(MANIFEST, json.dumps(manifest, indent=2).encode(), _JSON, kept)

    def delete_stale(self, results: Iterable[str]) -> None:
        """Delete every object that is neither one of these keys nor a part."""
        kept, parts = set(results), tuple(self.prefix + folder for folder in _PARTS)
        self._delete(key for key in self._keys() if key not in kept and not key.startswith(parts))

    def delete_parts(self) -> None:
        """Delete what the results were made from: only once META says that they are ready."""
        self._delete(key for folder in _PARTS for key in self._keys(folder))

    def delete_all(self) -> None:
        """Delete every object of the folder."""
        self._delete(self._keys())

    def _delete(self, keys: Iterable[str]) -> None:
        """Delete objects as far as S3 lets it: one that stays is logged and counted, and stops nothing else.

        What was written is whole without it; it expires with the results.
        """
        stale = list(keys)
        for begin in range(0, len(stale), _MOST_KEYS):
            left, reason = stale[begin : begin + _MOST_KEYS], ""
            for attempt in range(_DELETE_TRIES):
                if attempt:
                    time.sleep(random.uniform(0.5, 1) * _DELETE_WAIT_SECONDS * 2**attempt)  # noqa: S311
                left, reason = self._delete_some(left)
                if not left:
                    break
            if left:
                extra = {"prefix": self.prefix, "objects": len(left), "reason": reason}
                logger.warning("Objects not deleted", extra=extra)
                count("ObjectsNotDeleted", len(left))

    def _delete_some(self, keys: list[str]) -> tuple[list[str], str]:
        """The keys of at most `_MOST_KEYS` that could not be deleted, and why the first could not."""
        try:
            answer = self._client.delete_objects(
                Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
            )
        except ClientError as error:
            return keys, reason_of(error)
        errors = answer.get("Errors", [])
        reason = (errors[0].get("Message") or errors[0].get("Code") or "") if errors else ""
        return [error["Key"] for error in errors], reason

    def _keys(self, folder: str = "") -> Iterator[str]:
        for page in self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=self.prefix + folder
        ):
            for found in page.get("Contents", []):
                yield found["Key"]


def _part(name: str) -> str:
    return f"{_PARTS[0]}{name}.jsonl.gz"

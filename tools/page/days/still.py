"""The picture of a scene: the still in the report of one of its videos.

The engine keeps its own stills for some days only; a report stays as long as the paths do.
"""

from __future__ import annotations

import base64
import binascii
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from reader.people_pathing_reader import Reader
from shared.aws_errors import code_of

_IMAGE = re.compile(rb'<img id="still" alt="" src="data:image/jpeg;base64,([A-Za-z0-9+/=]*)">')
_PIECE = 1 << 16
_MOST_BYTES = 4 << 20
"""Of a report, within which its still ends: it stands before everything that grows with the video."""

_MOST_VIDEOS = 5
"""Looked at for a still."""

_MOST_KEPT = 16


class Stills:
    """Stills of the videos of one stack. May be used by several threads."""

    def __init__(self, client: Any, bucket: str, reader: Reader) -> None:
        self._s3, self._bucket, self._reader = client, bucket, reader
        self._kept: OrderedDict[str, bytes | None] = OrderedDict()
        self._lock = threading.Lock()

    def of_any(self, video_ids: Iterable[str]) -> str | None:
        """The first video that has a still, of the first few."""
        return next((each for each in islice(video_ids, _MOST_VIDEOS) if self.still(each)), None)

    def still(self, video_id: str) -> bytes | None:
        """A JPEG of a frame of the video, upright and in square pixels, or None."""
        with self._lock:
            if video_id in self._kept:
                return self._kept[video_id]
        found = self._read(video_id)
        with self._lock:
            self._kept[video_id] = found
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return found

    def _read(self, video_id: str) -> bytes | None:
        video = self._reader.video(video_id)
        if video is None or video.results_prefix is None:
            return None
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=f"{video.results_prefix}report.html")
        except ClientError as error:
            if code_of(error) in ("NoSuchKey", "404"):
                return None
            raise
        with found["Body"] as body:
            return _still_in(body.iter_chunks(_PIECE))


def _still_in(pieces: Iterable[bytes]) -> bytes | None:
    read = bytearray()
    for piece in pieces:
        read += piece
        if match := _IMAGE.search(read):
            try:
                return base64.b64decode(match[1], validate=True)
            except binascii.Error:
                return None
        if len(read) > _MOST_BYTES or b'<div class="transport"' in read:
            return None
    return None

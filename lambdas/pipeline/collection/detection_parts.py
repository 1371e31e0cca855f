"""`detections.jsonl.gz`, written across invocations: parts of whole gzip members, joined at the end.

Gzip members may follow one another, so joining copies bytes. A part is named after the lease epoch that
wrote it and counts only once a checkpoint lists it: what an invocation wrote after its last checkpoint,
before it ended or lost its lease, is never joined, so each record is there once.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence

from pipeline.storage.tracks_folder import TracksFolder

_PART_BYTES = 8 * 1024 * 1024
"""Size of a part, gzipped, that is held in memory."""

_GZIP_LEVEL = 4
"""zlib's level: 4 % larger than at the default of 6, and no slower."""


class DetectionParts:
    """The parts of one video, `written` so far, going on with those of the lease's `epoch`."""

    def __init__(self, folder: TracksFolder, video_id: str, epoch: int, written: Sequence[str]) -> None:
        self._folder = folder
        self._epoch = epoch
        self._written = list(written)
        self._head = f'{{"VideoId":"{video_id}",'.encode()
        self._open()

    def add(self, records: Sequence[bytes]) -> None:
        """Add records (JSON objects), each as a line, marked with its video."""
        self._lines.write(b"".join([self._head + record[1:] + b"\n" for record in records]))
        if self._buffer.tell() >= _PART_BYTES:
            self.save()

    def save(self) -> tuple[str, ...]:
        """Write what is in memory as a part; the names of all parts, in order."""
        body = self._close()
        if body:
            name = f"{self._epoch:05d}-{len(self._written):05d}"
            self._folder.put_part(name, body)
            self._written.append(name)
        self._open()
        return tuple(self._written)

    def discard(self, but: Sequence[str]) -> None:
        """Delete the parts that are not among these: no checkpoint lists them."""
        for name in self._written:
            if name not in but:
                self._folder.delete_part(name)

    def join(self) -> None:
        """Write `detections.jsonl.gz` of all parts and what is in memory."""
        body = self._close()
        with self._folder.detections() as whole:
            for name in self._written:
                whole.write(self._folder.read_part(name))
            # Without records it is a gzip file of nothing, not an empty file, which is no gzip.
            whole.write(body if body or self._written else gzip.compress(b"", mtime=0))

    def _open(self) -> None:
        self._buffer = io.BytesIO()
        self._lines = gzip.GzipFile(fileobj=self._buffer, mode="wb", compresslevel=_GZIP_LEVEL, mtime=0)

    def _close(self) -> bytes:
        anything = self._lines.tell() > 0
        self._lines.close()
        return self._buffer.getvalue() if anything else b""

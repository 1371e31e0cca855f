"""Writing an S3 object of unknown length as a stream, with one part of it in memory."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

PART_BYTES = 8 * 1024 * 1024
"""Size of a part. S3 takes no part but the last under 5 MiB and 10,000 parts at most: objects up to 80 GB."""


class StreamedObject:
    """`with StreamedObject(…) as out: out.write(data)`; one PUT below a part, else in parts.

    The object appears whole when the block ends well, and not at all otherwise: an upload that cannot be
    completed is aborted, so that none of its parts stay behind and are paid for.

    Args:
        client: an S3 client.
        bucket: the bucket's name.
        key: the object's key.
        content_type: stored with the object; S3's default when None.
    """

    def __init__(self, client: S3Client, bucket: str, key: str, content_type: str | None = None) -> None:
        self._client = client
        self._bucket = bucket
        self._key = key
        self._headers = {"ContentType": content_type} if content_type is not None else {}
        self._buffer = bytearray()
        self._upload_id: str | None = None
        self._parts: list[CompletedPartTypeDef] = []

    def write(self, data: bytes) -> None:
        """Add `data` to the object's end."""
        self._buffer += data
        while len(self._buffer) >= PART_BYTES:
            self._send_part(bytes(self._buffer[:PART_BYTES]))
            del self._buffer[:PART_BYTES]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._abort()
            return
        try:
            self._complete()
        except BaseException:
            self._abort()
            raise

    def _complete(self) -> None:
        if self._upload_id is None:
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._key,
                Body=bytes(self._buffer),
                **self._headers,  # type: ignore[arg-type]
            )
            return
        if self._buffer:
            self._send_part(bytes(self._buffer))
        self._client.complete_multipart_upload(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload_id,
            MultipartUpload={"Parts": self._parts},
        )

    def _send_part(self, body: bytes) -> None:
        if self._upload_id is None:
            self._upload_id = self._client.create_multipart_upload(
                Bucket=self._bucket,
                Key=self._key,
                **self._headers,  # type: ignore[arg-type]
            )["UploadId"]
        number = len(self._parts) + 1
        answer = self._client.upload_part(
            Bucket=self._bucket, Key=self._key, UploadId=self._upload_id, PartNumber=number, Body=body
        )
        self._parts.append({"PartNumber": number, "ETag": answer["ETag"]})

    def _abort(self) -> None:
        if self._upload_id is not None:
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=self._upload_id)

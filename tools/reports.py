"""Save the report of a finished video where a browser can open it."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from botocore.exceptions import ClientError

from tools.embedded.embedded_aws import ROOT
from tools.target import Target

FOLDER = ROOT / ".local" / "reports"

_PLAYABLE = (".mp4", ".mov")


def save_report(target: Target, meta: dict[str, Any], video: Path | None = None) -> Path | None:
    """Save a video's report, and let it play the video.

    Args:
        target: where the video was tracked.
        meta: the video's META item, SUCCEEDED.
        video: the file itself; a link to it is laid beside the report.

    Returns:
        Where the report is, or None when none was written.
    """
    s3 = target.client("s3")
    try:
        found = s3.get_object(
            Bucket=target.output("ResultsBucket"), Key=f"{meta['ResultsPrefix']}report.html"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
            return None
        raise
    page: bytes = found["Body"].read()
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{_safe(str(meta['Key']))}-{str(meta['JobTag'])[:8]}.html"
    if video is not None and video.suffix.lower() in _PLAYABLE:
        page = _playing(page, _lay_beside(path, video))
    path.write_bytes(page)
    return path


def _lay_beside(report: Path, video: Path) -> str:
    """A link to the video beside the report; its name."""
    link = report.with_suffix(video.suffix.lower())
    link.unlink(missing_ok=True)
    try:
        os.symlink(video.resolve(), link)
    except OSError:  # a file system without links
        return video.resolve().as_uri()
    return quote(link.name)


def _playing(page: bytes, address: str) -> bytes:
    """The page told where its video is; `address` is percent-encoded."""
    return page.replace(b'<html lang="en">', f'<html lang="en" data-video="{address}">'.encode(), 1)


def _safe(key: str) -> str:
    """The file name of a key as one that any file system takes."""
    stem = key.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return re.sub(r"[^\w.-]+", "-", stem, flags=re.ASCII).strip("-.")[:80] or "video"

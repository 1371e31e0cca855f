"""The report of a finished video, saved where a browser can open and play it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from botocore.exceptions import ClientError

from tools.embedded.embedded_aws import ROOT
from tools.playable import playable_copy, plays_in_browsers
from tools.progress import Progress
from tools.target import Target

FOLDER = ROOT / ".local" / "reports"


def save_report(target: Target, meta: dict[str, Any], video: Path, progress: Progress) -> Path | None:
    """Save a video's report with the video beside it: a link, or an H.264 copy of what browsers do not play.

    Args:
        target: the stack that tracked the video.
        meta: the video's META item, SUCCEEDED.
        video: the local file.
        progress: shows how far the copy is.

    Returns:
        The path of the report, or None if the stack wrote none.
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
    address = _lay_beside(path, video, progress)
    path.write_bytes(_playing(page, address) if address else page)
    return path


def _lay_beside(report: Path, video: Path, progress: Progress) -> str | None:
    """Put the video beside the report; its relative address, or None if browsers cannot play it."""
    if not plays_in_browsers(video):
        copy = report.with_suffix(".mp4")
        return quote(copy.name) if playable_copy(video, copy, progress) else None
    link = report.with_suffix(video.suffix.lower())
    link.unlink(missing_ok=True)
    try:
        os.symlink(video.resolve(), link)
    except OSError:  # a file system without links
        return video.resolve().as_uri()
    return quote(link.name)


def _playing(page: bytes, address: str) -> bytes:
    """The page with the address of its video, percent-encoded."""
    return page.replace(b'<html lang="en">', f'<html lang="en" data-video="{address}">'.encode(), 1)


def _safe(key: str) -> str:
    """The file name of a key as one that any file system takes."""
    stem = key.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return re.sub(r"[^\w.-]+", "-", stem, flags=re.ASCII).strip("-.")[:80] or "video"

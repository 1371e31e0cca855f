"""The demo's video: a street scene of PETS 2009 that Debian ships in its package opencv-doc."""

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from tools.errors import ToolError
from tools.messages import setup as messages
from tools.progress import Progress

_PACKAGE = "opencv-doc"
_MEMBER = "./usr/share/doc/opencv-doc/examples/data/vtest.avi"
_SHA256 = "45cddc9490be69345cbdab64ca583be65987e864ca408038e648db99e10516cf"
_SECONDS = 600


def cache() -> Path:
    """The folder of downloads and packages: `PEOPLE_PATHING_CACHE`, or `~/.cache/people-pathing`."""
    return Path(os.environ.get("PEOPLE_PATHING_CACHE") or Path.home() / ".cache" / "people-pathing")


def demo_clip(progress: Progress | None = None) -> Path:
    """The clip (768×576, 10 Hz, 79.5 s, AVI), downloaded at the first call; needs no root.

    Raises:
        ToolError: this machine has no apt, or the package could not be downloaded.
    """
    clip = cache() / "clips" / "vtest.avi"
    if clip.exists() and _digest(clip) == _SHA256:
        return clip
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise ToolError(messages.NO_APT)
    if progress is not None:
        progress.show(f"downloading the demo clip, in Debian's {_PACKAGE} (96 MB, once)")
    clip.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=clip.parent, prefix=".fetch-") as folder:
        fetched = Path(folder) / "vtest.avi"
        _extract(_download(Path(folder)), fetched)
        if _digest(fetched) != _SHA256:
            raise ToolError(messages.another_clip(_PACKAGE))
        fetched.replace(clip)
    return clip


def _download(folder: Path) -> Path:
    """The package file, by the machine's package lists, or by lists downloaded for this."""
    failure = _apt_get(["download", _PACKAGE], folder)
    if failure:
        lists = _private_lists(folder)
        failure = _apt_get([*lists, "update"], folder) or _apt_get([*lists, "download", _PACKAGE], folder)
    packages = sorted(folder.glob(f"{_PACKAGE}_*.deb"))
    if not packages:
        raise ToolError(messages.clip_not_downloaded(_PACKAGE, failure))
    return packages[0]


def _private_lists(folder: Path) -> list[str]:
    """Options that let apt-get update without root: its lists and cache are in `folder`."""
    for name in ("lists/partial", "archives/partial"):
        (folder / name).mkdir(parents=True)
    return [
        "-o",
        f"Dir::State::lists={folder}/lists",
        "-o",
        f"Dir::Cache={folder}",
        "-o",
        f"Dir::Cache::archives={folder}/archives",
        "-o",
        "APT::Sandbox::User=",
    ]


def _apt_get(arguments: list[str], folder: Path) -> str:
    """Run apt-get in `folder`; its last line of error, or an empty text if it succeeded."""
    run = subprocess.run(
        ["apt-get", "-q", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_SECONDS,
        check=False,
    )
    if run.returncode == 0:
        return ""
    lines = [line for line in run.stderr.splitlines() if line.strip()]
    return lines[-1].strip() if lines else f"apt-get ended with status {run.returncode}"


def _extract(package: Path, clip: Path) -> None:
    """Write the one file of the package, streaming."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE) as dpkg:
        try:
            with tarfile.open(fileobj=dpkg.stdout, mode="r|") as files:
                for member in files:
                    content = files.extractfile(member) if member.name == _MEMBER else None
                    if content is not None:
                        with open(clip, "wb") as out:
                            shutil.copyfileobj(content, out)
                        return
        except tarfile.TarError as error:
            raise ToolError(messages.clip_not_unpacked(_PACKAGE, str(error))) from error
        finally:
            dpkg.kill()
    raise ToolError(messages.clip_missing(_PACKAGE))


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

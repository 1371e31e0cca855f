"""The models that find people and faces: from a pinned package, converted to ONNX, verified and cached."""

from __future__ import annotations

from infra.models.prepare import prepared

__all__ = ["prepared"]

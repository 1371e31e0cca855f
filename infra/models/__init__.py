"""The models that find people and faces: from a pinned package, converted to ONNX, in 8 bits, verified and cached."""

from __future__ import annotations

from infra.models.prepare import prepared, prepared_in_floats

__all__ = ["prepared", "prepared_in_floats"]

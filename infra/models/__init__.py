"""Models of people and faces: from a pinned package, converted, put in 8 bits, verified and cached."""

from __future__ import annotations

from infra.models.prepare import prepared, prepared_in_floats

__all__ = ["prepared", "prepared_in_floats"]

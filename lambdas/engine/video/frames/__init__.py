"""Frames: which are decoded, upright, in their shape, and how much moved between them."""

"""Detections and the tracklets they belong to, in a few arrays."""

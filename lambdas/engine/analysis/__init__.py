"""Analysing one segment of a video: its detections, appearance and faces."""

"""Tracking quality against ground truth, ours beside the best libraries', on the very same detections."""

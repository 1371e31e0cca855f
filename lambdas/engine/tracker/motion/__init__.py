"""Motion: the Kalman filter, its constants, and the camera's own path."""

"""The engine: people tracking behind the StartPersonTracking and GetPersonTracking contract."""

import os

# onnxruntime reports its use to its vendor unless this is set before it is imported. Here, since no module of
# the engine is imported before its package; and set whatever the environment says, since those whose videos
# these are have not agreed to it, and anything but 1 switches the reports on.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

"""The engine's exceptions.

    EngineError
    ├── ConfigurationError          runtime.environment   a wrong or missing environment variable
    ├── VideoError                  video.errors          the video's own fault; its text is for the owner
    ├── NoSuchJobError              jobs.model            unknown, deleted or expired job
    ├── TokenTakenError             jobs.model            another call with the same token came first
    ├── TooManyOpenJobsError        jobs.model
    ├── TableBusyError              jobs.model            transactions kept conflicting
    ├── NotificationUnderWayError   jobs.completion       another run is publishing
    └── WireError                   api.errors            an error answer of the contract; its own tree there

A step of the workflow that raises is run again, with backoff, except for `VideoError` and `NoSuchJobError`:
these are final, so a step answers them (see `handlers.step`).
"""

from __future__ import annotations


class EngineError(Exception):
    """Base of every exception that the engine defines."""

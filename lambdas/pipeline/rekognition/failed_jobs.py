"""Whether the video or the tracking service is at fault when a job has failed.

The contract has no code for it: the engine's texts carry a mark, Amazon Rekognition's are only prose.
"""

from __future__ import annotations

import re

from shared.unexpected_failure import is_unexpected

_AMAZONS_FAULTS = re.compile(
    r"internal\s*(server|service)?\s*(error|failure|exception)|throttl|rate exceeded|"
    r"provisioned\s*throughput|service (is )?(currently |temporarily )?unavailable",
    re.IGNORECASE,
)
"""What Amazon's services say, in an error's code or text, when they are faulty or overloaded."""


def is_service_fault(status_message: str) -> bool:
    """Whether a job that failed with this `StatusMessage` may succeed when its video is run again."""
    return is_unexpected(status_message) or _AMAZONS_FAULTS.search(status_message) is not None

"""GetPersonTracking documents that cannot be used. `name`: the file, as the user named it."""

from __future__ import annotations

NOT_WHOLE_NUMBERS = "has an Index or a Timestamp that is not a whole number from 0 on"
NO_BOX = "has a BoundingBox that is not a box"
NO_RECORD = "is not a record of GetPersonTracking"
"""What is wrong with a record: for `faulty_record`."""


def lacks(member: str) -> str:
    """For `faulty_record`: a record without a member."""
    return f"has no {member}"


def empty(name: str) -> str:
    return f"{name} is empty. Give the document that make track VIDEO=… OUT=… writes."


def not_json(name: str, reason: str, line: int) -> str:
    return f"{name} is not JSON: {reason} near line {line}."


def too_deep(name: str) -> str:
    return f"{name} is not JSON that can be read: it is nested too deeply."


def no_object(name: str) -> str:
    return f"{name} holds no JSON object: a GetPersonTracking document is one."


def unfinished(name: str, status: str, why: str) -> str:
    """`why`: the job's StatusMessage after a colon, or nothing."""
    return f"The job of {name} has the status {status}{why}; only a finished one has paths."


def no_persons(name: str) -> str:
    return f"{name} has no member Persons: it is not a GetPersonTracking document."


def persons_no_array(name: str) -> str:
    return f"{name}: Persons must be an array."


def faulty_record(name: str, number: int, fault: str) -> str:
    """`number`: of the record in Persons, from 0."""
    return f"{name}: record {number} of Persons {fault}."


def no_frame_size(name: str) -> str:
    return f"{name} has no VideoMetadata with FrameWidth and FrameHeight."


def not_of_track(path: object, kind: str, reason: str) -> str:
    """`kind`, `reason`: of the exception that reading it raised."""
    return f"{path} is not what make track writes ({kind}: {reason})."

"""Why a synthesis or a command of the stack's code ends with an error: every such text, each one line.

What is wrong, with what, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable

A_PREFIX = "1 to 40 letters, digits or dashes, starting with a letter"
KEY_ARNS = "a comma-separated list of ARNs of KMS keys (not of aliases)"
BUCKETS = "a comma-separated list of names of buckets"
ROLE_ARNS = "a comma-separated list of ARNs of IAM roles"
AN_ENDPOINT = "engine, aws or an https URL"
AN_ADDRESS = "an e-mail address"
TAGS = "a comma-separated list of key=value, of letters, digits, spaces and _.:/+@-, not beginning aws:"
"""What an option must be: for `option_refused`."""


def option_refused(key: str, value: object, allowed: str) -> str:
    return f"Option {key}: {value!r} cannot be used; it must be {allowed}."


def choices(allowed: Iterable[str]) -> str:
    """For `option_refused`."""
    return " or ".join(allowed)


def number(least: float, most: float, *, whole: bool) -> str:
    """For `option_refused`."""
    return f"{'a whole number' if whole else 'a number'} from {least:g} to {most:g}"


def unknown_option(key: str, near: list[str], options: Iterable[str]) -> str:
    """`near`: the option most like it, where one is."""
    hint = f"did you mean {near[0]}?" if near else f"the options are {', '.join(options)}."
    return f"Option {key}: there is no such option; {hint}"


def engine_only(key: str) -> str:
    return f"Option {key}: only the engine uses it; set tracking_endpoint to engine."


def segment_too_long(
    segment_seconds: int, analysis_hz: float, memory_mb: int, needed_seconds: float, most_seconds: int
) -> str:
    return (
        f"Options segment_seconds={segment_seconds}, analysis_hz={analysis_hz:g} and "
        f"detect_memory_mb={memory_mb} do not go together: a segment of 4K could take "
        f"{needed_seconds:.0f} s, and Lambda ends it after {most_seconds}. Lower one of the first two or "
        "raise the third."
    )


def too_many_at_once(functions: int, concurrency: int, detecting: int) -> str:
    return (
        f"Options functions={functions} and concurrency={concurrency} do not go together: of so many "
        f"functions at once, {detecting} detect. Raise functions to your account's Lambda quota (Concurrent "
        "executions) or lower concurrency."
    )


def not_packaged(requirements: str, platform: str, reason: str) -> str:
    """`reason`: pip's."""
    return f"pip could not install {requirements} for {platform}: {reason}"


def no_npm(package: str) -> str:
    return (
        f"npm is not on the PATH, but needed to download {package}. "
        "Install Node.js 20 or newer, which includes it."
    )


def not_downloaded(package: str, reason: str) -> str:
    """`reason`: npm's."""
    return f"npm could not download {package}: {reason}"


def downloaded_too_long(package: str, minutes: int) -> str:
    return f"npm did not download {package} within {minutes} minutes. Run the command again."


def another_package(package: str, found: str, pinned: str) -> str:
    """Integrities as npm writes them."""
    return f"{package} is not what was pinned: its integrity is {found}, not {pinned}."


def another_model(model: str, digest: str, verified: str) -> str:
    return (
        f"The model {model} converted to sha256 {digest}, not to the verified {verified}. "
        "Run the command again; if this stays, report it."
    )

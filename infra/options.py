"""The stack's options: CDK context keys with defaults, each checked before anything is built."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any, Literal, cast

from engine.runtime.detect_time import DetectTime
from infra import messages
from infra.budget import FEWEST, FunctionBudget
from infra.errors import OptionError

_CDK_KEYS = frozenset({"acknowledged-issue-numbers", "cli-telemetry"})
"""Context keys of the CDK command line that have neither a colon nor a slash."""

DETECT_SECONDS = 900
"""How long one segment may take: Lambda's own limit."""
_4K_30 = 3840 * 2160 * 30.0
"""Pixels a second of the video that the options have to do for."""

_PREFIX = r"[A-Za-z][A-Za-z0-9-]{0,39}"
_KEY_ARN = r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+"
_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_ROLE_ARN = r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+"
_ADDRESS = r"[^@\s]+@[^@\s]+\.[^@\s.]+"
_TAG = r"(?!(?i:aws:))[\w .:/+@-]{1,128}=[\w .:/+@-]{0,256}"
"""What the text of an option must match."""


@dataclass(frozen=True)
class Options:
    """What may be chosen with `cdk deploy -c key=value` (or in cdk.json), with the defaults.

    The defaults deploy and work in a fresh AWS account (3,008 MB a function, ten functions at once).
    """

    prefix: str = "people-pathing"
    """Stack name and service name in logs and metrics."""
    retention_days: int = 30
    """Days after which videos, tracks and their records are deleted."""
    segment_seconds: int = 30
    """Length of the pieces a video is analysed in, side by side."""
    analysis_hz: float = 5.0
    """Frames analysed a second; reports are at 15 Hz whatever this is."""
    detector: Literal["movenet", "nanodet", "far"] = "movenet"
    faces: Literal["on", "off"] = "on"
    functions: int = 10
    """Lambda functions that the stack may run at once: at most the account's quota."""
    concurrency: int = 4
    """Segments of one video analysed at once; unless given, it follows `functions`."""
    max_open_jobs: int = 20
    """Videos in the engine at once; more wait in the upload queue."""
    tracking_endpoint: str = "engine"
    """`engine`, `aws` (Amazon Rekognition itself) or the https URL of another compatible endpoint."""
    architecture: Literal["x86_64", "arm64"] = "x86_64"
    packaging: Literal["aws", "host"] = "aws"
    """What the packages run on: the Lambda runtime, or this machine (for the embedded AWS)."""
    detect_memory_mb: int = 3008
    link_memory_mb: int = 2048
    removal: Literal["retain", "destroy"] = "retain"
    """What happens to buckets, tables and the key when the stack is deleted."""
    video_key_arns: tuple[str, ...] = ()
    """KMS keys of the account's own that videos may be encrypted under, beside the stack's."""
    caller_buckets: tuple[str, ...] = ()
    """Buckets beside the stack's own whose videos the engine may read, for callers of StartPersonTracking."""
    notification_role_arns: tuple[str, ...] = ()
    """Roles of callers' NotificationChannels, which the engine may assume; each must trust it too."""
    alarm_email: str | None = None
    """Where alarms are sent, once the address has confirmed."""
    tags: tuple[tuple[str, str], ...] = ()
    """Tags of every resource, for the account's cost report, as pairs of key and value."""

    @property
    def has_engine(self) -> bool:
        """Whether tracking is done by the engine, which is then deployed."""
        return self.tracking_endpoint == "engine"

    @property
    def budget(self) -> FunctionBudget:
        """Who gets how many of `functions`."""
        return FunctionBudget(self.functions)

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Options:
        """Options from the app's whole context; what is the CDK's own in it is passed over.

        Values may be text, as the command line gives them, or JSON numbers and booleans. Raises OptionError.
        """
        _refuse_unknown(context, {field.name for field in fields(cls)})
        read = context.get
        packaging = _choice(read, "packaging", cls.packaging, ("aws", "host"))
        # Only traffic of the embedded AWS stays on this machine.
        schemes = "https?" if packaging == "host" else "https"
        functions = _whole(read, "functions", cls.functions, FEWEST, 10_000)
        at_once = FunctionBudget(functions).segments_at_once
        options = cls(
            prefix=_text(read, "prefix", cls.prefix, _PREFIX, messages.A_PREFIX),
            retention_days=_whole(read, "retention_days", cls.retention_days, 2, 3650),
            segment_seconds=_whole(read, "segment_seconds", cls.segment_seconds, 5, 300),
            analysis_hz=_number(read, "analysis_hz", cls.analysis_hz, 1, 15),
            detector=cast(Any, _choice(read, "detector", cls.detector, ("movenet", "nanodet", "far"))),
            faces=cast(Any, _choice(read, "faces", cls.faces, ("on", "off"))),
            functions=functions,
            concurrency=_whole(read, "concurrency", at_once, 1, 1000),
            max_open_jobs=_whole(read, "max_open_jobs", cls.max_open_jobs, 1, 1000),
            tracking_endpoint=_text(
                read,
                "tracking_endpoint",
                cls.tracking_endpoint,
                rf"engine|aws|{schemes}://[^\s/?#]+[^\s]*",
                messages.AN_ENDPOINT,
            ),
            architecture=cast(Any, _choice(read, "architecture", cls.architecture, ("x86_64", "arm64"))),
            packaging=cast(Any, packaging),
            detect_memory_mb=_whole(read, "detect_memory_mb", cls.detect_memory_mb, 1024, 10240),
            link_memory_mb=_whole(read, "link_memory_mb", cls.link_memory_mb, 512, 10240),
            removal=cast(Any, _choice(read, "removal", cls.removal, ("retain", "destroy"))),
            video_key_arns=_texts(read, "video_key_arns", _KEY_ARN, messages.KEY_ARNS),
            caller_buckets=_texts(read, "caller_buckets", _BUCKET, messages.BUCKETS),
            notification_role_arns=_texts(read, "notification_role_arns", _ROLE_ARN, messages.ROLE_ARNS),
            alarm_email=_text(read, "alarm_email", "", _ADDRESS, messages.AN_ADDRESS) or None,
            tags=_tags(read),
        )
        _refuse_too_long(options)
        _refuse_without_engine(options)
        _refuse_too_wide(options)
        return options


def _refuse_unknown(keys: Iterable[str], options: set[str]) -> None:
    """A mistyped option would leave its default in force, unnoticed."""
    for key in sorted(keys):
        if key in options or key in _CDK_KEYS or ":" in key or "/" in key:
            continue
        near = get_close_matches(key, sorted(options), n=1)
        raise OptionError(messages.unknown_option(key, near, sorted(options)))


def _refuse_without_engine(options: Options) -> None:
    """What only the engine uses would have no effect, unnoticed."""
    for key, value in (
        ("caller_buckets", options.caller_buckets),
        ("notification_role_arns", options.notification_role_arns),
    ):
        if value and not options.has_engine:
            raise OptionError(messages.engine_only(key))


def _refuse_too_long(options: Options) -> None:
    """A segment that outlasts Lambda's time would fail again and again, and its video with it."""
    time = DetectTime(DETECT_SECONDS, options.detect_memory_mb, options.analysis_hz, options.detector)
    worst = time.to_decode(options.segment_seconds, _4K_30) + time.to_analyse(options.segment_seconds)
    if options.has_engine and worst > DETECT_SECONDS:
        chosen = (options.segment_seconds, options.analysis_hz, options.detect_memory_mb)
        raise OptionError(messages.segment_too_long(*chosen, worst, DETECT_SECONDS))


def _refuse_too_wide(options: Options) -> None:
    """One video would take more than detecting gets, and starting and collecting would get none."""
    detecting = options.budget.detecting
    if options.has_engine and options.concurrency > detecting:
        raise OptionError(messages.too_many_at_once(options.functions, options.concurrency, detecting))


def _texts(read: Callable[[str], Any], key: str, pattern: str, allowed: str) -> tuple[str, ...]:
    value = read(key)
    if value is None or value == "":
        return ()
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else [value]
    if not all(isinstance(part, str) and re.fullmatch(pattern, part.strip()) for part in parts):
        raise _refused(key, value, allowed)
    return tuple(part.strip() for part in parts)


def _tags(read: Callable[[str], Any]) -> tuple[tuple[str, str], ...]:
    value = read("tags")
    if isinstance(value, dict):
        value = [f"{key}={text}" for key, text in value.items()]
    parts = _texts(lambda _: value, "tags", _TAG, messages.TAGS)
    return tuple(
        sorted({key.strip(): text for key, _, text in (part.partition("=") for part in parts)}.items())
    )


def _text(read: Callable[[str], Any], key: str, default: str, pattern: str, allowed: str) -> str:
    value = read(key)
    if value is None or value == "":
        return default
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise _refused(key, value, allowed)
    return value


def _choice(read: Callable[[str], Any], key: str, default: str, choices: tuple[str, ...]) -> str:
    value = read(key)
    if value is None:
        return default
    if value not in choices:
        raise _refused(key, value, messages.choices(choices))
    return str(value)


def _whole(read: Callable[[str], Any], key: str, default: int, least: int, most: int) -> int:
    number = _number(read, key, default, least, most, whole=True)
    if not number.is_integer():
        raise _refused(key, read(key), messages.number(least, most, whole=True))
    return int(number)


def _number(
    read: Callable[[str], Any], key: str, default: float, least: float, most: float, *, whole: bool = False
) -> float:
    value = read(key)
    if value is None:
        return float(default)
    try:
        number = (
            float(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None
        )
    except ValueError:
        number = None
    if number is None or not least <= number <= most:
        raise _refused(key, value, messages.number(least, most, whole=whole))
    return number


def _refused(key: str, value: object, allowed: str) -> OptionError:
    return OptionError(messages.option_refused(key, value, allowed))

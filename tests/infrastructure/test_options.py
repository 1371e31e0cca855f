"""Options come from context, as text or as JSON, and a wrong one is refused in one line."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.video.segments import LONGEST_SECONDS
from infra.budget import FunctionBudget
from infra.errors import OptionError
from infra.options import Options

ROOT = Path(__file__).resolve().parents[2]


def options(**context: Any) -> Options:
    return Options.from_context(context)


def test_without_context_the_defaults_hold() -> None:
    assert options() == Options()


def test_the_defaults_work_in_a_fresh_account() -> None:
    """Such an account has 3,008 MB a function, and ten functions at once for all."""
    defaults = Options()
    assert max(defaults.detect_memory_mb, defaults.link_memory_mb) <= 3008
    assert defaults.functions == 10
    assert defaults.concurrency <= 5


def test_one_option_raises_all_shares_of_the_account() -> None:
    for functions, at_once in ((10, 4), (100, 45), (1000, 120)):
        assert options(functions=functions).concurrency == at_once
    assert options(functions=1000, concurrency=30).concurrency == 30


def test_no_share_is_less_than_a_queue_needs_and_detecting_leaves_room_for_the_others() -> None:
    for functions in (5, 10, 11, 50, 100, 1000, 10_000):
        budget = FunctionBudget(functions)
        assert 2 <= budget.starters <= budget.collectors <= 1000
        assert 0 < budget.segments_at_once <= budget.detecting <= functions - 2


def test_a_changed_scene_takes_nothing_from_detecting_but_on_the_smallest_accounts() -> None:
    for functions in (40, 50, 100, 333, 1000, 10_000):
        budget = FunctionBudget(functions)
        assert budget.starters + budget.answerers <= functions - budget.detecting


def test_one_video_may_not_take_the_functions_that_starting_and_collecting_need() -> None:
    with pytest.raises(OptionError) as refused:
        options(concurrency=9)
    assert str(refused.value) == (
        "Options functions=10 and concurrency=9 do not go together: of so many functions at once, 8 detect. "
        "Raise functions to your account's Lambda quota (Concurrent executions) or lower concurrency."
    )
    assert options(concurrency=9, tracking_endpoint="aws").concurrency == 9


def test_the_command_lines_text_and_jsons_numbers_mean_the_same() -> None:
    as_text = options(retention_days="7", analysis_hz="7.5", concurrency="2", alarm_email="a@example.org")
    as_json = options(retention_days=7, analysis_hz=7.5, concurrency=2.0, alarm_email="a@example.org")
    assert (
        as_text
        == as_json
        == Options(retention_days=7, analysis_hz=7.5, concurrency=2, alarm_email="a@example.org")
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("prefix", "9lives"),
        ("prefix", "a" * 41),
        ("prefix", "naïve"),
        ("retention_days", "0"),
        ("retention_days", 1),
        ("retention_days", "1.5"),
        ("retention_days", "a week"),
        ("retention_days", True),
        ("segment_seconds", 1),
        ("analysis_hz", "nan"),
        ("analysis_hz", 16),
        ("detector", "yolo"),
        ("faces", True),
        ("functions", 4),
        ("functions", "all"),
        ("concurrency", 0),
        ("max_open_jobs", -1),
        ("tracking_endpoint", "ftp://host"),
        ("tracking_endpoint", "http://tracking.example.org"),
        ("tracking_endpoint", "https://"),
        ("tracking_endpoint", "https://host/ path"),
        ("architecture", "riscv"),
        ("packaging", "docker"),
        ("detect_memory_mb", 64),
        ("link_memory_mb", 20000),
        ("removal", "snapshot"),
        ("alarm_email", "nobody"),
        ("caller_buckets", "My Videos"),
        ("caller_buckets", "arn:aws:s3:::videos"),
        ("notification_role_arns", "publisher"),
        ("notification_role_arns", "arn:aws:iam::123456789012:user/x"),
        ("tags", "team"),
        ("tags", "aws:team=video"),
        ("tags", "team=a=b"),
        ("tags", ["team=video", 7]),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_in_one_line(key: str, value: object) -> None:
    with pytest.raises(OptionError) as refused:
        options(**{key: value})
    message = str(refused.value)
    assert message.startswith(f"Option {key}: {value!r} cannot be used; it must be ")
    assert "\n" not in message


@pytest.mark.parametrize(
    "chosen",
    [
        {"segment_seconds": 300, "analysis_hz": 15, "detect_memory_mb": 1024},
        {"segment_seconds": "300", "analysis_hz": "15", "detect_memory_mb": "2048"},
        {"segment_seconds": 300, "detect_memory_mb": 1024},
    ],
)
def test_segments_that_could_outlast_lambdas_time_are_refused(chosen: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match="do not go together: a segment of 4K could take"):
        options(**chosen)
    assert options(**chosen, tracking_endpoint="aws").segment_seconds == 300


@pytest.mark.parametrize(
    "chosen",
    [
        {"segment_seconds": 300, "analysis_hz": 15},
        {"segment_seconds": 120, "analysis_hz": 15},
        {"detect_memory_mb": 1024},
    ],
)
def test_segments_that_fit_in_lambdas_time_are_allowed(chosen: dict[str, Any]) -> None:
    assert options(**chosen)


def test_keys_of_videos_are_a_list_of_arns() -> None:
    one, other = (f"arn:aws:kms:eu-west-1:123456789012:key/{name}" for name in ("1a-2b", "mrk-3c"))
    assert options(video_key_arns=f"{one}, {other}").video_key_arns == (one, other)
    assert options(video_key_arns=[one]).video_key_arns == (one,)
    for wrong in ("1a-2b", f"{one},", "arn:aws:kms:eu-west-1:123456789012:alias/videos", 7):
        with pytest.raises(OptionError, match=r"Option video_key_arns: .*ARNs of KMS keys"):
            options(video_key_arns=wrong)


def test_callers_buckets_and_roles_are_lists() -> None:
    assert options(caller_buckets="one-bucket,other.bucket").caller_buckets == ("one-bucket", "other.bucket")
    roles = ("arn:aws:iam::123456789012:role/a", "arn:aws-cn:iam::123456789012:role/path/b")
    assert options(notification_role_arns=", ".join(roles)).notification_role_arns == roles


@pytest.mark.parametrize(
    "chosen",
    [{"caller_buckets": "one-bucket"}, {"notification_role_arns": "arn:aws:iam::123456789012:role/a"}],
)
def test_what_only_the_engine_uses_is_refused_without_it(chosen: dict[str, str]) -> None:
    with pytest.raises(OptionError, match="only the engine uses it; set tracking_endpoint to engine"):
        options(**chosen, tracking_endpoint="aws")


def test_tags_are_pairs() -> None:
    pairs = (("cost center", "4711"), ("team", "video"))
    assert options(tags="team=video, cost center=4711").tags == pairs
    assert options(tags={"cost center": 4711, "team": "video"}).tags == pairs
    assert options(tags="team=").tags == (("team", ""),)


def test_an_unknown_option_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(OptionError) as refused:
        options(retention_day=1)
    assert str(refused.value) == (
        "Option retention_day: there is no such option; did you mean retention_days?"
    )


def test_an_unknown_option_without_a_near_name_is_refused_with_all_names() -> None:
    with pytest.raises(OptionError, match=r"there is no such option; the options are alarm_email, .*removal"):
        options(zzz="1")


def test_what_the_cdk_keeps_in_the_context_is_no_option() -> None:
    own = {
        "aws:cdk:enable-path-metadata": True,
        "@aws-cdk/aws-iam:minimizePolicies": True,
        "availability-zones:account=123456789012:region=eu-west-1": ["eu-west-1a"],
        "acknowledged-issue-numbers": [34892],
        "cli-telemetry": False,
    }
    assert options(**own) == Options()


@pytest.mark.parametrize("endpoint", ["engine", "aws", "https://tracking.example.org/v1"])
def test_endpoints(endpoint: str) -> None:
    assert options(tracking_endpoint=endpoint).has_engine == (endpoint == "engine")


def test_only_the_embedded_aws_may_reach_an_endpoint_without_tls() -> None:
    plain = "http://127.0.0.1:8080"
    assert options(tracking_endpoint=plain, packaging="host").tracking_endpoint == plain
    for packaging in ({}, {"packaging": "aws"}):
        with pytest.raises(OptionError, match="it must be engine, aws or an https URL"):
            options(tracking_endpoint=plain, **packaging)


def test_the_app_fails_with_one_line(tmp_path: Path) -> None:
    environment = {**os.environ, "CDK_OUTDIR": str(tmp_path), "CDK_CONTEXT_JSON": '{"detector": "yolo"}'}
    run = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert run.stderr == "Option detector: 'yolo' cannot be used; it must be movenet or nanodet or far.\n"
    assert not list(tmp_path.glob("*.template.json"))


def test_the_longest_segment_of_a_video_without_keyframes_fits_in_the_detect_functions_time() -> None:
    assert options(segment_seconds=LONGEST_SECONDS).segment_seconds == LONGEST_SECONDS

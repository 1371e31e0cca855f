"""Small parts: DynamoDB's values, delays, environment, checkpoint, times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.messaging.backoff import LONGEST_SECONDS, delay_seconds
from pipeline.runtime.clock import epoch, expiry, iso
from pipeline.runtime.environment import Environment
from pipeline.storage.attribute_values import item, plain_item
from pipeline.storage.checkpoint import Checkpoint, Position

_numbers = st.integers(-(10**15), 10**15) | st.floats(-1e6, 1e6).map(lambda value: round(value, 6))
_values = st.recursive(
    st.text() | st.booleans() | st.none() | _numbers,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
_ENVIRONMENT = {
    "TRACKS_TABLE": "tracks",
    "RESULTS_BUCKET": "results",
    "VIDEOS_BUCKET": "videos",
    "TRACKING_ENDPOINT": "engine",
    "ENGINE_FUNCTION": "engine-api",
    "COMPLETION_TOPIC_ARN": "arn:aws:sns:eu-central-1:123456789012:done",
    "PUBLISH_ROLE_ARN": "arn:aws:iam::123456789012:role/publish",
    "COLLECT_QUEUE_URL": "https://sqs/collects",
    "UPLOAD_QUEUE_URL": "https://sqs/uploads",
    "RETENTION_DAYS": "30",
}


@given(st.dictionaries(st.text(min_size=1), _values, max_size=5))
def test_values_come_back_from_dynamodb_as_they_went(values: dict[str, object]) -> None:
    assert plain_item(item(values)) == values


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_dynamodb_does_not_know_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="cannot be stored"):
        item({"value": value})


@given(st.integers(0, 100))
def test_delays_grow_to_a_limit_and_are_jittered_by_half(tries: int) -> None:
    full = min(LONGEST_SECONDS, 2 * 2 ** min(tries, 16))
    assert full / 2 <= delay_seconds(tries) <= full


def test_delays_of_a_flood_are_spread_out() -> None:
    assert len({delay_seconds(8) for _ in range(200)}) > 20


@pytest.mark.parametrize("name", sorted(_ENVIRONMENT))
def test_a_missing_variable_is_named_at_start_up(name: str) -> None:
    rest = {key: value for key, value in _ENVIRONMENT.items() if key != name}
    with pytest.raises(ValidationError, match=name):
        Environment.read(rest)


@pytest.mark.parametrize("endpoint", ["Engine", "ftp://x", "", "https://"])
def test_an_unknown_tracking_endpoint_is_refused(endpoint: str) -> None:
    with pytest.raises(ValidationError, match="TRACKING_ENDPOINT"):
        Environment.read({**_ENVIRONMENT, "TRACKING_ENDPOINT": endpoint})


def test_other_endpoints_need_no_engine_function() -> None:
    rest = {key: value for key, value in _ENVIRONMENT.items() if key != "ENGINE_FUNCTION"}
    assert Environment.read({**rest, "TRACKING_ENDPOINT": "aws"}).tracking_endpoint == "aws"


def test_a_checkpoint_comes_back_from_the_table_as_it_went() -> None:
    checkpoint = Checkpoint(Position("token", 17), False, 4, 70_000, ("00001-00000", "00002-00001"), 1, 2)
    assert Checkpoint.of(plain_item(item({"Checkpoint": checkpoint.as_values()}))["Checkpoint"]) == checkpoint


def test_an_expired_token_starts_over_and_remembers_that_it_did() -> None:
    checkpoint = Checkpoint(Position("token", 17), False, 4, 70_000, ("00001-00000",), 1, 0)
    assert checkpoint.restarted() == Checkpoint(restarts=2)


def test_times_are_utc_and_sort_as_text() -> None:
    assert iso(0) == "1970-01-01T00:00:00.000Z"
    assert epoch(iso(1_772_356_992.5)) == 1_772_356_992.5
    assert iso(999) < iso(1000) < iso(1_000_000)
    assert expiry(30, since=1000.0) == 1000 + 30 * 86_400

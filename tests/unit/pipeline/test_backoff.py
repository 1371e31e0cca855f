"""How long a message waits before it is delivered again."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.messaging.backoff import LONGEST_SECONDS, delay_seconds


@given(st.integers(0, 100))
def test_delays_grow_to_a_limit_and_are_jittered_by_half(tries: int) -> None:
    full = min(LONGEST_SECONDS, 2 * 2 ** min(tries, 16))
    assert full / 2 <= delay_seconds(tries) <= full


def test_delays_of_a_flood_are_spread_out() -> None:
    assert len({delay_seconds(8) for _ in range(200)}) > 20

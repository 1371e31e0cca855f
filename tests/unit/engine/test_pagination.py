"""NextToken: opaque, short, bound to its job and order, valid for a day, and not to be forged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api import errors, pagination

SECRET = b"s" * 32
NOW = 1_800_000_000.0

sorts = st.sampled_from(["TIMESTAMP", "INDEX"])
positions = st.integers(0, 2**40)


@given(sort=sorts, position=positions, age=st.floats(0, pagination.LIFETIME_SECONDS - 1))
def test_a_token_leads_back_to_its_place_for_a_day(sort: str, position: int, age: float) -> None:
    token = pagination.issue(SECRET, sort, position, NOW)
    assert len(token) <= 255
    assert pagination.redeem(SECRET, sort, token, NOW + age) == position


@given(sort=sorts, position=positions)
def test_after_a_day_it_is_worthless(sort: str, position: int) -> None:
    token = pagination.issue(SECRET, sort, position, NOW)
    with pytest.raises(errors.InvalidPaginationTokenError):
        pagination.redeem(SECRET, sort, token, NOW + pagination.LIFETIME_SECONDS)


@given(sort=sorts, position=positions, secret=st.binary(min_size=32, max_size=32))
def test_another_job_does_not_take_it(sort: str, position: int, secret: bytes) -> None:
    if secret == SECRET:
        return
    token = pagination.issue(secret, sort, position, NOW)
    with pytest.raises(errors.InvalidPaginationTokenError):
        pagination.redeem(SECRET, sort, token, NOW)


@given(position=positions)
def test_the_other_order_does_not_take_it(position: int) -> None:
    token = pagination.issue(SECRET, "INDEX", position, NOW)
    with pytest.raises(errors.InvalidPaginationTokenError):
        pagination.redeem(SECRET, "TIMESTAMP", token, NOW)


@given(position=positions, at=st.integers(0, 51), letter=st.characters(min_codepoint=33, max_codepoint=0x2FF))
def test_a_token_with_any_letter_changed_is_refused(position: int, at: int, letter: str) -> None:
    token = pagination.issue(SECRET, "INDEX", position, NOW)
    forged = token[:at] + letter + token[at + 1 :]
    if forged == token:
        return
    with pytest.raises(errors.InvalidPaginationTokenError):
        pagination.redeem(SECRET, "INDEX", forged, NOW)


@given(text=st.text(min_size=1, max_size=255))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(errors.InvalidPaginationTokenError):
        pagination.redeem(SECRET, "INDEX", text, NOW)

"""Plain values to DynamoDB's attribute values and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.storage.attribute_values import item, plain_item

_numbers = st.integers(-(10**15), 10**15) | st.floats(-1e6, 1e6).map(lambda value: round(value, 6))
_values = st.recursive(
    st.text() | st.booleans() | st.none() | _numbers,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(min_size=1), _values, max_size=5))
def test_values_come_back_from_dynamodb_as_they_went(values: dict[str, object]) -> None:
    assert plain_item(item(values)) == values


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_dynamodb_does_not_know_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="cannot be stored"):
        item({"value": value})

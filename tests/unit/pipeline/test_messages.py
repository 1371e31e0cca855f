"""Everything that is said to users is one plain line."""

import pytest

from pipeline import messages

_TEXTS = {name: text for name, text in vars(messages).items() if name.isupper()}


@pytest.mark.parametrize("name", _TEXTS)
def test_a_message_is_one_line_that_begins_as_a_sentence(name: str) -> None:
    text = _TEXTS[name]
    assert text == " ".join(text.split())
    assert text[0].isupper() or name == "NO_REASON_KNOWN"
    # A reason ends it as the service wrote it.
    assert text.endswith((".", "{reason}", "{code}")) or name == "NO_REASON_KNOWN"

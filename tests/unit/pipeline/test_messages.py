"""Everything that is said to users is one plain line."""

import pytest
from botocore.exceptions import ClientError

from pipeline import messages
from pipeline.errors import LeaseLostError
from pipeline.messages import reason_of

_TEXTS = {name: text for name, text in vars(messages).items() if name.isupper() and name[0] != "_"}


@pytest.mark.parametrize("name", _TEXTS)
def test_a_message_is_one_line_that_begins_as_a_sentence(name: str) -> None:
    text = _TEXTS[name]
    assert text == " ".join(text.split())
    assert text[0].isupper() or name == "UNKNOWN_ERROR"
    # A reason ends it as the service wrote it.
    assert text.endswith((".", "{reason}", "{code}")) or name == "UNKNOWN_ERROR"


def test_the_reason_of_an_error_is_its_own_text_where_that_is_meant_for_users() -> None:
    refused = ClientError({"Error": {"Code": "AccessDenied", "Message": "not\nauthorized"}}, "PutObject")
    assert reason_of(refused) == "not authorized"
    assert reason_of(ClientError({"Error": {"Code": "404"}}, "HeadObject")) == "404"
    assert reason_of(LeaseLostError(messages.LEASE_LOST.format(video_id="ab"))) == (
        "Another invocation is collecting the video ab."
    )
    assert reason_of(KeyError("Attempt")) == "KeyError: 'Attempt'"


def test_a_reason_is_at_most_500_characters() -> None:
    assert len(reason_of(ValueError("x" * 1000))) == 500

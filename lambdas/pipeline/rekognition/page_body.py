"""Reading the body of a page of results without botocore's parser, which takes ten times as long.

botocore walks the service model's shapes down to each coordinate. A page's JSON is the answer already: its
members are those of the model, under the same names.
"""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json

_NULL = b"null"
"""Members that are null are to be left out, which botocore's parser does."""


def read_page_body(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    """A `before-parse` hook: takes the body's members as they are, unless the model is needed for them."""
    body = response_dict["body"]
    if response_dict["status_code"] != 200 or _NULL in body:
        return
    try:
        page = from_json(body)
    except ValueError:
        # botocore says what is wrong with it.
        return
    if isinstance(page, dict):
        customized_response_dict.update(page)
        response_dict["body"] = b"{}"

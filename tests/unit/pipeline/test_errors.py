"""The pipeline's errors are one tree, and the drawing of it is true."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline import errors


def _tree(error: type[Exception], depth: int = 0) -> Iterator[tuple[int, str]]:
    yield depth, error.__name__
    for child in error.__subclasses__():
        yield from _tree(child, depth + 1)


def test_the_tree_drawn_has_every_error_in_its_place() -> None:
    drawn = [
        (len(branches) // 4, name)
        for branches, name in re.findall(r"^ {4}([ │├└─]*)(\w+Error)\b", errors.__doc__ or "", re.MULTILINE)
    ]
    assert sorted(drawn) == sorted(_tree(errors.PipelineError))
    assert all(name.endswith("Error") for _, name in drawn)

"""The links of one path: which is the weakest, and what is none."""

from __future__ import annotations

import pytest

from shared.links import Link, PathLinks


def test_a_path_is_as_sure_as_its_weakest_link() -> None:
    path = PathLinks.of([[1000, 0.97], [4000, 0.61], [9000, 0.61]])
    assert path.confidence == 0.61
    assert path.weakest == Link(4000, 0.61)


def test_a_path_without_links_is_sure() -> None:
    assert PathLinks().confidence == 1
    assert PathLinks().weakest is None


@pytest.mark.parametrize(
    "links", [[[1]], [[1, 2, 3]], [[1, 1.5]], [[-1, 0.5]], [["x", "y"]], [[0, float("nan")]]]
)
def test_what_is_no_link_is_refused(links: list[list[float]]) -> None:
    with pytest.raises(ValueError, match=r"link|unpack|invalid literal"):
        PathLinks.of(links)

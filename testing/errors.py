"""Errors of the tests' own environment, never of what is tested.

    TestingError
    ├── FunctionFailedError    lambda_runtime: the function answered with an error, or ended
    └── ChromiumError          tests/e2e: Chromium does not answer; the text is one line

Only test doubles, environments and tests raise them.
"""

from __future__ import annotations


class TestingError(Exception):
    """Base of the errors of test doubles and environments."""

    __test__ = False
    """pytest collects what is called Test…."""


class FunctionFailedError(TestingError):
    """A Lambda function answered with an error, or ended; the text has its own words."""


class ChromiumError(TestingError):
    """Chromium does not answer."""

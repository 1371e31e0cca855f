"""Errors of the stack's code. `str()` of each is one line for the operator: what is wrong and what to do.

    InfraError
    ├── OptionError      a context key or value that cannot be used
    ├── BundlingError    a Lambda package cannot be built
    └── ModelError       the models are not available
        ├── FetchError       their package cannot be downloaded
        └── ConversionError  a model does not convert to its verified content

Each ends a synthesis or a command with its one line.
"""

from __future__ import annotations


class InfraError(Exception):
    """Base of what the stack's code raises for the operator."""


class OptionError(InfraError):
    """A context key or value that cannot be used: names it and what is allowed."""


class BundlingError(InfraError):
    """A Lambda package cannot be built."""


class ModelError(InfraError):
    """The models are not available."""


class FetchError(ModelError):
    """The models' package cannot be downloaded."""


class ConversionError(ModelError):
    """A model does not convert to its verified content."""

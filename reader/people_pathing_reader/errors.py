"""What the reader raises itself; `str()` of each is one line for the user.

    ReaderError
    ├── QueryError       a query of the command line cannot be answered
    └── SchemaError      the table was written by a later version

Errors of AWS calls (botocore's ClientError and BotoCoreError) come as they are.
"""

from __future__ import annotations


class ReaderError(Exception):
    """Base of what the reader raises itself."""


class QueryError(ReaderError):
    """The query cannot be answered; the text says why in one line."""


class SchemaError(ReaderError):
    """The table was written by a later version: upgrade the reader."""

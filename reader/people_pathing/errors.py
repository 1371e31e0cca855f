"""What the client raises itself; `str()` is one line for the user.

    StackError    the stack is not there, or has no engine

Errors of AWS calls (botocore's ClientError and BotoCoreError) come as they are, the engine's among them.
"""

from __future__ import annotations


class StackError(Exception):
    """The stack is not there, or has no engine; the text says what to do."""

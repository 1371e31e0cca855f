"""The commands' own error, for what runs before anything is installed: standard library only."""


class ToolError(Exception):
    """`str()` is one line for the user: what is wrong and what to do."""

"""What the page's server refuses to do."""

from tools.tool_error import ToolError


class RefusedError(ToolError):
    """Answered over HTTP; the text is for the user of the page."""

"""What the page's server refuses to do."""


class RefusedError(Exception):
    """The text is for the person at the page."""

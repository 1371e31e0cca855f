"""What is wrong with a video, said to the one who sent it."""


class VideoError(Exception):
    """A video that cannot be tracked; ``str()`` is one line for its owner: the job's StatusMessage."""

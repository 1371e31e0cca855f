"""Finding videos that no message will move on any more, and moving them on."""

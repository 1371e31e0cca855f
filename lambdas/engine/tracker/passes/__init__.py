"""The passes of the tracker, each over the whole video."""

"""What becomes of the paths when a camera shows less."""

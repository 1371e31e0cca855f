"""The report's part on a scene's zones and lines."""

"""The scene editor: zones and lines drawn on the picture of a camera."""

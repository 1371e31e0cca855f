"""How well and how fast people are found in single frames."""

"""Scenes: what a camera shows, what is asked, the floor in metres and the time of day."""

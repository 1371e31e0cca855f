"""Containers: which there are, what is wrong with one before it is opened, and opening it."""

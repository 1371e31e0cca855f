"""Tracking jobs: their state, their end and its notification."""

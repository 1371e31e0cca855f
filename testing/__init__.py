"""Test doubles and environments that tests and benches share."""

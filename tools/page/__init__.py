"""The page for dropping videos, on loopback: drop, watch, look at the reports."""

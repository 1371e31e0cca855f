"""Answers measured: errors of counts and dwell, time and memory."""

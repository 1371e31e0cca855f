"""The embedded AWS: a ministack server on loopback."""

"""Synthesizing the stack and deploying it to the embedded AWS."""

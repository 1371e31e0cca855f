"""Entry points of the engine's Lambda functions."""

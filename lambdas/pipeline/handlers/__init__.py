"""Entry points of the pipeline's Lambda functions."""

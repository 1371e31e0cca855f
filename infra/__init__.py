"""The stack, its options, its Lambda packages and its models."""

import os

# The CDK's runtime warns at length, on every run, of Node versions that still work.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "1")

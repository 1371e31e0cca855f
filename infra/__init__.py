"""The stack, its options, its Lambda packages and its models."""

import os

# On each of these, which still work, the CDK's runtime would print eleven lines of warning at every run.
os.environ["JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION"] = "20,21,22,23"

# Unpacked libraries of 213 MB would stay in the user's home, to save four seconds at a synthesis.
os.environ["JSII_RUNTIME_PACKAGE_CACHE"] = "disabled"

"""Entry point of the CDK app (see cdk.json)."""

import sys

from infra.models import ConversionError, FetchError
from infra.options import OptionError
from infra.packaging.bundling import BundlingError
from infra.synthesis import people_pathing

if __name__ == "__main__":
    try:
        people_pathing().synth()
    except (OptionError, BundlingError, FetchError, ConversionError) as problem:
        sys.exit(str(problem))

"""Entry point of the CDK app (see cdk.json)."""

import sys
from pathlib import Path

# What the functions and the stack must agree on, such as columns of tables, stands in the functions' code.
sys.path.append(str(Path(__file__).parent / "lambdas"))

from infra.errors import InfraError
from infra.synthesis import people_pathing
from tools.inert import inert

if __name__ == "__main__":
    try:
        people_pathing().synth()
    except InfraError as error:
        sys.exit(inert(str(error)))

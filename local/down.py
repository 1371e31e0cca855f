"""Stop the embedded AWS that `make up` left running.

python -m local.down
"""

import argparse

from local.errors import command
from local.up import take_down


def main() -> None:
    argparse.ArgumentParser(prog="local.down", description="Stop the embedded AWS.").parse_args()
    print("down; its state stays in .local/aws" if take_down() else "nothing was up")


if __name__ == "__main__":
    command(main)

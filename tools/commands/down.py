"""Stop the embedded AWS that `make up` left running.

python -m tools.commands.down
"""

from tools.arguments import Parser
from tools.commands.up import take_down
from tools.errors import command


def main() -> None:
    Parser(prog="make down", description="Stop the embedded AWS.").parse_args()
    print("stopped; its data stays in .local/aws" if take_down() else "nothing was running")


if __name__ == "__main__":
    command(main)

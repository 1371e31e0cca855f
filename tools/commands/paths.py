"""Ask the running stack's table: videos, their people, paths, who was there when, who crossed a region.

python -m tools.commands.paths [--stack STACK]
    [--video NAME [--person INDEX | --region L,T,W,H | --from TIME --to TIME]]
"""

import argparse

from reader.people_pathing_reader import Reader, SchemaError
from reader.people_pathing_reader.command import QuestionError, add_arguments, answer
from tools.errors import LocalError, command
from tools.target import current


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="tools.commands.paths", description="Ask the table of the running stack."
    )
    parser.add_argument("--stack", help="a stack deployed to AWS, instead of the one `make up` left running")
    add_arguments(parser)
    arguments = parser.parse_args()
    target = current(arguments.stack)
    try:
        answer(Reader(target.output("TracksTable"), target.client("dynamodb")), arguments)
    except (QuestionError, SchemaError) as error:
        raise LocalError(str(error)) from error


if __name__ == "__main__":
    command(main)

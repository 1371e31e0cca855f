"""Query the table of the running stack: videos, their people, paths, presence, crossings of a region.

python -m tools.commands.paths [--stack STACK]
    [--video NAME [--person INDEX | --region L,T,W,H | --from TIME --to TIME]]
"""

from reader.people_pathing_reader import Reader, ReaderError
from reader.people_pathing_reader.command import add_arguments, answer
from tools.arguments import Parser
from tools.errors import ToolError, command
from tools.target import current


def main() -> None:
    parser = Parser(
        prog="make paths",
        description='Query the table of the running stack. Options go in ARGS="--video clip.mp4 --person 0".',
    )
    parser.add_argument("--stack", help="a stack deployed to AWS; default: the one `make up` left running")
    add_arguments(parser)
    arguments = parser.parse_args()
    target = current(arguments.stack)
    try:
        answer(Reader(target.output("TracksTable"), target.client("dynamodb")), arguments)
    except ReaderError as error:
        raise ToolError(str(error)) from error


if __name__ == "__main__":
    command(main)

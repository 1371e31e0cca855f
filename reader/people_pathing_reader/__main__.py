"""python -m people_pathing_reader --table NAME [--video … [--person … | --region … | --from … --to …]]"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from .command import QuestionError, add_arguments, answer
from .reader import Reader, SchemaError


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit status: 0, or 1 with one line on standard error."""
    parser = argparse.ArgumentParser(
        prog="people-pathing", description="Videos, their people and their paths, out of the table."
    )
    parser.add_argument("--table", default=os.environ.get("TRACKS_TABLE"), help="default: $TRACKS_TABLE")
    add_arguments(parser)
    arguments = parser.parse_args(argv)
    if not arguments.table:
        parser.error("say which table: --table NAME, the stack's output TracksTable")
    try:
        answer(Reader(arguments.table), arguments)
    except (QuestionError, SchemaError, ClientError, BotoCoreError) as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""python -m people_pathing_reader --table NAME [--video … [--person … | --region … | --from … --to …]]"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from .command import add_arguments, answer
from .errors import ReaderError
from .reader import Reader


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit status: 0, or 1 with one line on standard error."""
    parser = argparse.ArgumentParser(
        prog="people-pathing", description="Query the videos, people and paths in the table."
    )
    parser.add_argument("--table", default=os.environ.get("TRACKS_TABLE"), help="default: $TRACKS_TABLE")
    add_arguments(parser)
    arguments = parser.parse_args(argv)
    if not arguments.table:
        parser.error("no table given: use --table NAME (the stack's output TracksTable)")
    try:
        answer(Reader(arguments.table), arguments)
    except (ReaderError, ClientError, BotoCoreError) as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())

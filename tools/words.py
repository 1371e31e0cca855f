"""Run a command with additional arguments: the words of an environment variable, split as a shell does.

python -m tools.words VARIABLE COMMAND [ARGUMENT ...]

Quotes and backslashes hold a word together; nothing in it is run or expanded. The words stand before the
command's `--`, or last.
"""

import os
import shlex
import signal
import sys


def main() -> None:
    name, *command = sys.argv[1:]
    try:
        words = shlex.split(os.environ.get(name, ""))
    except ValueError as error:
        sys.exit(f"error: {name} cannot be split into words: {error}.")
    end = command.index("--") if "--" in command else len(command)
    # Python ignores it, and the command would inherit that.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execvp(command[0], [*command[:end], *words, *command[end:]])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()

"""The command line of a command: its errors are one line, safe to print whatever the user gave."""

from __future__ import annotations

import argparse
from typing import NoReturn

from tools.inert import inert


def port(text: str) -> int:
    """A `type` of arguments: the number of a TCP port, 0 for a free one."""
    if not text.isascii() or not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text}: not a port; give a number from 1 to 65535")
    return int(text)


class Parser(argparse.ArgumentParser):
    """argparse's, except that an error is one inert line without the usage before it."""

    def error(self, message: str) -> NoReturn:
        """Exits with 2; `message` may quote what the user gave."""
        self.exit(2, f"error: {inert(message)} (--help lists the options)\n")

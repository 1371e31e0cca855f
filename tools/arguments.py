"""The command line of a command: its errors are one line, safe to print whatever the user gave."""

from __future__ import annotations

import argparse
from typing import NoReturn

from tools.inert import inert
from tools.messages import arguments as messages
from tools.tool_error import ToolError


def port_number(text: str) -> int:
    """The TCP port that a text from the user names; 0 stands for a free one. Raises ToolError."""
    if not (text.isascii() and text.isdigit() and int(text) < 1 << 16):
        raise ToolError(messages.not_a_port(inert(text)))
    return int(text)


class Parser(argparse.ArgumentParser):
    """argparse's, except that an error is one inert line without the usage before it."""

    def error(self, message: str) -> NoReturn:
        """Exits with 2; `message` may quote what the user gave."""
        self.exit(2, f"error: {inert(message)} (--help lists the options)\n")

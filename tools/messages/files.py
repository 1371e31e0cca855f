"""Files and folders that cannot be read or written."""

from __future__ import annotations

from pathlib import Path


def missing(name: str) -> str:
    return f"There is no file {name}."


def not_utf8(name: str) -> str:
    return f"{name} is not JSON: it is not UTF-8 text."


def is_a_folder(out: Path) -> str:
    return f"{out} is a folder. Give a file in it."


def is_a_file(name: str) -> str:
    return f"{name} is a file. Give OUT a folder."


def no_folder(folder: Path) -> str:
    return f"There is no folder {folder}."


def not_writable(folder: Path) -> str:
    return f"The folder {folder} is not writable. Give another OUT."


def not_ours(name: str) -> str:
    """A file that make answers would overwrite."""
    return f"{name} was not written by make answers and would be overwritten. Give another OUT."

"""Functions stay short enough to be read at once."""

from __future__ import annotations

import ast
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_FOLDERS = ("bench", "infra", "lambdas", "reader", "testing", "tests", "tools")
_MOST_LINES = 50
"""Of a function, without its docstring."""


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return whole
    docstring = function.body[0]
    return whole - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def test_functions_have_at_most_fifty_lines() -> None:
    files = [file for folder in _FOLDERS for file in (_ROOT / folder).rglob("*.py")]
    assert len(files) > 300
    long = [
        f"{file.relative_to(_ROOT)}:{node.lineno} {node.name}: {length(node)} lines"
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > _MOST_LINES
    ]
    assert long == []

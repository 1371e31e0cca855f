"""What users read stands in each package's messages, each text once and in one form.

`pytest -s -k every_text` prints them all, for reading line by line.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from engine.stage import Stage

_ROOT = Path(__file__).resolve().parents[2]

_RULES = "lambdas/pipeline/answers/scenes"
"""Where a scene's faults stand, beside the rules that they state."""

_PACKAGES = ("infra", "lambdas/engine", "lambdas/pipeline", "tools")

_EXAMPLES: dict[str, Any] = {
    "Fraction": Fraction(25, 2),
    "Path": Path("folder/file"),
    "Exception": ConnectionError("connection refused."),
    "Iterable[str]": ("one", "two"),
    "Sequence[str]": ("one", "two"),
    "Stage": Stage.DETECTING,
    "bool": True,
    "float": 12.5,
    "int": 25,
    "list[str]": ["one", "two"],
    "object": "one",
    "str": "example",
    "str | None": "example",
}
"""What a text is filled with, by the parameter's annotation."""

_END = re.compile(r".*[.?…]|.*example|.*(?:: |and )(?:make|aws|ffmpeg|apt-get|--scene) .+|.*[A-Z_]=\S+\)?")
"""How a text ends: as a sentence, as what it is filled in with, or with a command to run."""


class _Filled(dict[str, str]):
    """Fills whatever a text has in braces."""

    def __missing__(self, _key: str) -> str:
        return "example"


def texts_of(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Each text of a messages module, with its name; those that are filled in with an example."""
    own = {
        ast.unparse(target)
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.Assign)
        for target in node.targets
    }
    for name, value in vars(module).items():
        if name in own and not name.startswith("_") and isinstance(value, str):
            yield name, value
        elif inspect.isfunction(value) and value.__module__ == module.__name__ and name[0] != "_":
            signature = inspect.signature(value)
            if signature.return_annotation != "str" or name == "reason_of":
                continue
            given = {each.name: _EXAMPLES[each.annotation] for each in signature.parameters.values()}
            yield name, value(**given)


def modules_of_messages() -> Iterator[str]:
    """Dotted names of every `messages.py`, and of the modules of every package `messages`."""
    for package in _PACKAGES:
        folder = _ROOT / package
        for file in sorted((*folder.rglob("messages.py"), *folder.rglob("messages/*.py"))):
            if file.name != "__init__.py":
                yield ".".join(file.relative_to(folder.parent).with_suffix("").parts)


ALL = [
    pytest.param(text, id=f"{name}.{key}")
    for name in modules_of_messages()
    for key, text in texts_of(importlib.import_module(name))
]


@pytest.mark.parametrize("text", ALL)
def test_every_text_is_one_line_and_ends_as_one(text: str) -> None:
    print(text)
    assert text == " ".join(text.split())
    part_of_another = not text[0].isupper() or text.isupper()
    assert part_of_another or _END.fullmatch(text.format_map(_Filled()))


def test_all_packages_have_messages() -> None:
    assert {name.partition(".")[0] for name in modules_of_messages()} == {
        "engine",
        "infra",
        "pipeline",
        "tools",
    }
    assert len(ALL) > 150


def own_errors(package: Path) -> set[str]:
    """The errors that a package's modules define."""
    return {
        node.name
        for file in package.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef) and node.name.endswith("Error")
    }


def texts_written(raised: ast.Call) -> list[str]:
    """Texts of several words that an exception is given as they are, not by a messages module."""
    return [
        ast.unparse(argument)
        for argument in [*raised.args, *(keyword.value for keyword in raised.keywords)]
        if isinstance(argument, ast.JoinedStr | ast.Constant) and " " in ast.unparse(argument)
    ]


@pytest.mark.parametrize("package", _PACKAGES)
def test_no_error_for_users_has_its_text_where_it_is_raised(package: str) -> None:
    names = own_errors(_ROOT / package)
    assert names
    loose = [
        f"{file.relative_to(_ROOT)}:{node.lineno} {text}"
        for file in (_ROOT / package).rglob("*.py")
        if _RULES not in str(file)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in names
        for text in texts_written(node)
    ]
    assert loose == []

"""Each package's errors are one tree, and the drawing at the top of its errors file is true."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.api import errors as wire

_ROOT = Path(__file__).resolve().parents[2]

_DRAWINGS = {
    "infra": ("errors.py",),
    "lambdas/engine": ("errors.py", "api/errors.py"),
    "lambdas/pipeline": ("errors.py",),
    "reader/people_pathing": ("errors.py",),
    "reader/people_pathing_reader": ("errors.py",),
    "testing": ("errors.py",),
    "tools": ("errors.py",),
}
"""Package → the modules at whose top its errors are drawn."""

_DRAWN_LINE = re.compile(r"^ {4}((?:│   |    )*(?:[├└]── )?)(\w+)(?: +(.*))?$", re.MULTILINE)

Tree = dict[str, str]
"""Name of an error → name of what it derives from."""


def errors_of(folder: Path) -> Tree:
    """All exceptions that a package's modules define, without those that are private to a module."""
    classes = {
        node.name: bases[0]
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef)
        and (bases := [ast.unparse(base).rpartition(".")[2] for base in node.bases])
    }
    return {
        name: base
        for name, base in classes.items()
        if not name.startswith("_") and re.search(r"(Error|Exception)$", base)
    }


def lines_of(errors_file: Path) -> Iterator[tuple[str, str, str]]:
    """Each line of the drawing: the error, the one it hangs on and what is said of it."""
    above: list[str] = []
    docstring = ast.get_docstring(ast.parse(errors_file.read_text()), clean=False) or ""
    for branches, name, remark in _DRAWN_LINE.findall(docstring):
        depth = len(branches) // 4
        above[depth:] = [name]
        yield name, above[depth - 1] if depth else "Exception", remark


def packages() -> list[Path]:
    """What is delivered, and what tests and benches share: folders of modules, none inside another."""
    folders = [folder for place in ("", "lambdas", "reader") for folder in (_ROOT / place).iterdir()]
    return sorted(folder for folder in folders if (folder / "__init__.py").exists())


def test_no_error_stands_outside_the_packages() -> None:
    """Such as those of tests: theirs are in `testing`."""
    assert errors_of(_ROOT / "tests") == {}


@pytest.mark.parametrize(("package", "drawings"), _DRAWINGS.items())
def test_every_package_has_one_base_drawn_at_the_top(package: str, drawings: tuple[str, ...]) -> None:
    names = errors_of(_ROOT / package)
    bases = [name for name, base in names.items() if base not in names]
    (first, above, _), *_ = lines_of(_ROOT / package / drawings[0])
    assert [(first, above)] == [(base, "Exception") for base in bases]


def test_every_package_with_errors_draws_them() -> None:
    raising = {str(package.relative_to(_ROOT)) for package in packages() if errors_of(package)}
    assert raising == set(_DRAWINGS)


@pytest.mark.parametrize(("package", "drawings"), _DRAWINGS.items())
def test_the_tree_drawn_has_every_error_in_its_place(package: str, drawings: tuple[str, ...]) -> None:
    drawn = {name: base for drawing in drawings for name, base, _ in lines_of(_ROOT / package / drawing)}
    drawn.pop("Exception", None)
    errors = errors_of(_ROOT / package)
    assert drawn == errors
    assert all(name.endswith("Error") for name in errors)


def test_the_contracts_errors_are_drawn_with_their_status_and_name() -> None:
    drawn = {
        name: tuple(remark.split()) for name, _, remark in lines_of(_ROOT / "lambdas/engine/api/errors.py")
    }
    answered = {error.__name__: (str(error.status), error.name) for error in wire.WireError.__subclasses__()}
    assert len(answered) > 10
    assert {name: drawn[name] for name in answered} == answered

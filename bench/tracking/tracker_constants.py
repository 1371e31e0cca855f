"""The numbers that the tracker's modules define, found in their sources, and what their docstrings say."""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import numpy as np

import engine.tracker

Number = int | float | tuple[float, ...] | np.ndarray


@dataclass(frozen=True, eq=False)
class Constant:
    """A number, or several in a tuple or an array.

    Attributes:
        name: as in its module.
        module: that defines it.
        users: other modules that import it.
        docstring: below it, or below the last of its group; "" where there is none.
    """

    name: str
    module: ModuleType
    users: tuple[ModuleType, ...]
    docstring: str

    @property
    def label(self) -> str:
        """The module's own name and the constant's."""
        return f"{_short(self.module)}.{self.name}"

    @property
    def value(self) -> Number:
        """The value in force."""
        number: Number = getattr(self.module, self.name)
        return number

    @contextmanager
    def set_to(self, value: Number) -> Iterator[None]:
        """The tracker with another value of it."""
        with ExitStack() as stack:
            for module in (self.module, *self.users):
                stack.enter_context(patch.object(module, self.name, value))
            yield


@cache
def constants() -> tuple[Constant, ...]:
    """Every number of the tracker's modules, by module and line."""
    modules = _modules()
    defined = {
        module.__name__: dict(_defined(ast.parse(inspect.getsource(module)).body)) for module in modules
    }
    found = []
    for module in modules:
        for name, docstring in reversed(defined[module.__name__].items()):
            if _is_number(getattr(module, name)):
                users = [one for one in modules if name in vars(one) and name not in defined[one.__name__]]
                found.append(Constant(name, module, tuple(users), docstring))
    return tuple(found)


def sources_digest(files: Iterable[Path]) -> str:
    """A digest of what some Python files do: comments and docstrings have no part in it."""
    digest = hashlib.sha256()
    for file in files:
        tree = ast.parse(file.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                node.body = [one for one in node.body if not _is_text(one)] or [ast.Pass()]
        digest.update(file.name.encode() + ast.dump(tree).encode())
    return digest.hexdigest()


def _modules() -> list[ModuleType]:
    found = pkgutil.walk_packages(engine.tracker.__path__, "engine.tracker.")
    modules = [importlib.import_module(one.name) for one in found if not one.ispkg]
    assert len({_short(module) for module in modules}) == len(modules)
    return modules


def _short(module: ModuleType) -> str:
    return module.__name__.rsplit(".", 1)[-1]


def _defined(body: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Names of the constants and their docstrings, the last first."""
    docstring = ""
    for node in reversed(body):
        if _is_text(node):
            docstring = ast.literal_eval(node.value)  # type: ignore[attr-defined]
        elif names := _assigned(node):
            yield from ((name, docstring) for name in reversed(names))
        else:
            docstring = ""


def _assigned(node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    targets += [node.target] if isinstance(node, ast.AnnAssign) else []
    names = [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    return [name for name in names if name.isupper()]


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _is_number(value: object) -> bool:
    if isinstance(value, tuple):
        return len(value) > 0 and all(_is_number(one) for one in value)
    return isinstance(value, int | float | np.ndarray) and not isinstance(value, bool)

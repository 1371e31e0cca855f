"""Scenes that cannot be used or stored."""

from __future__ import annotations


def one_fault(name: str, fault: str) -> str:
    return f"{name}: {fault}"


def faults(name: str, number: int) -> str:
    """After a line for each."""
    return f"{name} has {number} faults; see docs/scenes.md."


def asks_nothing(name: str) -> str:
    return f"{name} asks nothing: it has no zones, no lines and no floor."


def would_replace(name: str, other: str) -> str:
    return f"The scene {name} would replace the scene {other}. Give it another name."


def same_name(other: str) -> str:
    return f"There is another scene of the name {other}. Each needs its own."


def same_prefix(other: str, prefix: str) -> str:
    return (
        f"The scene {other} has the same prefix, {prefix}. A video belongs to one scene only: give another."
    )

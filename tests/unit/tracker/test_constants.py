"""Every number that a module of the tracker defines says why, and the bench varies it."""

import ast
import inspect
from pathlib import Path

from bench.tracking.constants import LEFT_OUT, constant_names
from bench.tracking.tracker_constants import constants, sources_digest
from engine.tracker.motion import motion_model
from engine.tracker.passes import stitching


def test_every_constant_of_the_tracker_has_a_docstring() -> None:
    assert len(constants()) > 80
    assert [one.label for one in constants() if not one.docstring] == []


def test_every_constant_is_varied_or_left_out_for_a_reason() -> None:
    left_out = [name for names in LEFT_OUT.values() for name in names]
    assert len(set(left_out)) == len(left_out)
    assert set(left_out) - {one.label for one in constants()} == set()
    assert set(constant_names()).isdisjoint(left_out)


def test_no_constant_is_the_default_of_an_argument_which_nothing_sets() -> None:
    modules = {one.module for one in constants()}
    functions = [
        node
        for module in modules
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.FunctionDef)
    ]
    defaults = [
        default
        for function in functions
        for default in (*function.args.defaults, *function.args.kw_defaults)
        if default is not None
    ]
    names = {node.id for default in defaults for node in ast.walk(default) if isinstance(node, ast.Name)}
    assert names & {one.name for one in constants()} == set()


def test_what_a_detectors_settings_hold_is_tried_as_a_setting() -> None:
    assert [name for name in constant_names() if name.startswith("settings.")] == []


def test_a_constant_is_set_wherever_it_is_imported() -> None:
    (fastest,) = [one for one in constants() if one.label == "motion_model.FASTEST"]
    before = motion_model.FASTEST
    with fastest.set_to(7.0):
        assert vars(stitching)["FASTEST"] == vars(motion_model)["FASTEST"] == 7.0
    assert vars(stitching)["FASTEST"] == vars(motion_model)["FASTEST"] == before


def test_docstrings_and_comments_have_no_part_in_the_digest_of_sources(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text('A = 1\n"""One."""\n')
    before = sources_digest([file])
    file.write_text('"""A module."""\nA = 1  # the first\n')
    assert sources_digest([file]) == before
    file.write_text("A = 2\n")
    assert sources_digest([file]) != before

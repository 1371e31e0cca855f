"""The real packages: small enough for Lambda, and complete with nothing else installed."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from infra.packaging.bundling import PackageName, build
from infra.packaging.platforms import LAMBDA_PYTHON
from testing.recording_proxy import recording_proxy
from tests.infrastructure.interpreters import PLATFORMS, Unzip, bare, interpreter
from tests.infrastructure.template import Template

LAMBDAS = Path(__file__).resolve().parents[2] / "lambdas"
UNZIPPED_LIMIT = 250 * 1024 * 1024
PACKAGES: tuple[PackageName, ...] = ("pipeline", "engine")

IMPORT = """
import importlib, os, sys
package, module = sys.argv[1:]
standard = os.path.realpath(os.path.dirname(os.__file__))
sys.path.insert(0, package)
handler = importlib.import_module(module).handler
assert callable(handler)
for name, loaded in list(sys.modules.items()):
    file = os.path.realpath(getattr(loaded, "__file__", None) or standard)
    if not file.startswith((os.path.realpath(package), standard)):
        sys.exit(f"{name} came from {file}")
"""
"""Imports a handler and names every module that came from elsewhere than the package or the standard library.
"""


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_is_within_lambdas_limit(name: PackageName, platform: str) -> None:
    with zipfile.ZipFile(build(name, PLATFORMS[platform]).path) as zipped:
        assert sum(entry.file_size for entry in zipped.infolist()) < UNZIPPED_LIMIT


@pytest.mark.parametrize("name", PACKAGES)
def test_what_goes_to_aws_is_compiled_for_its_python_and_machine(name: PackageName) -> None:
    """ELF says the machine at byte 18 (62: x86-64); the file name says the Python, where it binds to one."""
    own = re.compile(rf"\.cpython-{LAMBDA_PYTHON.replace('.', '')}-x86_64-linux-gnu\.so$")
    with zipfile.ZipFile(build(name, PLATFORMS["aws"]).path) as zipped:
        libraries = [entry for entry in zipped.namelist() if ".so" in Path(entry).suffixes]
        assert libraries
        for library in libraries:
            assert ".cpython-" not in library or own.search(library), library
            head = zipped.open(library).read(20)
            assert head[:4] == b"\x7fELF"
            assert head[18] == 62, library


@pytest.mark.parametrize("name", PACKAGES)
def test_requirements_do_not_ask_who_installs_them(name: PackageName) -> None:
    """pip would answer a marker for the machine that packages, not for the one that runs."""
    pinned = [line for line in (LAMBDAS / name / "requirements.txt").read_text().splitlines() if "==" in line]
    assert pinned
    assert not [line for line in pinned if ";" in line]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_handler_imports_with_nothing_else_installed(
    unzip: Unzip, template: Template, platform: str, tmp_path: Path
) -> None:
    python = interpreter(platform)
    for function in template.all("AWS::Lambda::Function"):
        module = function["Handler"].removesuffix(".handler")
        variables = function["Environment"]["Variables"]
        environment = {
            name: value if isinstance(value, str) else _stand_in(name)
            for name, value in variables.items()
            if name != "POWERTOOLS_TRACE_DISABLED"  # as on AWS, where functions are traced
        }
        package = unzip("engine" if module.startswith("engine.") else "pipeline", platform)
        environment["AWS_DEFAULT_REGION"] = "us-east-1"
        run = bare(python, IMPORT, str(package), module, bytecode=tmp_path, **environment)
        assert run.returncode == 0, f"{module}: {run.stderr}"


def _stand_in(name: str) -> str:
    """A value of the right form for what only a deployment knows."""
    if name.endswith("_ARN"):
        return "arn:aws:service:us-east-1:000000000000:thing"
    return "https://queue.example.org/name" if name.endswith("_URL") else "some-name"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_models_load_out_of_the_package(unzip: Unzip, platform: str) -> None:
    code = """
import sys
sys.path.insert(0, sys.argv[1])
import pathlib, lap, av, numpy
from engine.detector.session import ModelSession
for model in sorted(pathlib.Path(sys.argv[1], "engine", "models").glob("*.onnx")):
    ModelSession(model, threads=1)
    print(model.name)
"""
    run = bare(interpreter(platform), code, str(unzip("engine", platform)))
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == ["blazeface.onnx", "facemesh.onnx", "movenet.onnx", "nanodet.onnx"]


def test_the_engine_sends_no_telemetry(unzip: Unzip, tmp_path: Path) -> None:
    """Left to itself, onnxruntime writes an id of the machine at once and reports it within 10 s."""
    code = """
import sys
sys.path.insert(0, sys.argv[1])
from engine.detector import load_detector
load_detector("movenet", threads=1)
print("loaded", flush=True)
sys.stdin.read()
"""
    with recording_proxy() as proxy:
        process = subprocess.Popen(
            [interpreter("host"), "-I", "-S", "-B", "-c", code, str(unzip("engine", "host"))],
            env={"HOME": str(tmp_path), "ORT_DISABLE_TELEMETRY": "0", **proxy.variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"loaded\n"
            proxy.requested_within(12)
    assert process.returncode == 0
    assert proxy.requests == []
    assert list(tmp_path.rglob("*")) == []

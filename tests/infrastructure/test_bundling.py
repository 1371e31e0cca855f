"""Packages are the same bytes for the same input, rebuilt only where something changed, and fail clearly."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from infra import models
from infra.errors import BundlingError
from infra.packaging import bundling
from infra.packaging.archive import add_files
from infra.packaging.bundling import build
from infra.packaging.platforms import Platform
from infra.packaging.trimming import keeps

HOST = Platform.of_host()


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny `lambdas` folder and a cache of its own."""
    lambdas = tmp_path / "lambdas"
    for name in ("pipeline", "engine"):
        (lambdas / name / "deep").mkdir(parents=True)
        (lambdas / name / "__init__.py").write_text("")
        (lambdas / name / "deep" / "code.py").write_text("value = 1\n")
        (lambdas / name / "requirements.txt").write_text("")
        (lambdas / name / "requirements.in").write_text("")
    monkeypatch.setattr(bundling, "_LAMBDAS", lambdas)
    monkeypatch.setenv("PEOPLE_PATHING_CACHE", str(tmp_path / "cache"))
    prepared = tmp_path / "prepared"
    prepared.mkdir()
    (prepared / "movenet.onnx").write_bytes(b"weights")
    monkeypatch.setattr(models, "prepared", lambda _report: prepared)
    return lambdas


def names(package: bundling.Package) -> list[str]:
    with zipfile.ZipFile(package.path) as zipped:
        return zipped.namelist()


def test_a_package_holds_sources_and_models_and_nothing_stray(sources: Path) -> None:
    (sources / "engine" / "__pycache__").mkdir()
    (sources / "engine" / "__pycache__" / "code.cpython-311.pyc").write_bytes(b"")
    (sources / "engine" / ".notes").write_text("")
    (sources / "engine" / "models").mkdir()
    (sources / "engine" / "models" / "stale.onnx").write_bytes(b"")
    assert names(build("engine", HOST)) == [
        "engine/__init__.py",
        "engine/deep/code.py",
        "engine/models/movenet.onnx",
    ]
    assert names(build("pipeline", HOST)) == ["pipeline/__init__.py", "pipeline/deep/code.py"]


def test_the_same_input_is_the_same_package_byte_for_byte(sources: Path) -> None:
    first = build("engine", HOST)
    before = first.path.read_bytes()
    shutil.rmtree(first.path.parent)
    for file in sources.rglob("*.py"):
        os.utime(file, (1, 1))
        file.chmod(0o600)
    again = build("engine", HOST)
    assert again == first
    assert again.path.read_bytes() == before


def test_a_changed_source_or_model_is_another_package(sources: Path) -> None:
    first = build("engine", HOST)
    (sources / "engine" / "deep" / "code.py").write_text("value = 2\n")
    second = build("engine", HOST)
    (models.prepared(print) / "movenet.onnx").write_bytes(b"other weights")
    third = build("engine", HOST)
    assert len({first.digest, second.digest, third.digest}) == 3
    with zipfile.ZipFile(second.path) as zipped:
        assert zipped.read("engine/deep/code.py") == b"value = 2\n"


def test_dependencies_are_installed_once_for_any_number_of_source_changes(
    sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build("pipeline", HOST)
    monkeypatch.setattr(bundling, "_pip_install", _not_again)
    (sources / "pipeline" / "deep" / "code.py").write_text("value = 3\n")
    build("pipeline", HOST)


def _not_again(*_: object) -> None:
    raise AssertionError("pip ran again")


def test_what_cannot_be_installed_is_said_in_one_line(sources: Path) -> None:
    (sources / "pipeline" / "requirements.txt").write_text("boto3==1.0.0\n")  # no hash
    with pytest.raises(BundlingError) as failed:
        build("pipeline", HOST)
    assert str(failed.value).startswith(f"pip could not install requirements.txt for {HOST.name}: ")
    assert "Hashes are required" in str(failed.value)
    assert "\n" not in str(failed.value)


def test_concurrent_builds_agree_and_leave_no_temporary_files(sources: Path, tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool:
        packages = pool.map(_build_pipeline, range(8))
    assert len(set(packages)) == 1
    left = {file.suffix for file in (tmp_path / "cache" / "assets").iterdir()}
    assert left == {".zip", ".lock"}


def _build_pipeline(_: int) -> bundling.Package:
    return build("pipeline", HOST)


def test_superseded_packages_are_removed(sources: Path) -> None:
    old = build("pipeline", HOST).path
    half_made = old.with_name(".layer-pipeline-killed")
    half_made.mkdir()
    (half_made / "layer.zip").touch()
    for file in (old, half_made):
        os.utime(file, (1, 1))
    (sources / "pipeline" / "deep" / "code.py").write_text("value = 4\n")
    new = build("pipeline", HOST).path
    assert new.exists()
    assert not old.exists()
    assert not half_made.exists()


def test_entries_are_sorted_dated_alike_and_readable_by_all(tmp_path: Path) -> None:
    library, text = tmp_path / "b.so", tmp_path / "a.py"
    library.write_bytes(b"1")
    text.write_bytes(b"2")
    text.chmod(0o600)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as zipped:
        add_files(zipped, [(PurePosixPath("z/b.so"), library), (PurePosixPath("a.py"), text)])
        entries = zipped.infolist()
    assert [entry.filename for entry in entries] == ["a.py", "z/b.so"]
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert [oct(entry.external_attr >> 16) for entry in entries] == ["0o100644", "0o100755"]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("botocore/data/s3/2006-03-01/service-2.json.gz", True),
        ("botocore/data/rekognition/2016-06-27/service-2.json.gz", True),
        ("botocore/data/endpoints.json", True),
        ("botocore/data/partitions.json", True),
        ("botocore/data/ec2/2016-11-15/service-2.json.gz", False),
        ("boto3/data/ec2/2016-11-15/resources-1.json", False),
        ("onnxruntime/capi/onnxruntime_pybind11_state.so", True),
        ("onnxruntime/capi/libonnxruntime.so.1.32.0", False),
        ("onnxruntime/capi/libonnxruntime_providers_shared.so", True),
        ("onnxruntime/transformers/models/t5/x.py", False),
        ("onnxruntime/tools/x.py", False),
        ("numpy/_core/tests/test_x.py", False),
        ("numpy/testing/__init__.py", True),
        ("numpy/__init__.pyi", False),
        ("numpy.libs/libscipy_openblas64_.so", True),
        ("av/frame.pyx", False),
        ("av.libs/libavcodec.so.61", True),
        ("boto3-1.43.106.dist-info/METADATA", True),
        ("boto3-1.43.106.dist-info/licenses/LICENSE", True),
        ("boto3-1.43.106.dist-info/RECORD", False),
        ("bin/jp.py", False),
        ("six.py", True),
        ("pkg/__pycache__/x.pyc", False),
    ],
)
def test_trimming(path: str, kept: bool) -> None:
    assert keeps(PurePosixPath(path)) is kept

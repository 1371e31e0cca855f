"""The interpreter and machine a Lambda package is built for."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass

LAMBDA_PYTHON = "3.13"

_MANYLINUX = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014")
"""The Python 3.13 runtime is based on Amazon Linux 2023, with glibc 2.34: every older manylinux runs there.
"""

_MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}


@dataclass(frozen=True)
class Platform:
    """A target of packaging.

    `name` names the cached layer; `pip_options` make pip choose wheels for it.
    """

    name: str
    pip_options: tuple[str, ...]

    @classmethod
    def on_aws(cls, architecture: str) -> Platform:
        """The Lambda runtime on `architecture` (`x86_64` or `arm64`)."""
        machine = _MACHINES[architecture]
        options = [f"--python-version={LAMBDA_PYTHON}", "--implementation=cp"]
        options += [f"--platform={manylinux}_{machine}" for manylinux in _MANYLINUX]
        return cls(f"python{LAMBDA_PYTHON}-{architecture}", tuple(options))

    @classmethod
    def of_host(cls) -> Platform:
        """The running interpreter: the embedded AWS runs Lambda code in a Python of this machine."""
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return cls(f"host-python{version}-{sys.platform}-{platform.machine()}", ())

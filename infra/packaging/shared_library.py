"""What an ELF shared library (64 bits, little-endian) offers, and what it takes from others."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

IDENTITY = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
"""Of a file: 64 bits, little-endian, the ABI of System V."""
HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SYMBOL = struct.Struct("<IBBHQQ")
DYNAMIC = struct.Struct("<QQ")
DATA, FUNCTION = 1, 2
"""Types of symbols."""
GLOBAL, _WEAK = 1, 2
"""Bindings of symbols that other libraries see."""
SONAME = 14

_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOLS_SECTION, _DYNAMIC_SECTION = 11, 6


@dataclass(frozen=True)
class SharedLibrary:
    """`machine` is ELF's number; `functions` and `data` (name: bytes) are for others, `taken` comes from
    others.
    """

    machine: int
    soname: str
    functions: frozenset[str]
    data: dict[str, int]
    taken: frozenset[str]


def read_library(content: bytes) -> SharedLibrary:
    """What is in a library's dynamic symbol table. Raises ValueError when `content` is no such library."""
    try:
        header = HEADER.unpack_from(content)
        if header[0][:6] != IDENTITY[:6]:
            raise ValueError("not a 64-bit little-endian ELF file")
        sections = [_SECTION.unpack_from(content, header[6] + at * _SECTION.size) for at in range(header[12])]
        symbols = next(section for section in sections if section[1] == _SYMBOLS_SECTION)
        dynamic = next(section for section in sections if section[1] == _DYNAMIC_SECTION)
        strings = sections[symbols[6]][4]
        soname = next(value for tag, value in DYNAMIC.iter_unpack(_bytes(content, dynamic)) if tag == SONAME)
        table = list(_named(content, _bytes(content, symbols), strings))
    except (struct.error, StopIteration, IndexError) as error:
        raise ValueError("an ELF file without a name or dynamic symbols") from error
    return SharedLibrary(
        header[2],
        _text(content, strings + soname),
        frozenset(name for name, kind, defined, _ in table if defined and kind == FUNCTION),
        {name: size for name, kind, defined, size in table if defined and kind == DATA},
        frozenset(name for name, _, defined, _ in table if not defined),
    )


def _named(content: bytes, symbols: bytes, strings: int) -> Iterator[tuple[str, int, bool, int]]:
    """Name, type, whether it is defined here, and size, of each symbol that other libraries see."""
    for name, info, _, section, _, size in SYMBOL.iter_unpack(symbols):
        if info >> 4 in (GLOBAL, _WEAK):
            yield _text(content, strings + name), info & 15, section != 0, size


def _bytes(content: bytes, section: tuple[int, ...]) -> bytes:
    return content[section[4] : section[4] + section[5]]


def _text(content: bytes, start: int) -> str:
    return content[start : content.index(b"\0", start)].decode()

"""A shared library that another one loads with, without any of its code: what is called in it answers 0.

Written from the System V ABI and its supplements for AMD64 and AArch64, as bytes: a machine that packages for
Lambda needs no compiler, and may be of another kind.

In the file: headers, names, symbols, relocations and two functions, which are loaded to run; then a table of
addresses and the dynamic section, which are loaded to write, a page higher than they stand in the file, with
zeros after them in memory.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from infra.packaging.shared_library import (
    DATA,
    DYNAMIC,
    FUNCTION,
    GLOBAL,
    HEADER,
    IDENTITY,
    SONAME,
    SYMBOL,
    SharedLibrary,
)

_SEGMENT = struct.Struct("<IIQQQQQQ")
_RELOCATION = struct.Struct("<QQq")
_HASH, _STRINGS, _SYMBOLS, _STRINGS_SIZE, _SYMBOL_SIZE = 4, 5, 6, 10, 11
_RELOCATIONS, _RELOCATIONS_SIZE, _RELOCATION_SIZE = 7, 8, 9
_LOADED, _DYNAMIC, _STACK = 1, 2, 0x6474E551
_RUN, _WRITE, _READ = 1, 2, 4
_SHARED_OBJECT = 3
_PAGE = 0x10000
"""Bytes: the largest page of Linux on AArch64, and a multiple of AMD64's."""
_HEADERS_SIZE = HEADER.size + 4 * _SEGMENT.size
_TABLE_ENTRIES = 128
_ANY_SECTION = 1
"""A symbol's section: there are none here, and any but 0 says that the symbol is defined."""


@dataclass(frozen=True)
class _Machine:
    """Two functions in machine code, and the relocation that adds the address a library is loaded at."""

    answer_zero: bytes
    answer_address: Callable[[int], bytes]
    """A function that returns the address so many bytes after its own first byte."""
    relative: int


def _lea(distance: int) -> bytes:
    return b"\x48\x8d\x05" + struct.pack("<i", distance - 7) + b"\xc3"  # lea rax, [rip + …]; ret


def _adr(distance: int) -> bytes:
    adr = 0x10000000 | (distance & 3) << 29 | (distance >> 2) << 5
    return struct.pack("<II", adr, 0xD65F03C0)  # adr x0, …; ret


_MACHINES = {
    62: _Machine(b"\x31\xc0\xc3", _lea, 8),  # xor eax, eax; ret
    183: _Machine(struct.pack("<II", 0xD2800000, 0xD65F03C0), _adr, 1027),  # mov x0, #0; ret
}


def stand_in(library: SharedLibrary, users: Iterable[SharedLibrary], tables: str) -> bytes:
    """A library in place of `library` for `users`: it has what they take from it, and no more.

    A function answers 0. One whose name starts with `tables` answers the address of 128 addresses of such
    functions, for what is called through a structure of pointers. Data is zeros. Raises ValueError when
    `library` is of a machine that is neither x86-64 nor AArch64.
    """
    if library.machine not in _MACHINES:
        raise ValueError(
            f"{library.soname}: made for a machine unknown here, number {library.machine} in ELF"
        )
    taken = frozenset[str]().union(*(user.taken for user in users))
    return _file(
        library.machine,
        library.soname,
        {name: name.startswith(tables) for name in sorted(library.functions & taken)},
        {name: library.data[name] for name in sorted(library.data.keys() & taken)},
    )


def _file(number: int, soname: str, functions: dict[str, bool], data: dict[str, int]) -> bytes:
    """`functions` says of each whether it answers the table; `data` how many bytes each has."""
    machine = _MACHINES[number]
    names = [soname, *functions, *data]
    strings = b"\0" + b"".join(name.encode() + b"\0" for name in names)
    sizes = [_HEADERS_SIZE, len(strings), 4 * (3 + len(names)), SYMBOL.size * len(names)]
    sizes += [_RELOCATION.size * _TABLE_ENTRIES, len(machine.answer_zero), len(machine.answer_address(0))]
    _, strings_at, hash_at, symbols_at, relocations_at, zero_at, get_at, end = _starts(sizes)
    table_at = end + _PAGE
    dynamic = [(SONAME, 1), (_HASH, hash_at), (_STRINGS, strings_at), (_STRINGS_SIZE, len(strings))]
    dynamic += [(_SYMBOLS, symbols_at), (_SYMBOL_SIZE, SYMBOL.size), (_RELOCATIONS, relocations_at)]
    dynamic += [(_RELOCATIONS_SIZE, sizes[4]), (_RELOCATION_SIZE, _RELOCATION.size), (0, 0)]
    zeros_at = table_at + 8 * _TABLE_ENTRIES + DYNAMIC.size * len(dynamic)
    symbols = [(FUNCTION, get_at if answers_table else zero_at, 0) for answers_table in functions.values()]
    symbols += [(DATA, zeros_at, size) for size in data.values()]
    parts = {
        0: _headers(number, end, DYNAMIC.size * len(dynamic), max(data.values(), default=0)),
        strings_at: strings,
        hash_at: _hash_table(len(names)),
        symbols_at: _symbols(names, symbols),
        relocations_at: _filled_table(table_at, machine.relative, zero_at),
        zero_at: machine.answer_zero,
        get_at: machine.answer_address(table_at - get_at),
        end: bytes(8 * _TABLE_ENTRIES) + b"".join(DYNAMIC.pack(*entry) for entry in dynamic),
    }
    content = bytearray(zeros_at - _PAGE)
    for start, part in parts.items():
        content[start : start + len(part)] = part
    return bytes(content)


def _starts(sizes: Iterable[int]) -> list[int]:
    """Where parts of these sizes begin, at multiples of 16, and where the next one would."""
    starts = [0]
    for size in sizes:
        starts.append((starts[-1] + size + 15) // 16 * 16)
    return starts


def _headers(number: int, end: int, dynamic_size: int, zeros: int) -> bytes:
    written, dynamic = 8 * _TABLE_ENTRIES + dynamic_size, end + 8 * _TABLE_ENTRIES
    segments = [
        (_LOADED, _READ | _RUN, 0, 0, 0, end, end, _PAGE),
        (_LOADED, _READ | _WRITE, end, end + _PAGE, end + _PAGE, written, written + zeros, _PAGE),
        (_DYNAMIC, _READ | _WRITE, dynamic, dynamic + _PAGE, dynamic + _PAGE, dynamic_size, dynamic_size, 8),
        (_STACK, _READ | _WRITE, 0, 0, 0, 0, 0, 16),
    ]
    head = (
        IDENTITY,
        _SHARED_OBJECT,
        number,
        1,
        0,
        HEADER.size,
        0,
        0,
        HEADER.size,
        _SEGMENT.size,
        len(segments),
        64,
        0,
        0,
    )
    return HEADER.pack(*head) + b"".join(_SEGMENT.pack(*segment) for segment in segments)


def _hash_table(count: int) -> bytes:
    """One bucket that all symbols are in, as a chain from the first to the last."""
    chain = [0, *range(2, count), 0][:count] if count > 1 else [0]
    return struct.pack(f"<{3 + count}I", 1, count, min(1, count - 1), *chain)


def _symbols(names: list[str], values: list[tuple[int, int, int]]) -> bytes:
    """The first is none; `names` begins with the library's own, which has no symbol."""
    table, at = bytes(SYMBOL.size), 1 + len(names[0]) + 1
    for name, (kind, address, size) in zip(names[1:], values, strict=True):
        table += SYMBOL.pack(at, GLOBAL << 4 | kind, 0, _ANY_SECTION, address, size)
        at += len(name) + 1
    return table


def _filled_table(table_at: int, relative: int, function_at: int) -> bytes:
    """Relocations that write the address of one function into every entry of the table."""
    entries = range(table_at, table_at + 8 * _TABLE_ENTRIES, 8)
    return b"".join(_RELOCATION.pack(entry, relative, function_at) for entry in entries)

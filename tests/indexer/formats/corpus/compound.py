"""Compound files (OLE) written by the book, to have ones that no reader of ours has made."""

from __future__ import annotations

import struct

_SECTOR, _FREE, _END, _FAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
Tree = dict[str, "bytes | Tree"]


def compound(tree: Tree) -> bytes:
    """The file with these streams (bytes) and storages (dictionaries). Streams are padded past the size below
    which a second allocation table would be needed."""
    entries: list[list[object]] = [["Root Entry", 5, _FREE, _FREE, _FREE, _END, 0]]
    sectors: list[bytes] = []
    fat: list[int] = []

    def chain(data: bytes) -> int:
        first = len(sectors)
        parts = [data[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(data), _SECTOR)]
        sectors.extend(parts)
        fat.extend([*range(first + 1, first + len(parts)), _END])
        return first

    def add(parent: int, branch: Tree) -> None:
        previous = None
        for name in sorted(branch, key=lambda n: (len(n), n.upper())):
            inside = branch[name]
            number = len(entries)
            if isinstance(inside, dict):
                entries.append([name, 1, _FREE, _FREE, _FREE, 0, 0])
                add(number, inside)
            else:
                data = inside.ljust(4096, b"\0")
                entries.append([name, 2, _FREE, _FREE, _FREE, chain(data), len(data)])
            if previous is None:
                entries[parent][4] = number
            else:
                entries[previous][3] = number  # a list is a tree, if a tall one
            previous = number

    add(0, tree)
    packed = b"".join(_entry(*entry) for entry in entries)  # type: ignore[arg-type]
    directory = chain(packed)
    count = 1
    while count * 128 < len(fat) + count:
        count += 1
    table = len(sectors)
    fat.extend([_FAT] * count)
    fat.extend([_FREE] * (count * 128 - len(fat)))
    whole = struct.pack(f"<{len(fat)}I", *fat)
    sectors.extend(whole[at : at + _SECTOR] for at in range(0, len(whole), _SECTOR))
    magic = bytes.fromhex("d0cf11e0a1b11ae1")
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII", magic, bytes(16), 0x3E, 3, 0xFFFE, 9, 6, bytes(6), 0,
        count, directory, 0, 4096, _END, 0, _END, 0,
    )  # fmt: skip
    places = [*range(table, table + count), *[_FREE] * (109 - count)]
    return header + struct.pack("<109I", *places) + b"".join(sectors)


def _entry(name: str, kind: int, left: int, right: int, child: int, start: int, size: int) -> bytes:
    wide = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16sIQQIQ", wide, len(wide), kind, 1, left, right, child, bytes(16), 0, 0, 0, start, size
    )

"""Zip archives that may be bombs: everything that opens one goes through here."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from indexer.formats.source import MEGABYTE, Source
from searcher.errors import ExtractionFailed

_SMALL = 16 * MEGABYTE  # unpacking this much is harmless at any ratio
_ENCRYPTED = 0x1  # flag bit of a member
_UNUSUAL = 0x61  # flag bits of members that zipfile refuses: encrypted, patched
_HEADER = struct.Struct("<4s22xHH")  # of a member: its signature, the lengths of its name and extra field


def open_zip(source: Source, *, spend: bool = True) -> zipfile.ZipFile:
    """The archive, once its directory is found to be bounded. Raises ExtractionFailed.

    zipfile never unpacks more of a member than the directory says, so the directory can be believed.
    `spend` charges the whole archive to the budget, for libraries that unpack all of it."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(source.data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeError) as error:
        raise ExtractionFailed(f"damaged or cut off: {error}") from error
    members = archive.infolist()
    if len(members) > source.limits.members:
        raise ExtractionFailed(f"it has more than {source.limits.members:,} members")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise ExtractionFailed("encrypted with a password")
    unpacked = sum(member.file_size for member in members)
    if unpacked > _SMALL and unpacked > source.limits.ratio * len(source.data):
        raise ExtractionFailed(
            f"it unpacks to {unpacked // max(len(source.data), 1)} times its size (a zip bomb?)"
        )
    if spend:
        source.budget.spend(unpacked)
    return archive


def member(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """One member's bytes, or None when it is not there. Raises ExtractionFailed when it is damaged."""
    try:
        entry = archive.getinfo(name)
    except KeyError:
        return None
    try:
        return _at_once(archive, entry) or archive.read(entry)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, RuntimeError) as error:
        raise ExtractionFailed(f"damaged: {name} cannot be unpacked") from error
    except Exception as error:  # zlib.error and its like, one for each method of compression
        if isinstance(error, MemoryError):
            raise
        raise ExtractionFailed(f"damaged: {name} cannot be unpacked") from error


def _at_once(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | None:
    """A whole member, in a third of the time that zipfile's file objects take for a small one; None for one
    that is empty, unusual or damaged."""
    if not isinstance(archive.fp, io.BytesIO) or entry.flag_bits & _UNUSUAL:
        return None
    data, start = archive.fp.getvalue(), entry.header_offset + _HEADER.size
    head = data[entry.header_offset : start]
    if len(head) < _HEADER.size:
        return None
    signature, name_length, extra_length = _HEADER.unpack(head)
    name = data[start : start + name_length]
    if signature != b"PK\3\4" or name != entry.orig_filename.encode("ascii", "replace"):
        return None
    start += name_length + extra_length
    unpacked = data[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        try:
            unpacked = zlib.decompressobj(-zlib.MAX_WBITS).decompress(unpacked, entry.file_size)
        except zlib.error:
            return None
    elif entry.compress_type != zipfile.ZIP_STORED:
        return None
    is_whole = len(unpacked) == entry.file_size and zlib.crc32(unpacked) == entry.CRC
    return unpacked if is_whole else None

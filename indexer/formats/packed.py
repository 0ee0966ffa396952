"""Zip archives that may be bombs: everything that opens one goes through here."""

from __future__ import annotations

import io
import zipfile

from indexer.formats.source import MEGABYTE, Source
from searcher.errors import ExtractionFailed

_SMALL = 16 * MEGABYTE  # unpacking this much is harmless at any ratio
_ENCRYPTED = 0x1  # flag bit of a member


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
        return archive.read(name)
    except KeyError:
        return None
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, RuntimeError) as error:
        raise ExtractionFailed(f"damaged: {name} cannot be unpacked") from error
    except Exception as error:  # zlib.error and its like, one for each method of compression
        if isinstance(error, MemoryError):
            raise
        raise ExtractionFailed(f"damaged: {name} cannot be unpacked") from error

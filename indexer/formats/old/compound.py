"""Streams and properties of a compound file (OLE)."""

from __future__ import annotations

import io
from typing import Any

from indexer.formats.dates import iso_date
from indexer.formats.office.package import own_date
from indexer.formats.source import Source
from indexer.formats.writing import one_line
from searcher.errors import ExtractionFailed


class Compound:
    """Raises ExtractionFailed for a file that cannot be opened. Use it as a context."""

    def __init__(self, source: Source) -> None:
        import olefile

        try:
            self._file: Any = olefile.OleFileIO(io.BytesIO(source.data))
        except (OSError, ValueError, IndexError) as error:
            raise ExtractionFailed(f"the file is damaged: {error}") from error

    def __enter__(self) -> Compound:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def stream(self, name: str) -> bytes | None:
        try:
            return bytes(self._file.openstream(name).read()) if self._file.exists(name) else None
        except (OSError, ValueError):
            return None

    def properties(self) -> tuple[str | None, str | None]:
        """Title and date that the document gives itself."""
        try:
            metadata = self._file.get_metadata()
        except Exception:  # they are a convenience
            return None, None
        title = metadata.title
        if isinstance(title, bytes):
            page = (metadata.codepage or 1252) & 0xFFFF
            try:
                title = title.decode("utf-8" if page == 65001 else f"cp{page}", "replace")
            except LookupError:
                title = title.decode("cp1252", "replace")
        made, changed = (iso_date(metadata.create_time), iso_date(metadata.last_saved_time))
        return one_line(title), own_date(made, changed)

"""Files as text: `extract` reads one file of any kind and says which kind it is.

Every failure is ExtractionFailed with a reason a person understands, and costs that file only.
"""

from __future__ import annotations

from indexer.formats.reading import extract, read_member
from indexer.formats.registry import FORMATS, Format
from indexer.formats.source import Limits, Source

__all__ = ["FORMATS", "Format", "Limits", "Source", "extract", "read_member"]

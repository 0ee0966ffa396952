"""Jupyter notebooks: cells with their numbers, Markdown headings, the beginning of what cells printed."""

from __future__ import annotations

import json
import re
from typing import Any

from indexer.formats.decoding import decode
from indexer.formats.headings import Outline
from indexer.formats.source import Source
from indexer.formats.writing import Writer, one_line
from searcher.errors import ExtractionFailed
from searcher.records import MARKDOWN, Document

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$", re.M)
_TERMINAL = re.compile(r"\x1b\[[0-9;]*m")
_OUTPUT_LINES = 20
_OUTPUT_CHARACTERS = 1_000


def read(source: Source) -> Document:
    try:
        notebook = json.loads(decode(source.data))
    except ValueError as error:
        raise ExtractionFailed(f"damaged: the notebook is not JSON ({error})") from error
    writer = Writer(source)
    outline = Outline()
    first: str | None = None
    language = _language(notebook)
    for number, cell in enumerate(_cells(notebook), 1):
        anchor = f"cell {number}"
        text = _joined(cell.get("source", cell.get("input"))).strip()
        headings = _HEADING.findall(text) if cell.get("cell_type") == "markdown" else []
        for marks, title in headings[:1]:
            first = first or one_line(title)
            outline.enter(len(marks), one_line(title) or title)
        written_in = {"code": language or "", "markdown": MARKDOWN}.get(str(cell.get("cell_type")))
        writer.mark(anchor=anchor, heading=outline.path, language=written_in)
        for marks, title in headings[1:]:
            outline.enter(len(marks), one_line(title) or title)
        printed = _outputs(cell.get("outputs"))
        if text and not writer.write(text + "\n\n"):
            break
        if printed:
            writer.mark(anchor=f"{anchor}, output", heading=outline.path)
            if not writer.write(printed + "\n\n"):
                break
    return writer.document("ipynb", title=first, language=language)


def _cells(notebook: Any) -> list[dict[str, Any]]:
    """Cells of format 4, or of the worksheets before it."""
    if not isinstance(notebook, dict):
        raise ExtractionFailed("damaged: not a notebook")
    sheets = notebook.get("worksheets")
    holders = [notebook, *(sheets if isinstance(sheets, list) else [])]
    lists = [holder.get("cells") for holder in holders if isinstance(holder, dict)]
    return [cell for cells in lists if isinstance(cells, list) for cell in cells if isinstance(cell, dict)]


def _joined(value: Any) -> str:
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def _outputs(outputs: Any) -> str:
    texts = (_output(output) for output in (outputs if isinstance(outputs, list) else []))
    return "\n".join(filter(None, texts))[: _OUTPUT_CHARACTERS * 3]


def _output(output: Any) -> str:
    if not isinstance(output, dict):
        return ""
    data = output.get("data")
    text = _joined(output.get("text")) or _joined(data.get("text/plain") if isinstance(data, dict) else None)
    if output.get("output_type") in ("error", "pyerr"):
        text = f"{output.get('ename')}: {output.get('evalue')}"
    lines = _TERMINAL.sub("", text).strip().splitlines()
    shown = "\n".join(lines[:_OUTPUT_LINES])[:_OUTPUT_CHARACTERS]
    return shown + "\n..." if len(lines) > _OUTPUT_LINES or len(shown) == _OUTPUT_CHARACTERS else shown


def _language(notebook: Any) -> str | None:
    metadata = notebook.get("metadata") if isinstance(notebook, dict) else None
    for key in ("language_info", "kernelspec"):
        section = metadata.get(key) if isinstance(metadata, dict) else None
        name = (
            (section.get("name" if key == "language_info" else "language"))
            if isinstance(section, dict)
            else None
        )
        if isinstance(name, str):
            return name.lower()
    return None

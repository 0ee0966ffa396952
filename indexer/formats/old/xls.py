"""Excel before 2007 and its binary workbooks (.xls, .xlsb) by calamine, sheet by sheet."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from typing import Any

from indexer.formats.old.compound import Compound
from indexer.formats.packed import open_zip
from indexer.formats.source import Source
from indexer.formats.tables import Cuts, write_sheet
from indexer.formats.writing import Writer
from searcher.errors import ExtractionFailed
from searcher.records import Document

_COLUMNS = 2_000  # cells of one row that are read


def read(source: Source) -> Document:
    from python_calamine import CalamineWorkbook

    title = date = None
    if source.data.startswith(b"PK"):
        open_zip(source).close()
    else:
        with Compound(source) as file:
            title, date = file.properties()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(source.data))
        names = book.sheet_names
    except BaseException as error:  # a panic in Rust is no Exception
        raise _failure(error) from error
    writer, cuts = Writer(source), Cuts()
    for name in names:
        try:
            sheet = book.get_sheet_by_name(name)
            first = sheet.start[0] + 1 if sheet.start else 1
            rows = sheet.to_python(skip_empty_area=True)
        except BaseException as error:
            writer.notes.append(f"sheet {name}: {_failure(error)}")
            continue
        columns = sheet.start[1] if sheet.start else 0
        if not write_sheet(writer, name, _rows(rows, first, columns, name, cuts)):
            break
    writer.notes.extend(cuts.notes())
    kind = "xlsb" if source.data.startswith(b"PK") else "xls"
    return writer.document(kind, title=title, date=date, empty="no cell has text in it")


def _failure(error: BaseException) -> ExtractionFailed:
    if isinstance(error, (MemoryError, KeyboardInterrupt, SystemExit)):
        raise error
    words = " ".join(str(error).split())[:160]
    if "password" in words.lower() or "encrypt" in words.lower():
        return ExtractionFailed("encrypted with a password")
    return ExtractionFailed(f"the workbook is damaged: {words or type(error).__name__}")


def _rows(
    rows: list[list[Any]], first: int, before: int, name: str, cuts: Cuts
) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(rows, first):
        if before + len(row) > _COLUMNS:
            cuts.columns(name, _COLUMNS)
        yield number, [""] * before + [_shown(value, cuts) for value in row[: max(_COLUMNS - before, 0)]]


def _shown(value: Any, cuts: Cuts) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime.datetime):
        whole = value.time() == datetime.time()
        return str(value.date()) if whole else value.isoformat(" ", "minutes")
    if isinstance(value, datetime.time):
        return f"{value.hour}:{value.minute:02}" + (f":{value.second:02}" if value.second else "")
    if isinstance(value, datetime.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    return cuts.text(value)

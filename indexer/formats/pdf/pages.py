"""The text of each page by pdfium, or by pypdf where that one's reading holds more of a language."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pypdfium2.raw as pdfium
from pypdfium2 import PdfAttachment, PdfiumError

from indexer.formats.pdf.annotations import files_on, on_page
from indexer.formats.pdf.evidence import is_better, is_doubtful
from indexer.formats.pdf.spacing import has_spaced_letters, unspaced
from indexer.formats.recognised import Line, RecognisedText, stretches
from indexer.formats.source import Source
from searcher.errors import ExtractionFailed

_ASKED = 100  # pages of one document that pypdf, ten times slower, reads too
_OBJECTS = 300  # of a page without text that are looked at
_PICTURE_SHARE = 0.05  # of the page's area
_LARGE_SHARE = 0.3  # of a page that has little text besides
_LITTLE = 200  # characters


@dataclass(slots=True)
class PdfPage:
    text: str
    extras: list[str] = field(default_factory=list)  # values of fields, comments: not in the text
    silent: str = ""  # why there is no text: picture | drawing | blank | damaged
    pictured: bool = False  # little text beside a large picture, which may hold more
    recognised: list[RecognisedText] = field(default_factory=list)  # of its text
    files: list[PdfAttachment] = field(default_factory=list)  # that are pinned to it


def read_pages(document: Any, source: Source) -> list[PdfPage]:
    """Every page, until the file's time is up or its text is too much."""
    document.init_forms()
    second = _Second(source)
    pages: list[PdfPage] = []
    characters = 0
    for number in range(len(document)):
        try:
            page = _read(document, number)
        except PdfiumError:
            page = PdfPage("", silent="damaged")
        if is_doubtful(page.text) and (page.text or page.silent in ("font", "damaged")):
            other = second.text(number)
            if is_better(other, page.text):
                page.text, page.silent = other, ""
        pages.append(page)
        characters += len(page.text)
        if characters > source.limits.characters or (number % 16 == 15 and source.budget.late):
            break
    return pages


def read_pages_by_pypdf(source: Source) -> tuple[Any, list[PdfPage]]:
    """For a file that pdfium cannot open. Raises ExtractionFailed where pypdf cannot either."""
    second = _Second(source, most=10_000)
    pages: list[PdfPage] = []
    for number in range(len(second.reader.pages)):
        text = second.text(number)
        pages.append(PdfPage(text, silent="" if text.strip() else "damaged"))
        if source.budget.late:
            break
    return second.reader, pages


def _read(document: Any, number: int) -> PdfPage:
    page = document[number]
    try:
        annotated = list(on_page(page, document.formenv)) if pdfium.FPDFPage_GetAnnotCount(page) > 0 else []
        files = list(files_on(page, document)) if any(kind == "file" for kind, _ in annotated) else []
        text = _text(page)
        if any(kind == "drawn" for kind, _ in annotated):  # their pictures become part of the page
            pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
            page.close()
            page = document[number]
            text = _text(page) or text
        seen = _squeezed(text)
        extras = [value for _, value in annotated if value and _squeezed(value) not in seen]
        silent = "" if text.strip() or extras else _why_silent(page)
        pictured = not silent and _is_pictured(page, seen)
        return PdfPage(text, list(dict.fromkeys(extras)), silent, pictured, files=files)
    finally:
        page.close()


def _text(page: Any) -> str:
    """As it lies on the sheet: lines of a page that is only turned for the screen keep their order."""
    if page.get_rotation():
        page.set_rotation(0)
    textpage = page.get_textpage()
    try:
        text = str(textpage.get_text_range())
        return unspaced(textpage) if has_spaced_letters(text) else text
    finally:
        textpage.close()


def is_picture_of_text(document: Any, number: int) -> bool:
    """Whether a page, from 0, has no text to read but a picture, or little text beside a large one."""
    try:
        page = document[number]
    except PdfiumError:
        return False
    try:
        seen = _squeezed(_text(page))
        return _is_pictured(page, seen) if seen else _why_silent(page) == "picture"
    finally:
        page.close()


def with_recognised(page: PdfPage, recognised: Iterable[Line]) -> None:
    """Take in what was recognised in the pictures of a page, but what its text says already."""
    seen = _squeezed(page.text)
    page.recognised = stretches(line for line in recognised if line[0] and _squeezed(line[0]) not in seen)
    page.pictured = False
    if page.recognised:
        texts = [page.text.rstrip(), *(stretch.text for stretch in page.recognised)]
        page.text = "\n".join(filter(None, texts)) + "\n"
        page.silent = ""


def _is_pictured(page: Any, seen: str) -> bool:
    if len(seen) >= _LITTLE:
        return False
    width, height = page.get_size()
    return any(
        item.type == pdfium.FPDF_PAGEOBJ_IMAGE and _area(item) >= _LARGE_SHARE * width * height
        for item in islice(page.get_objects(max_depth=3), _OBJECTS)
    )


def _area(item: Any) -> float:
    left, bottom, right, top = item.get_bounds()
    return float((right - left) * (top - bottom))


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


def _why_silent(page: Any) -> str:
    """picture | font | drawing | blank, by what is painted on the page."""
    width, height = page.get_size()
    kinds = set()
    for item in islice(page.get_objects(max_depth=3), _OBJECTS):
        kinds.add(item.type)
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE and _area(item) >= _PICTURE_SHARE * width * height:
            return "picture"
    if pdfium.FPDF_PAGEOBJ_TEXT in kinds:
        return "font"
    return "drawing" if kinds & {pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING} else "blank"


class _Second:
    """pypdf, opened when the first page needs it."""

    def __init__(self, source: Source, *, most: int = _ASKED) -> None:
        self._source = source
        self._left = most
        self._reader: Any = None

    @property
    def reader(self) -> Any:
        if self._reader is None:
            self._reader = open_pypdf(self._source)
        return self._reader

    def text(self, number: int) -> str:
        """Its reading of a page (0-based); empty where it has none."""
        if self._left <= 0 or self._source.budget.late:
            return ""
        self._left -= 1
        try:
            return str(self.reader.pages[number].extract_text())
        except MemoryError:
            raise
        except Exception:  # it may raise anything on a damaged page
            return ""


def open_pypdf(source: Source) -> Any:
    """Raises ExtractionFailed where pypdf, too, cannot open the file."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(source.data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ExtractionFailed("encrypted with a password")
        len(reader.pages)
    except PyPdfError as error:
        raise ExtractionFailed(f"the pdf file is damaged: {error}") from error
    return reader

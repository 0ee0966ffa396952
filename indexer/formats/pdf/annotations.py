"""What stands on a PDF's pages besides their printed text: values of forms, comments, stamps, attachments."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2.raw as pdfium
from pypdfium2 import PdfAttachment

from indexer.formats.html import Page

_SILENT = {pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP}  # nothing of their own to read
_DRAWN = {pdfium.FPDF_ANNOT_STAMP, pdfium.FPDF_ANNOT_FREETEXT}  # text in what is drawn
_HIDDEN = 0x2 | 0x20  # flags: hidden, no view
_PASSWORD = 1 << 13  # flag of a text field
_TICKED = (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON)
_VALUED = (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX)
_OFFERING = (pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX)
_MACHINE_VALUE = re.compile(r"^(?:\W*\w{0,2}\d*|yes|on|off|true|choice ?\d+|\d+)$", re.I)
_MACHINE_NAME = re.compile(
    r"\[\d+\]|^\W*\w{0,2}\d*\W*$|^(?:text|field|undefined|untitled|textfield|check ?box)\W*\d*$", re.I
)
_MOST = 2_000  # of one page
_LONGEST = 100_000  # bytes of one value
_LARGEST = 20 << 20  # bytes of a packet


def on_page(page: Any, form: Any) -> Iterator[tuple[str, str]]:
    """("field" | "comment" | "drawn" | "file", text) of a page's annotations, in their order."""
    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MOST)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        try:
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            if kind in _SILENT or pdfium.FPDFAnnot_GetFlags(annotation) & _HIDDEN:
                continue
            if kind == pdfium.FPDF_ANNOT_WIDGET:
                if form is not None and (value := _field(annotation, form)):
                    yield "field", value
                continue
            if kind in _DRAWN:
                yield "drawn", ""
            if kind == pdfium.FPDF_ANNOT_FILEATTACHMENT:
                yield "file", ""
            if text := _comment(annotation):
                yield "comment", text
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _comment(annotation: Any) -> str:
    """Its plain text; of one that has formatted text alone, the words of that."""
    text = _text(pdfium.FPDFAnnot_GetStringValue, annotation, b"Contents").strip()
    rich = "" if text else _text(pdfium.FPDFAnnot_GetStringValue, annotation, b"RC").strip()
    return " ".join(Page(rich).words().split()) if rich else text


def files_on(page: Any, document: Any) -> Iterator[PdfAttachment]:
    """The files that are pinned to a page."""
    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MOST)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        if pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.FPDF_ANNOT_FILEATTACHMENT:
            file = pdfium.FPDFAnnot_GetFileAttachment(annotation)  # which the document holds
            if file:
                yield PdfAttachment(file, document)
        pdfium.FPDFPage_CloseAnnot(annotation)


def _field(annotation: Any, form: Any) -> str | None:
    """`Home port: Greetsiel`; None for what nobody filled in and for passwords."""
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    name = _text(pdfium.FPDFAnnot_GetFormFieldAlternateName, form, annotation).strip()
    if not name:
        name = _text(pdfium.FPDFAnnot_GetFormFieldName, form, annotation).rpartition(".")[2].strip()
        name = "" if _MACHINE_NAME.search(name) else name
    if kind in _TICKED:
        if not pdfium.FPDFAnnot_IsChecked(form, annotation):
            return None
        chosen = _text(pdfium.FPDFAnnot_GetFormFieldExportValue, form, annotation).strip()
        chosen = "" if kind == pdfium.FPDF_FORMFIELD_CHECKBOX or _MACHINE_VALUE.search(chosen) else chosen
        return f"[x] {': '.join(filter(None, (name, chosen)))}" if name or chosen else None
    if kind not in _VALUED or pdfium.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD:
        return None
    value = _chosen(annotation, form) if kind in _OFFERING else ""
    value = value or _text(pdfium.FPDFAnnot_GetFormFieldValue, form, annotation)
    value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    return (f"{name}: {value}" if name else value) if value else None


def _chosen(annotation: Any, form: Any) -> str:
    """What is chosen of a list, as a person reads it there."""
    count = min(pdfium.FPDFAnnot_GetOptionCount(form, annotation), _MOST)
    labels = (
        _text(pdfium.FPDFAnnot_GetOptionLabel, form, annotation, number)
        for number in range(count)
        if pdfium.FPDFAnnot_IsOptionSelected(form, annotation, number)
    )
    return ", ".join(filter(None, labels))


def xfa_values(document: Any) -> bytes | None:
    """The values of an XFA form, as XML; None for a document without one."""
    for number in range(min(pdfium.FPDF_GetXFAPacketCount(document), 50)):
        name = ctypes.create_string_buffer(64)
        pdfium.FPDF_GetXFAPacketName(document, number, name, 64)
        if name.value not in (b"datasets", b""):  # the latter is all of the form in one
            continue
        size = ctypes.c_ulong()
        pdfium.FPDF_GetXFAPacketContent(document, number, None, 0, ctypes.byref(size))
        if 0 < size.value <= _LARGEST:
            content = ctypes.create_string_buffer(size.value)
            pdfium.FPDF_GetXFAPacketContent(document, number, content, size.value, ctypes.byref(size))
            return content.raw
    return None


def _text(call: Callable[..., int], *given: Any) -> str:
    """A string by pdfium's custom: asked for its size, then for its UTF-16."""
    size = call(*given, None, 0)
    if not 2 < size <= _LONGEST:
        return ""
    buffer = ctypes.create_string_buffer(size)
    call(*given, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0")

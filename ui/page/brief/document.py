"""The brief as a document of Word's: paragraphs in three styles, each link one that can be followed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable

from ui.page import wording
from ui.page.brief.citation import link
from ui.page.html.safe import Html, joined
from ui.page.memory import Quotation
from ui.page.strings import Words

_UNSAID = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold
_HEAD = Html('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>')
_TYPES = _HEAD + Html(
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = Html(
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_RELATION = Html(
    '<Relationship Id="{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" '
    'Target="{}"{}/>'
)
_BODY = Html(
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>{}</w:body>'
    "</w:document>"
)
_PARAGRAPH = Html("<w:p>{}{}</w:p>")
_INSET = Html('<w:pPr><w:ind w:left="400"/></w:pPr>')
_RUN = Html('<w:r><w:rPr>{}<w:sz w:val="{}"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r>')
_LINK = Html('<w:hyperlink r:id="l{}">{}</w:hyperlink>')


def word(items: Iterable[Quotation], w: Words, *, title: str, base: str) -> bytes:
    """A .docx: numbered passages with notes and sources, each with a link to its spot in the app."""
    links: list[str] = []
    paragraphs = [_paragraph(title, size=36, bold=True)]
    for number, item in enumerate(items, 1):
        links.append(link(item, base))
        paragraphs.append(_paragraph(f"{number}. {item.title}", size=26, bold=True))
        paragraphs += [_paragraph(line) for line in item.note.strip().split("\n") if line]
        paragraphs += [_paragraph(line, inset=True) for line in item.passage.strip().split("\n")]
        source = ", ".join(part for part in (item.path, wording.quoted(item, w)) if part)
        paragraphs.append(_paragraph(source, size=18, to=len(links)))
    outside = Html(' TargetMode="External"')
    targets = joined(
        _RELATION.format(f"l{number}", "hyperlink", address, outside)
        for number, address in enumerate(links, 1)
    )
    begins = _RELATION.format("r1", "officeDocument", "word/document.xml", "")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("_rels/.rels", _HEAD + _RELATIONS.format(begins))
        package.writestr("word/document.xml", _HEAD + _BODY.format(joined(paragraphs)))
        package.writestr("word/_rels/document.xml.rels", _HEAD + _RELATIONS.format(targets))
    return out.getvalue()


def _paragraph(text: str, *, size: int = 22, bold: bool = False, inset: bool = False, to: int = 0) -> Html:
    """`size` in half points; `to` is the number of a link."""
    run = _RUN.format(Html("<w:b/>") if bold else "", size, _UNSAID.sub("", text))
    return _PARAGRAPH.format(_INSET if inset else "", _LINK.format(to, run) if to else run)

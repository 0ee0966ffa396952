"""How a kind of file is named and coloured on its small tile."""

from __future__ import annotations

from pathlib import PurePath

from ui.page.strings import Words

_FAMILIES = {
    "pdf": "pdf",
    "word": "docx odt fodt rtf doc pages fb2 mobi xps",
    "table": "xlsx ods fods csv tsv xls xlsb parquet",
    "slides": "pptx odp odg ppt",
    "note": "md markdown txt rst org adoc text log tex typ wiki man enex bib",
    "mail": "eml mbox msg tnef ics vcf",
    "web": "html htm xhtml mhtml webarchive epub jats xml",
    "data": "json yaml yml toml ini srt vtt ipynb gpx kml po",
    "media": "picture audio video svg drawio vsdx",
}
_FAMILY_OF = {kind: family for family, kinds in _FAMILIES.items() for kind in kinds.split()}


_NAMES = {
    "pdf": "PDF",
    "docx": "Word",
    "odt": "OpenDocument",
    "rtf": "RTF",
    "xlsx": "Excel",
    "ods": "Calc",
    "csv": "CSV",
    "tsv": "TSV",
    "pptx": "PowerPoint",
    "odp": "Impress",
    "md": "Markdown",
    "rst": "reStructuredText",
    "org": "Org",
    "eml": "kind_mail",
    "mbox": "kind_mailbox",
    "msg": "kind_mail",
    "html": "kind_web",
    "epub": "EPUB",
    "ipynb": "Notebook",
    "txt": "kind_text",
    "text": "kind_text",
    "code": "kind_code",
    "picture": "kind_picture",
    "audio": "kind_audio",
    "video": "kind_video",
    "ics": "kind_calendar",
    "vcf": "kind_cards",
    "doc": "Word",
    "fodt": "OpenDocument",
    "xls": "Excel",
    "xlsb": "Excel",
    "fods": "Calc",
    "ppt": "PowerPoint",
    "odg": "Draw",
    "tnef": "kind_mail",
    "mhtml": "kind_web",
    "vsdx": "Visio",
    "drawio": "draw.io",
    "tex": "LaTeX",
    "adoc": "AsciiDoc",
    "typ": "Typst",
    "enex": "Evernote",
    "fb2": "FictionBook",
    "mobi": "Kindle",
    "jats": "JATS",
    "bib": "BibTeX",
    "po": "gettext",
    "webarchive": "kind_web",
    "man": "kind_manual",
    "log": "Log",
    "wiki": "Wiki",
}


def name(kind: str, words: Words) -> str:
    """What people call it."""
    called = _NAMES.get(kind.lower(), kind.upper() if len(kind) <= 4 else kind)
    return words(called) if called.startswith("kind_") else called


def family(kind: str) -> str:
    """CSS class of the tile's colour; what is not known is code or plain."""
    return _FAMILY_OF.get(kind.lower(), "code" if kind == "code" else "other")


def tile(path: str, kind: str) -> str:
    """Up to four letters that stand for the file's type."""
    suffix = "man" if kind == "man" else PurePath(path).suffix.removeprefix(".")  # else its section, "1"
    return (suffix if 0 < len(suffix) <= 4 else kind[:4]).upper() or "·"

"""Which format some bytes are: by name where the name is honest, else by content."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from indexer.formats import languages
from indexer.formats.decoding import looks_binary
from indexer.formats.registry import BY_ENDING, BY_KIND, FORMATS, OLE, ZIP

HEAD = 8192  # bytes that decide what a file is, except for zip archives, whose directory is at the end

_NO_TEXT = re.compile(rb"%PDF-\d\.\d|\{\\rtf\d|PK\x03\x04|" + re.escape(OLE))
_JSON = re.compile(rb'\s*\{\s*"[^"\n]{0,200}"\s*:')
_MAIL = re.compile(rb"(?:[A-Za-z][\w-]*:[ \t][^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){3,}")
_MAIL_FIELD = re.compile(rb"^(?:from|date|message-id|received|subject):", re.I | re.M)
_MHTML = re.compile(
    rb"(?im)^Snapshot-Content-Location:|^Content-Type: multipart/related;\s+type=\"text/html\"|<Saved by"
)
# a comment or request of troff, and a title after whatever the page defines before
_MANUAL = re.compile(
    rb"(?ms)\s*[.'](?:\\\"|(?:TH|Dd|de|nr|if)[ \t]|[ \t]*$).{0,8000}?^\.(?:TH|Dd)[ \t]|\s*\.(?:TH|Dd)[ \t]"
)
_COMMENT = rb"<!--[^-]*+(?:-(?!->)[^-]*+)*+-->\s*+"
_JATS = re.compile(
    rb"""(?:\xef\xbb\xbf)?\s*+(?:<\?[^>]*+>\s*+|"""
    + _COMMENT
    + rb""")*+(?:<!DOCTYPE\s+article\s[^>]*(?:JATS|NLM|Journal)"""
    rb"""|<(?:pmc-)?article(?:set)?\b[^>]*(?:article-type|dtd-version)=|<article\b[^>]*>\s*<front>)"""
)
_HTML = re.compile(
    rb"(?i)\s*+(?:<\?xml[^>]*+>\s*+)?(?:" + _COMMENT + rb")*+<(?:!doctype\s+html|html|head|body)\b"
)


def by_name(name: str) -> str | None:
    """The kind a file's name promises, or None where it promises nothing."""
    if languages.by_name(name):
        return "code"
    _, dot, ending = name.lower().rpartition(".")
    return BY_ENDING.get(ending) if dot else None


def contradicts(kind: str, head: bytes) -> bool:
    """Whether a file that is called `kind` cannot be one: a .pdf that does not begin as a PDF does, a .txt
    that does."""
    if kind == "xml" and _JATS.match(head):
        return True
    magic = BY_KIND[kind].magic
    if not magic:
        return bool(_NO_TEXT.match(head))
    return magic not in (head[:1024] if kind == "pdf" else head[: len(magic)])


def by_content(data: bytes) -> str | None:
    """The kind of a file's bytes when its name tells nothing, or None for what holds no text."""
    for format in FORMATS:
        if format.magic and format.magic not in (ZIP, OLE) and data.startswith(format.magic):
            return format.kind
    if data.startswith(b"PK\x03\x04"):
        return _of_zip(data)
    if data.startswith(OLE):
        return _of_compound(data)
    head = data[:HEAD]
    if head.startswith(b"#!") and languages.by_shebang(head):
        return "code"
    if looks_binary(head):
        return None
    if head.startswith(b"From ") and _MAIL_FIELD.search(head):
        return "mbox"
    if (kind := _of_beginning(head)) is not None:
        return kind
    if _MHTML.search(head) and _MAIL.match(head):
        return "mhtml"
    if _MAIL.match(head) and len(_MAIL_FIELD.findall(head)) >= 2:
        return "eml"
    if _MANUAL.match(head):
        return "man"
    if _JATS.match(head):
        return "jats"
    if _HTML.match(head):
        return "html"
    if head.startswith(b"<?xml"):
        return "xml"
    if head.startswith((b"WEBVTT\n", b"WEBVTT\r\n", b"\xef\xbb\xbfWEBVTT")):
        return "srt"
    return "json" if _JSON.match(head) else "txt"


def _of_beginning(head: bytes) -> str | None:
    start = head[:200].removeprefix(b"\xef\xbb\xbf").lstrip().upper()
    return next((f.kind for f in FORMATS if f.begins and start.startswith(f.begins)), None)


def _of_compound(data: bytes) -> str | None:
    """The kind of a compound file by its streams; None for one that is not read, or too damaged to tell."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            names = {path[0].lower() for path in file.listdir() if len(path) == 1}
    except (OSError, ValueError, IndexError):
        return None
    if "book" in names:
        return "xls"
    return next((f.kind for f in FORMATS if f.stream and f.stream.lower() in names), None)


def _of_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            declared = archive.read("mimetype")[:200].strip().decode("latin-1") if "mimetype" in names else ""
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, zlib.error):
        return _of_zip_head(data)
    for format in FORMATS:
        if declared and format.mimetype and declared.startswith(format.mimetype):
            return format.kind
    for format in FORMATS:
        if format.member and format.member in names:
            return format.kind
    return _of_zip_head(data)


def _of_zip_head(data: bytes) -> str:
    """ODF and EPUB begin with an uncompressed member that names their type."""
    head = data[:256]
    for format in FORMATS:
        if format.mimetype and b"mimetype" + format.mimetype.encode() in head:
            return format.kind
    for format in FORMATS:
        if format.member and format.member.encode() in data[:HEAD]:
            return format.kind
    return "zip"

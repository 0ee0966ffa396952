"""Every format searcher reads. Adding one is a module with `read(source) -> Document` and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from indexer.formats.source import Source
from searcher.records import Document


@dataclass(frozen=True, slots=True)
class Format:
    kind: str
    module: str  # in this package; imported when the first such file comes
    endings: tuple[str, ...] = ()  # of file names, lower case, without the dot
    magic: bytes = b""  # what such a file must begin with, wherever its name comes from
    member: str = ""  # a zip archive holding this member is this format
    mimetype: str = ""  # a zip archive whose `mimetype` member says this is this format
    stream: str = ""  # a compound file (OLE) with this stream is this format
    reader: str = "read"  # the function of the module
    begins: bytes = b""  # text that begins so, in any case, is this format

    @property
    def read(self) -> Callable[[Source], Document]:
        module = import_module(f"indexer.formats.{self.module}")
        reader: Callable[[Source], Document] = getattr(module, self.reader)
        return reader


ZIP = b"PK"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Office before 2007, Outlook, encrypted Office
_ODF = "application/vnd.oasis.opendocument."

FORMATS = (
    Format("pdf", "pdf", ("pdf",), magic=b"%PDF-"),
    Format("docx", "office.docx", ("docx", "docm", "dotx", "dotm"), magic=ZIP, member="word/document.xml"),
    Format(
        "pptx",
        "office.pptx",
        ("pptx", "pptm", "ppsx", "ppsm", "potx", "potm"),
        magic=ZIP,
        member="ppt/presentation.xml",
    ),
    Format("xlsx", "office.xlsx", ("xlsx", "xlsm", "xltx", "xltm"), magic=ZIP, member="xl/workbook.xml"),
    Format("odt", "office.odt", ("odt", "ott", "odm"), magic=ZIP, mimetype=_ODF + "text"),
    Format("ods", "office.ods", ("ods", "ots"), magic=ZIP, mimetype=_ODF + "spreadsheet"),
    Format("odp", "office.odt", ("odp", "otp"), magic=ZIP, mimetype=_ODF + "presentation"),
    Format("odg", "office.odt", ("odg", "otg"), magic=ZIP, mimetype=_ODF + "graphics"),
    Format("fodt", "office.odt", ("fodt", "fodp", "fodg")),
    Format("fods", "office.ods", ("fods",)),
    Format("epub", "epub", ("epub",), magic=ZIP, mimetype="application/epub+zip"),
    Format("mobi", "mobi", ("mobi", "azw", "azw3", "prc")),
    Format("rtf", "rtf", ("rtf",), magic=b"{\\rtf"),
    Format("vsdx", "markup", ("vsdx", "vsdm"), magic=ZIP, member="visio/document.xml", reader="read_vsdx"),
    Format("xps", "markup", ("xps", "oxps"), magic=ZIP, member="FixedDocSeq.fdseq", reader="read_xps"),
    Format("zip", "archive", ("zip",), magic=ZIP),
    Format("7z", "archive", ("7z",), magic=b"7z\xbc\xaf\x27\x1c", reader="read_7z"),
    Format("gz", "archive", ("gz", "tgz"), magic=b"\x1f\x8b", reader="read_packed"),
    Format("bz2", "archive", ("bz2", "tbz", "tbz2"), magic=b"BZh", reader="read_packed"),
    Format("xz", "archive", ("xz", "txz"), magic=b"\xfd7zXZ", reader="read_packed"),
    Format("tar", "archive", ("tar",), reader="read_tar"),
    Format("svg", "markup", ("svg",)),
    Format("drawio", "markup", ("drawio",)),
    Format("gpx", "markup", ("gpx",)),
    Format("kml", "markup", ("kml",)),
    Format("fb2", "markup", ("fb2",), reader="read_fb2"),
    Format("enex", "markup", ("enex",), reader="read_enex"),
    Format("webarchive", "webarchive", ("webarchive",)),
    Format("html", "html", ("html", "htm", "xhtml")),
    Format("doc", "old.doc", ("doc", "dot"), magic=OLE, stream="WordDocument"),
    Format("ppt", "old.ppt", ("ppt", "pps", "pot"), magic=OLE, stream="PowerPoint Document"),
    Format("xls", "old.xls", ("xls", "xlt"), magic=OLE, stream="Workbook"),
    Format("xlsb", "old.xls", ("xlsb",), magic=ZIP, member="xl/workbook.bin"),
    Format("msg", "mail.msg", ("msg", "oft"), magic=OLE, stream="__properties_version1.0"),
    Format("tnef", "mail.tnef", ("tnef",), magic=b"\x78\x9f\x3e\x22"),
    Format("eml", "mail.eml", ("eml", "emlx")),
    Format("mbox", "mail.mbox", ("mbox", "mbx")),
    Format("mhtml", "mail.mhtml", ("mhtml", "mht")),
    Format("ics", "mail.calendar", ("ics", "ical", "ifb", "vcs"), begins=b"BEGIN:VCALENDAR"),
    Format("vcf", "mail.calendar", ("vcf", "vcard"), begins=b"BEGIN:VCARD"),
    Format(
        "picture",
        "media.picture",
        ("jpg", "jpeg", "jpe", "png", "gif", "webp", "tif", "tiff", "heic", "heif", "avif", "bmp"),
    ),
    Format(
        "audio",
        "media.recording",
        (
            "mp3",
            "mp2",
            "m4a",
            "m4b",
            "flac",
            "ogg",
            "oga",
            "opus",
            "spx",
            "wav",
            "wma",
            "aif",
            "aiff",
            "aifc",
            "aac",
        ),
        reader="read_audio",
    ),
    Format(
        "video",
        "media.recording",
        ("mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "wmv", "asf", "ogv", "flv", "3gp"),
        reader="read_video",
    ),
    Format("ipynb", "ipynb", ("ipynb",)),
    Format("srt", "subtitles", ("srt", "vtt")),
    Format("md", "markdown", ("md", "markdown", "mdown", "mkd", "mdx", "qmd", "rmd")),
    Format("tex", "markings", ("tex", "ltx", "latex")),
    Format("adoc", "markings", ("adoc", "asciidoc")),
    Format("typ", "markings", ("typ",)),
    Format("wiki", "markings", ("wiki", "mediawiki")),
    Format("man", "man", ("man", "mdoc")),
    Format("bib", "bib", ("bib",)),
    Format("po", "po", ("po", "pot")),
    Format("org", "org", ("org",)),
    Format("rst", "rst", ("rst", "rest")),
    Format("csv", "csv", ("csv", "tsv", "tab")),
    Format("json", "plain", ("json", "jsonl", "ndjson", "json5", "geojson", "jsonc")),
    Format("yaml", "plain", ("yaml", "yml")),
    Format("toml", "plain", ("toml",)),
    Format("jats", "jats", ("nxml",)),
    Format("xml", "propertylist", ("xml", "xsd", "xsl", "xslt", "rss", "atom", "opml", "plist")),
    Format("log", "plain", ("log",)),
    Format("txt", "plain", ("txt", "text", "asc", "ini", "cfg", "conf")),
    Format("code", "code"),
)

BY_KIND = {format.kind: format for format in FORMATS}
BY_ENDING = {ending: format.kind for format in FORMATS for ending in format.endings}

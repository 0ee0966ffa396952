"""Kinds of file that are known and not read: why, and what a person can do."""

from __future__ import annotations

_REASONS = {
    "pst ost": "an Outlook data file; `readpst -e -o FOLDER FILE` writes its mails where they are searched",
    "one onetoc2": "a OneNote section; export it as .docx or .pdf to search it",
    "djvu djv": "a DjVu book; `djvutxt FILE FILE.txt` writes its text beside it, where it is searched",
    "kfx": "a Kindle book; convert it to EPUB to search it",
    "pages numbers key": "an Apple iWork file; export it as .docx, .xlsx, .pptx or .pdf to search it",
    "vsd": "a Visio drawing from before 2013; save it as .vsdx to search it",
    "pub": "a Publisher file; save it as .pdf to search it",
    "mdb accdb": "an Access database; export its tables as .csv to search them",
    "wpd wps wri": "an old word processor's file; save it as .docx or .odt to search it",
    "hwp": "a Hangul file; save it as .docx or .odt to search it",
    "sxw sxc sxi sdw": "a StarOffice file; save it as .odt, .ods or .odp to search it",
    "dwg dxf": "a CAD drawing",
    "rar cab arj": "an archive of a kind that is not read; unpack it to search its files",
    "p7m p7s": "a signed or encrypted message; save what is in it to search it",
}
_BY_ENDING = {ending: reason for endings, reason in _REASONS.items() for ending in endings.split()}


def is_worth_telling(name: str, error: Exception) -> bool:
    """Whether a file inside another one that is not read belongs into a note: a book or an archive does, a
    picture or a font does not."""
    return why(name) is not None or "archives = true" in str(error)


def why(name: str) -> str | None:
    """The reason for a file of this name; None for one that nothing is known of."""
    return _BY_ENDING.get(name.lower().rpartition(".")[2])

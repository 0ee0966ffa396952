"""`python -m indexer.references.database FILE`: what a copy of Zotero's database says of its attachments.

A process of its own with limits, as for every file of a library: a database may come from anybody.
Prints {"ABCD2345": {"title", "date", "tags", "names"}}, by the attachment's key: its folder in `storage`.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict

from indexer.formats.writing import one_line
from indexer.references.reference import Reference
from searcher.system import restrain

_MOST = 200_000  # attachments
_MOST_WORDS = 50  # names of one, and its tags
_TABLES = {"items", "itemAttachments", "itemData", "itemDataValues", "fields"}
_TABLES |= {"creators", "itemCreators", "tags", "itemTags"}
_TITLES = ("title", "caseName", "nameOfAct", "subject")  # what different kinds of items call it
_FIELDS = (*_TITLES, "shortTitle", "date", "citationKey", "extra")
_KEY = re.compile(r"[A-Z0-9]{8}")
_DATE = re.compile(r"(\d{4})(?:-(\d\d)-(\d\d))?")
_CITATION = re.compile(r"^citation key:[ \t]*(\S+)", re.I | re.M)
_ATTACHMENTS = "SELECT i.key, i.itemID, a.parentItemID FROM itemAttachments a JOIN items i USING (itemID)"
_DATA = """
SELECT d.itemID, f.fieldName, v.value FROM itemData d
JOIN fields f USING (fieldID) JOIN itemDataValues v USING (valueID) WHERE f.fieldName IN ({})
""".format(",".join("?" * len(_FIELDS)))
_CREATORS = """
SELECT itemID, firstName, lastName FROM itemCreators JOIN creators USING (creatorID)
ORDER BY itemID, orderIndex
"""
_TAGS = "SELECT itemID, name FROM itemTags JOIN tags USING (tagID) ORDER BY itemID, name"


def references(path: str) -> Iterator[tuple[str, Reference]]:
    """Key and reference of each attachment. Raises sqlite3.Error for what is no database of Zotero's."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA trusted_schema = OFF")
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables >= _TABLES:  # a view of that name could compute for ever
            raise sqlite3.DatabaseError("not Zotero's tables")
        data: dict[int, dict[str, str]] = {}
        for item, field, value in db.execute(_DATA, _FIELDS):
            data.setdefault(item, {})[field] = str(value)
        people: dict[int, list[str]] = {}
        for item, first, last in db.execute(_CREATORS):
            people.setdefault(item, []).append(f"{first or ''} {last or ''}")
        tags: dict[int, list[str]] = {}
        for item, name in db.execute(_TAGS):
            tags.setdefault(item, []).append(str(name))
        for key, item, parent in db.execute(f"{_ATTACHMENTS} LIMIT {_MOST}"):
            if isinstance(key, str) and _KEY.fullmatch(key):
                owner = item if parent is None else parent
                yield (
                    key,
                    _reference(
                        data.get(owner, {}),
                        people.get(owner, []),
                        [*tags.get(owner, []), *(tags.get(item, []) if item != owner else [])],
                    ),
                )


def _reference(data: dict[str, str], people: list[str], tags: list[str]) -> Reference:
    citation = data.get("citationKey") or (
        match[1] if (match := _CITATION.search(data.get("extra", ""))) else ""
    )
    names = filter(None, (one_line(name) for name in (*people, data.get("shortTitle"), citation)))
    return Reference(
        title=next(filter(None, (one_line(data.get(name)) for name in _TITLES)), ""),
        date=_date(data.get("date", "")),
        tags=tuple(dict.fromkeys("-".join(tag.split())[:100] for tag in tags if tag.strip()))[:_MOST_WORDS],
        names=tuple(dict.fromkeys(names))[:_MOST_WORDS],
    )


def _date(written: str) -> str:
    """Zotero keeps `2019-03-00 March 2019`: what is not known is 0, and becomes the first."""
    match = _DATE.match(written)
    if not match:
        return ""
    return f"{match[1]}-{_known(match[2])}-{_known(match[3])}"


def _known(number: str | None) -> str:
    return "01" if number in (None, "00") else number or "01"


def main() -> int:
    restrain()
    try:
        json.dump({key: asdict(reference) for key, reference in references(sys.argv[1])}, sys.stdout)
    except sqlite3.Error as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What a reference manager says of one of its files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b

from searcher.records import Document


@dataclass(frozen=True, slots=True)
class Reference:
    """`names` are other words it is known by: authors, a short title, a citation key."""

    title: str = ""
    date: str = ""  # ISO
    tags: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        return blake2b(repr(self).encode("utf-8", "replace"), digest_size=8).hexdigest()

    def of(self, document: Document) -> Document:
        """The document under the title and the date that a person sees in the reference manager."""
        return replace(
            document,
            title=self.title or document.title,
            date=self.date or document.date,
            tags=tuple(dict.fromkeys((*document.tags, *self.tags))),
            names=tuple(dict.fromkeys((*document.names, *self.names))),
        )

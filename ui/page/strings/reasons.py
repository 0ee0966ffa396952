"""Reasons in the page's language: files and searches give theirs in English, as the command shows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping


class Reasons:
    """Says a reason in one language; one that it has no words for as it is.

    The table has sentences with `{}` where something is named; what is named may be a reason itself. What
    stands before a colon may be a place in the file, which is `named` in the language too."""

    def __init__(self, table: Mapping[str, str], named: Callable[[str], str] = str) -> None:
        self._table, self._named = table, named
        with_names = sorted((text for text in table if "{}" in text), key=len, reverse=True)
        self._patterns = [(_pattern(text), table[text]) for text in with_names]

    def __call__(self, reason: str) -> str:
        if reason in self._table:
            return self._table[reason]
        for pattern, said in self._patterns:
            if found := pattern.fullmatch(reason):
                return said.format(*map(self, found.groups()))
        for mark in ("; ", ": "):
            head, there, tail = reason.partition(mark)
            if not there:
                continue
            before = self(head)
            if mark == ": " and before == head:
                before = self._named(head)
            if (said := before + mark + self(tail)) != reason:
                return said
        return reason


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, text.split("{}"))), re.DOTALL)

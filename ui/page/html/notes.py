"""What people write in notes beyond Markdown: tasks to tick, callouts, and links to other notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_TASK = re.compile(r"\[([ xX])\] ")
_CALLOUT = re.compile(r"\[!(\w{1,20})\][+-]? ?")
_WIKI = re.compile(r"!?\[\[([^\[\]|\n]+)(?:\|([^\[\]\n]+))?\]\]")
_WARNINGS = ("warning", "caution", "danger", "error", "bug", "failure", "important", "attention")


def mark(tokens: Sequence[Any]) -> None:
    """Changes the tokens of markdown-it in place; their text is escaped when it is rendered, as any is."""
    opened: list[Any] = []
    for token in tokens:
        if token.nesting == 1:
            opened.append(token)
        elif token.nesting == -1:
            opened.pop()
        elif token.type == "inline" and token.children:
            _inline(token, [one.type for one in opened], opened)


def _inline(token: Any, kinds: list[str], opened: list[Any]) -> None:
    first = token.children[0]
    begins = kinds[-2:] if first.type == "text" else []
    if begins == ["list_item_open", "paragraph_open"] and (found := _TASK.match(first.content)):
        first.content = ("☐ " if found[1] == " " else "☑ ") + first.content[found.end() :]
    if begins == ["blockquote_open", "paragraph_open"]:
        quote = opened[-2]
        if (found := _CALLOUT.match(first.content)) and not quote.meta.get("called"):
            kind = found[1].lower()
            quote.attrJoin("class", f"callout {'warning' if kind in _WARNINGS else ''}".strip())
            first.content = first.content[found.end() :] or kind.capitalize()
        quote.meta["called"] = True
    for child in token.children:
        if child.type == "text":
            child.content = _WIKI.sub(lambda link: link[2] or link[1], child.content)

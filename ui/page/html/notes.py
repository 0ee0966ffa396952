"""What people write in notes beyond Markdown: tasks to tick, callouts, and links to other notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

_TASK = re.compile(r"\[([ xX])\] ")
_CALLOUT = re.compile(r"\[!(\w{1,20})\][+-]? ?")
_WIKI = re.compile(r"!?\[\[([^\[\]|\n]+)(?:\|([^\[\]\n]+))?\]\]")
_SIZE = re.compile(r"\d+(?:x\d+)?")
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
    token.children = [part for child in token.children for part in _linked(child)]


def _linked(child: Any) -> Iterator[Any]:
    """A text with the names of its links, and an image of each file that it embeds."""
    from markdown_it.token import Token

    if child.type != "text":
        yield child
        return
    start, written = 0, child.content
    for link in _WIKI.finditer(written):
        name = link[2] or link[1]
        yield Token("text", "", 0, content=written[start : link.start()])
        if link[0].startswith("!"):
            alt = link[1] if _SIZE.fullmatch(name) else name
            file = {"src": quote(link[1].strip(), errors="replace")}
            yield Token("image", "img", 0, attrs=dict(file), content=alt, meta={"instead": name})
        else:
            yield Token("text", "", 0, content=name)
        start = link.end()
    yield Token("text", "", 0, content=written[start:])

"""Markdown as safe HTML: no raw HTML, no images from anywhere, no link that runs something."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from ui.page.html import notes
from ui.page.html.safe import Html


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    class Careful(MarkdownIt):
        def validateLink(self, url: str) -> bool:
            try:
                return urlsplit(url).scheme in ("http", "https", "mailto")
            except ValueError:
                return False

    parser = Careful("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image)
    parser.add_render_rule("link_open", _link)
    return parser


def _image(self: Any, tokens: Sequence[Any], index: int, options: Any, env: Any) -> str:
    """An image would be fetched from wherever the file says; its description is shown instead."""
    return Html('<span class="image">{}</span>').format(tokens[index].content or "image")


def _link(self: Any, tokens: Sequence[Any], index: int, options: Any, env: Any) -> str:
    link = Html('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">')
    return link.format(tokens[index].attrGet("href") or "")


def rendered(
    text: str, *, first: int = 1, here: tuple[int, int] | None = None, closely: bool = False
) -> Html:
    """HTML of `text` whose first line has number `first`; blocks that touch the lines `here` stand out, or
    `closely` the smallest that has the first of them."""
    front, text, skipped = _front_matter(text) if first == 1 else (Html(""), text, 0)
    first += skipped
    parser = _parser()
    env: dict[str, Any] = {}
    tokens = parser.parse(text, env)
    notes.mark(tokens)
    if here:
        touched = [
            token
            for token in tokens
            if token.map
            and token.nesting >= 0
            and token.type != "inline"
            and (closely or token.level == 0)
            # of a paragraph in a tight list no tag is written
            and not token.hidden
            and token.map[0] + first <= here[0 if closely else 1]
            and token.map[1] + first > here[0]
        ]
        for number, token in enumerate(touched[-1:] if closely else touched):
            token.attrJoin("class", "here" if number else "here first")
    html = Html(parser.renderer.render(tokens, parser.options, env))  # it escapes all but what it makes
    return Html('<div class="md" dir="auto">{}{}</div>').format(front, html)


def _front_matter(text: str) -> tuple[Html, str, int]:
    """(HTML, text that follows, lines taken): YAML between two rules at the top is no heading."""
    lines = text.split("\n")
    if lines[0].rstrip() == "---" and "---" in (ends := [line.rstrip() for line in lines[1:40]]):
        last = ends.index("---") + 1
        shown = Html('<p class="front">{}</p>').format("\n".join(lines[1:last]))
        return shown, "\n".join(lines[last + 1 :]), last + 1
    return Html(""), text, 0

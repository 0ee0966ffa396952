"""Markdown as safe HTML: no raw HTML, no images but indexed ones, no link that runs something."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from ui.page.html import embedded, notes
from ui.page.html.safe import Html

_FOLLOWED = ("http", "https", "mailto")


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    class Careful(MarkdownIt):
        def validateLink(self, url: str) -> bool:
            try:
                return urlsplit(url).scheme in (*_FOLLOWED, "")
            except ValueError:
                return False

    parser = Careful("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image)
    parser.add_render_rule("link_open", _link)
    return parser


def _image(self: Any, tokens: Sequence[Any], index: int, options: Any, env: Any) -> str:
    """A picture of the library; any other would be fetched from wherever the file says, so its description is
    shown instead."""
    token = tokens[index]
    target, instead = str(token.attrGet("src") or ""), token.meta.get("instead")
    shown = embedded.image(env["path"], target, token.content, env["shown"], env)
    if shown is None and instead is not None:
        return Html.escape(instead)
    return shown or Html('<span class="image">{}</span>').format(token.content or "image")


def _link(self: Any, tokens: Sequence[Any], index: int, options: Any, env: Any) -> str:
    """A relative link leads nowhere from here, and says where it would."""
    href = str(tokens[index].attrGet("href") or "")
    if urlsplit(href).scheme not in _FOLLOWED:
        return Html('<a title="{}">').format(unquote(href))
    return Html('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">').format(href)


def rendered(
    text: str,
    *,
    first: int = 1,
    here: tuple[int, int] | None = None,
    closely: bool = False,
    path: str = "",
    shown: embedded.IsPicture = embedded.nothing,
) -> Html:
    """HTML of `text` whose first line has number `first`; blocks that touch the lines `here` stand out, or
    `closely` the smallest that has the first of them. `shown` says whether a file named in the one at
    `path` is a picture that may be."""
    front, text, skipped = _front_matter(text) if first == 1 else (Html(""), text, 0)
    first += skipped
    parser = _parser()
    env: dict[str, Any] = {"path": path, "shown": shown}
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

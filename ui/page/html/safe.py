"""HTML that is safe by its type: whatever is put into it and is not HTML itself is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import markupsafe


class Html(markupsafe.Markup):
    """Text of the page. `Html("<b>{}</b>").format(text)` escapes `text`, unless it is Html."""

    __slots__ = ()

    @classmethod
    def escape(cls, s: Any, /) -> Html:
        """A NUL or a lone carriage return would end up as U+FFFD or vanish on its way through the parser."""
        html = str(markupsafe.escape(s))
        return cls(html.replace("\0", "\N{REPLACEMENT CHARACTER}").replace("\r\n", "\n").replace("\r", "\n"))


def joined(parts: Iterable[str], between: str = "") -> Html:
    return Html(between).join(parts)

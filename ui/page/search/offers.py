"""What the box offers while one types, beside words and files: filters and earlier searches."""

from __future__ import annotations

import json

from ui.page.html.safe import Html
from ui.page.memory import Memory
from ui.page.state import State
from ui.page.strings import Words

_OPERATORS = ("type", "folder", "lang", "date", "tag", "path")


def html(w: Words, remembered: Memory) -> Html:
    """Read by static/suggest.js: each filter with its meaning, saved and recent queries."""
    operators = [[f"{name}:", w(f"op_{name}")] for name in _OPERATORS]
    queries = dict.fromkeys(State.parse(link).q for link in (*remembered.saved, *remembered.recent))
    return Html('<span class="offers" hidden data-operators="{}" data-queries="{}"></span>').format(
        json.dumps(operators), json.dumps([query for query in queries if query])
    )

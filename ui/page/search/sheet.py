"""The list of keys, which `?` shows."""

from __future__ import annotations

from ui.page.html.safe import Html, joined
from ui.page.strings import Words

_KEYS = (
    ("/", "key_box"),
    ("→", "key_suggested"),
    ("↑ ↓", "key_move"),
    ("Space", "key_space"),
    ("Enter", "key_enter"),
    ("Ctrl Enter", "key_editor"),
    ("m", "key_menu"),
    ("Delete", "key_forget"),
    ("Tab", "key_tab"),
    ("f", "key_find"),
    ("n N", "key_match"),
    ("j k", "key_passage"),
    ("o", "key_outline"),
    ("Esc", "key_escape"),
    ("?", "key_help"),
)


def html(words: Words) -> Html:
    """Hidden until it is asked for; also where it is said that something was copied."""
    rows = joined(
        Html("<dt>{}</dt><dd>{}</dd>").format(
            joined(Html("<kbd>{}</kbd>").format(key) for key in keys.split()), words(name)
        )
        for keys, name in _KEYS
    )
    return Html(
        '<div class="keys-sheet" role="dialog" aria-modal="true" aria-label="{title}" hidden><div>'
        '<h2>{title}<button type="button" class="close" aria-label="{close}">✕</button></h2>'
        '<dl>{rows}</dl></div></div><span class="copied" role="status" data-text="{copied}"></span>'
    ).format(title=words("keys_title"), close=words("close"), rows=rows, copied=words("copied"))

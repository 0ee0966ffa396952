"""The blocks that all pages are made of. `SECTION.format(title)` escapes the title."""

from __future__ import annotations

from ui.page.html.safe import Html

TITLE = Html('<h1 class="title">{}</h1>')
SECTION = Html('<h2 class="section">{}</h2>')
QUIET = Html('<p class="quiet">{}</p>')
NOTICE = Html('<p class="notice">{}</p>')
WRONG = Html('<p class="notice error" role="alert">{}</p>')
EMPTY = Html('<div class="empty"><h2>{}</h2><p>{}</p></div>')
SPAN = Html("<span>{}</span>")

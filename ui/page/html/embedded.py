"""Pictures that a document names: which file each means, and how it is shown."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from ui.page.html.safe import Html

_OWN_PAGE = re.compile(r"#page=(\d{1,5})")
_MOST = 60  # pictures of one preview; the catalogue is asked for each

IsPicture = Callable[[str], bool]


def nothing(path: str) -> bool:
    """Of a text that is no file, no picture is shown."""
    return False


def file_of(document: str, target: str) -> str | None:
    """The path that a relative address in `document` leads to; None for any other address."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    name = unquote(parts.path)
    if parts.scheme or parts.netloc or not name or "\0" in name or Path(name).anchor or name[0] in "/\\":
        return None
    return os.path.normpath(Path(document).parent / name)


def image(document: str, target: str, alt: str, shown: IsPicture, env: dict[str, Any]) -> Html | None:
    """The picture, drawn by this server from an indexed file, which may be the document itself; None where it
    is not one that may be shown.
    `env` counts those of one preview."""
    path, own = file_of(document, target), _OWN_PAGE.fullmatch(target)
    env["pictures"] = env.get("pictures", 0) + (path is not None or own is not None)
    if env["pictures"] > _MOST or not (own or (path and shown(path))):
        return None
    asked = {"path": document, "page": own[1]} if own else {"path": path}
    address = f"/api/picture?{urlencode(asked, errors='replace')}"
    return Html('<img class="picture" loading="lazy" alt="{}" src="{}">').format(alt, address)

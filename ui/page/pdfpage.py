"""One page of a PDF as a picture, drawn in a process of its own: a broken file costs that picture only."""

from __future__ import annotations

import subprocess
import sys
from functools import lru_cache
from pathlib import Path

_SECONDS = 15
_WIDTH = 1100  # pixels


def picture(path: Path, page: int) -> bytes | None:
    """WebP of a 1-based page, or None when it cannot be drawn."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return _drawn(str(path), page, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=32)
def _drawn(path: str, page: int, mtime_ns: int, size: int) -> bytes | None:
    command = [sys.executable, "-m", "ui.page.pdfpage", path, str(page)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 and done.stdout else None


def _draw(path: str, page: int) -> bytes:
    import io

    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    sheet = document[page - 1]
    image = sheet.render(scale=_WIDTH / max(sheet.get_width(), 1)).to_pil().convert("RGB")
    out = io.BytesIO()
    image.save(out, "WEBP", quality=82)
    return out.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(_draw(sys.argv[1], int(sys.argv[2])))

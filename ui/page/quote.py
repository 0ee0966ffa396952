"""A quotation in a link: enough to find its passage again in a file that grew or was rearranged."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from searcher.search.snippets import spoken_places

_BASE = np.uint64(0x9E3779B97F4A7C15)
_SPACES = np.array([n for n in range(0x3001) if chr(n).isspace()], dtype=np.uint32)
_MARK = re.compile(r"([1-9]\d{0,6})\.([0-9a-f]{16})", re.ASCII)


def mark(passage: str) -> str:
    """ "41.9c0e…": letters and hash of a passage, white space aside. Empty for an empty passage."""
    letters, _ = _letters(whole(passage))
    return f"{len(letters)}.{int(_sums(letters)[-1]):016x}" if len(letters) else ""


def located(text: str, mark: str, kind: str = "") -> tuple[int, int] | None:
    """Where the passage of a mark stands in the text of a document of this `kind`, or what a snippet makes of
    it, which is without the marks of Markdown; None when it is not there, or the mark is none."""
    if (span := _located(text, mark)) or not mark:
        return span
    plain, places = spoken_places(text, kind)
    if plain == text or not (span := _located(plain, mark)):
        return None
    return places[span[0]], places[span[1] - 1] + 1


def _located(text: str, mark: str) -> tuple[int, int] | None:
    match = _MARK.fullmatch(mark)
    if not match:
        return None
    length, checksum = int(match[1]), np.uint64(int(match[2], 16))
    letters, positions = _letters(text)
    if len(letters) < length:
        return None
    sums = np.concatenate([np.zeros(1, np.uint64), _sums(letters)])
    at = np.flatnonzero(sums[length:] - sums[:-length] == checksum * _powers(len(sums) - length))
    return (int(positions[at[0]]), int(positions[at[0] + length - 1]) + 1) if len(at) else None


def find(text: str, passage: str, kind: str = "") -> tuple[int, int] | None:
    """Where a passage stands in a text, white space aside; None when it is not there."""
    return located(text, mark(passage), kind)


def whole(passage: str) -> str:
    """Without the ellipsis of a snippet that was cut."""
    return passage.removesuffix("…")


def _letters(text: str) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.intp]]:
    """Code points that are no white space, and where they stand."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    positions = np.flatnonzero(~np.isin(points, _SPACES))
    return points[positions], positions


def _powers(count: int) -> npt.NDArray[np.uint64]:
    powers = np.full(count, _BASE, np.uint64)
    powers[:1] = 1
    return np.cumprod(powers, dtype=np.uint64)  # modulo 2^64


def _sums(letters: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
    return np.cumsum((letters.astype(np.uint64) + np.uint64(1)) * _powers(len(letters)), dtype=np.uint64)

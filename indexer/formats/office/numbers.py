"""Numbers in cells as the sheet shows them, where that differs from the bare value in a way that matters."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

from indexer.formats import xml
from indexer.formats.office.amounts import Amount, amount
from indexer.formats.office.amounts import shown as shown_amount
from indexer.formats.tables import cell_text

_DATES = frozenset((*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)))
_TIMES = frozenset((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47))
_PERCENTS = frozenset((9, 10))
_AMOUNTS = {
    **dict.fromkeys((3, 37, 38, 41), "#,##0"), **dict.fromkeys((4, 39, 40, 43), "#,##0.00"),
    **dict.fromkeys((5, 6, 42), "$#,##0"), **dict.fromkeys((7, 8, 44), "$#,##0.00"),
}  # fmt: skip
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.I)
_PADDED = re.compile(r"^[^0#?]*(?:0[0 ().\-/]*){2,}[^0#?]*$")


@dataclass(frozen=True, slots=True)
class Shown:
    """How a style shows a number: date | time | elapsed | percent | padded | amount, else as it is."""

    kind: str = ""
    code: str = ""  # the format's first section
    amount: Amount | None = None


def shown_as(number_format: int, codes: dict[int, str]) -> Shown:
    code = codes.get(number_format)
    if code is None:
        for kind, numbers in (("date", _DATES), ("time", _TIMES), ("percent", _PERCENTS)):
            if number_format in numbers:
                return Shown("elapsed" if number_format == 46 else kind)
        return _as_amount(_AMOUNTS.get(number_format, ""))
    code = code.partition(";")[0]
    if _ELAPSED.search(code):
        return Shown("elapsed", code)
    bare = _LITERAL.sub("", code).lower().replace("general", "")
    if re.search("[dy]|g+e", bare):
        return Shown("date", code)
    if re.search("h|s|^m+$|am/pm", bare):
        return Shown("time" if re.search("h|s", bare) else "date", code)
    if "%" in bare:
        return Shown("percent", code)
    if "." not in bare and "e" not in bare and "," not in bare and _PADDED.match(bare):
        return Shown("padded", code)
    return _as_amount(code)


def _as_amount(code: str) -> Shown:
    format = amount(code) if code else None
    return Shown("amount", code, format) if format else Shown()


def value_text(value: float, shown: Shown, epoch: datetime.datetime) -> str:
    """`2026-03-01`, `7:30`, `25%`, `01067`, `12.50 €`; the bare number where no style says otherwise."""
    if shown.kind == "percent":
        return f"{round(value * 100, 10):.15g}%"
    if shown.kind == "padded":
        return _padded(value, shown.code)
    if shown.kind in ("time", "elapsed") and (shown.kind == "elapsed" or 0 <= value < 1):
        seconds = round(value * 86_400)
        minutes, rest = divmod(seconds, 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{rest:02}" if rest else "")
    if shown.kind in ("date", "time"):
        return cell_text(epoch + datetime.timedelta(seconds=round(value * 86_400)))
    bare = str(int(value)) if value.is_integer() and abs(value) < 1e15 else cell_text(value)
    return shown_amount(value, bare, shown.amount) if shown.amount else bare


def _padded(value: float, code: str) -> str:
    """Digits filled into the zeros of a format from the right: a postcode, a telephone number, an article."""
    digits = str(abs(round(value)))
    tokens = [m[0] for m in re.finditer(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|.', code)]
    places = sum(token in "0#?" for token in tokens)
    digits = digits.rjust(places, "0") if places else digits
    extra, digits = digits[: max(len(digits) - places, 0)], digits[max(len(digits) - places, 0) :]
    out: list[str] = []
    for token in tokens:
        if token in "0#?" and digits:
            out.append(extra + digits[0])
            extra, digits = "", digits[1:]
        elif token[0] == '"':
            out.append(token[1:-1])
        elif token[0] == "\\":
            out.append(token[1:])
        elif token[0] not in "_*[":
            out.append(token)
    return ("-" if value < 0 else "") + "".join(out)


def styles_of(root: Any) -> list[Shown]:
    """By the index of the cell style."""
    codes = {int(e.get("numFmtId") or 0): e.get("formatCode") or "" for e in xml.named(root, "numFmt")}
    formats = next(xml.named(root, "cellXfs"), ())
    numbers = [_number(e.get("numFmtId")) for e in formats if isinstance(e.tag, str)]
    shown = {number: shown_as(number, codes) for number in set(numbers)}
    return [shown[number] for number in numbers]


def _number(value: str | None) -> int:
    return int(value) if value and value.isdigit() else 0

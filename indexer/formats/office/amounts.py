"""Amounts of money and other numbers with thousands and units, as a cell's format shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKENS = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<other>[^\]]*)\]'
    r"|(?P<general>general)|(?P<digits>[0#?.,]+)|(?P<sign>.)",
    re.I,
)
_COLOUR = re.compile(r"black|blue|cyan|green|magenta|red|white|yellow|color ?\d+", re.I)
_DIGITS = re.compile(r"(?P<whole>[0#?,]*?)(?:\.(?P<decimals>[0#?]*))?(?P<thousandths>,*)")
_UP = 1 + 2**-50  # what is cut in the middle goes up, as 2.675 does, which is a little less in the machine


@dataclass(frozen=True, slots=True)
class Amount:
    before: str
    after: str
    decimals: int | None  # None: as many as the number has
    optional: int  # of them, which are left out where they are zeros
    grouped: bool
    divisor: int


def amount(code: str) -> Amount | None:
    """What the first section of a format adds to a number; None where that is nothing, or something else
    than a currency, a unit or thousands that are set apart."""
    before, after, digits = "", "", ""
    for token in _TOKENS.finditer(code):
        if token["other"] is not None and not _COLOUR.fullmatch(token["other"]):
            return None  # a condition
        if number := token["digits"] or token["general"]:
            if digits:
                return None
            digits = number
            continue
        said = token["quoted"] or token["escaped"] or token["currency"] or token["sign"] or ""
        if token["sign"] and (said.isalpha() or said in "/%@;"):
            return None  # a fraction, a power of ten, a text
        before, after = (before, after + said) if digits else (before + said, after)
    parts = _DIGITS.fullmatch(digits)
    if digits.lower() == "general":
        return Amount(before, after, None, 0, False, 1) if before.strip() or after.strip() else None
    if not digits or parts is None:
        return None
    grouped = "," in parts["whole"]
    if not grouped and not any(c.isalpha() or ord(c) > 127 or c in "$" for c in before + after):
        return None
    decimals = parts["decimals"] or ""
    optional = len(decimals) - len(decimals.rstrip("#?"))
    return Amount(before.lstrip(), after.rstrip(), len(decimals), optional, grouped,
                  1000 ** len(parts["thousandths"]))  # fmt: skip


def shown(value: float, bare: str, format: Amount) -> str:
    """`1,234.50 € (1234.5)`: as the cell shows it, and the bare number where its digits are others."""
    size = abs(value) / format.divisor
    if size < 1000 and not (format.before or format.after):
        return bare
    if format.decimals is None:
        digits = bare.lstrip("-")
    else:
        digits = (
            f"{size * _UP:,.{format.decimals}f}" if format.grouped else f"{size * _UP:.{format.decimals}f}"
        )
        for _ in range(format.optional):
            digits = digits.removesuffix("0")
        digits = digits.removesuffix(".")
    sign = "-" if value < 0 else ""
    text = f"{sign}{format.before}{digits}{format.after}"
    whole, _, rest = digits.partition(".")
    is_said = bare.lstrip("-") in (digits, whole if not rest.strip("0") else digits)
    return text if is_said else f"{text} ({bare})"

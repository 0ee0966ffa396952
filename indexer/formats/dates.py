"""The many ways documents write their date, as an ISO date."""

from __future__ import annotations

import datetime
import re

_ISO = re.compile(r"\s*(?:D:)?(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?!\d{3,}(?!\d*[Z+-]))")


def iso_date(value: object) -> str | None:
    """`2026-03-01` for a date, a datetime, ISO text, a PDF date or a mail's date; None for anything else."""
    if isinstance(value, (datetime.date, datetime.datetime)):
        return _checked(value.year, value.month, value.day)
    if not isinstance(value, str):
        return None
    if match := _ISO.match(value):
        return _checked(int(match[1]), int(match[2]), int(match[3]))
    from email.utils import parsedate

    parsed = parsedate(value)
    return _checked(*parsed[:3]) if parsed else None


def _checked(year: int, month: int, day: int) -> str | None:
    try:
        return datetime.date(year, month, day).isoformat() if year >= 1900 else None
    except ValueError:
        return None

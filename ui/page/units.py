"""Figures as people read them."""

from __future__ import annotations

from datetime import datetime

from ui.page.strings import Words


def size(count: float, words: Words) -> str:
    """1.4 MB, with the decimal sign of the language."""
    unit, value = "B", float(count)
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1000
    text = f"{value:.0f}" if unit == "B" or value >= 100 else words.decimal(value)
    return f"{text} {unit}"


def milliseconds(value: float, words: Words) -> str:
    """ "47 ms", from a second on "1.2 s"."""
    return f"{value:.0f} ms" if value < 999.5 else f"{words.decimal(value / 1000)} s"


def duration(seconds: float, words: Words) -> str:
    """ "under a minute", "12 min", "3 h 20 min"."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return words("under_a_minute")
    if minutes < 60:
        return words("minutes", n=minutes)
    return words("hours", h=minutes // 60, n=minutes % 60)


def ago(then: float, now: float, words: Words) -> str:
    """How long ago, coarsely; a date beyond a week. Both in epoch seconds."""
    seconds = max(0.0, now - then)
    if seconds < 60:
        return words("just_now")
    if seconds < 3600:
        return words("minutes_ago", n=int(seconds // 60))
    if seconds < 86_400:
        return words("hours_ago", n=int(seconds // 3600))
    if seconds < 7 * 86_400:
        return words("days_ago", n=int(seconds // 86_400))
    return datetime.fromtimestamp(then).strftime("%Y-%m-%d")

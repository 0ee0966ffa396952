"""When the results are from: a bar for each month or year, with as many as a click on it gives. A span is
chosen by dragging, or with Shift and the arrows; see static/facets.js."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping

from ui.page.html.safe import Html, joined
from ui.page.state import State
from ui.page.strings import Words

_MONTHS = 48  # from more on, years
_YEARS = 60  # from more on, those without results are left out

_BAR = Html(
    '<a href="{link}" data-since="{since}" data-until="{until}" title="{label}" aria-label="{label}" '
    'tabindex="{tab}"{current}><span style="height:{height}%"></span></a>'
)


def html(counts: Mapping[str, int], state: State, words: Words) -> Html:
    """Nothing where all is of one month, and no date is chosen."""
    spans = list(bars(counts))
    if len(spans) < 2:
        return Html("")
    most = max(n for *_, n in spans)
    drawn = []
    for number, (name, since, until, n) in enumerate(spans):
        chosen = (
            (state.since or state.until)
            and (state.since or since) <= since
            and until <= (state.until or until)
        )
        alone = (state.since, state.until) == (since, until)
        link = state.link(since="" if alone else since, until="" if alone else until, n=0)
        drawn.append(
            _BAR.format(
                link=link,
                since=since,
                until=until,
                label=words("bar_of", name=name, n=words.number(n)),
                tab=-1 if number else 0,
                current=Html(' aria-current="true"') if chosen else "",
                height=max(4, round(100 * n / most)) if n else 0,
            )
        )
    ends = Html("<p><span>{}</span><span>{}</span></p>").format(spans[0][0], spans[-1][0])
    return Html('<section class="timeline"><div role="group" aria-label="{}">{}</div>{}</section>').format(
        words("timeline"), joined(drawn), ends
    )


def bars(counts: Mapping[str, int]) -> Iterator[tuple[str, str, str, int]]:
    """(name, first day, last day, results) of each month from the first to the last, or of each year."""
    months = sorted(name for name in counts if counts[name])
    if not months:
        return
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (months[0], months[-1]))
    if last - first < _MONTHS:
        for at in range(first, last + 1):
            year, month = at // 12, at % 12 + 1
            name = f"{year:04}-{month:02}"
            yield name, f"{name}-01", f"{name}-{monthrange(year, month)[1]}", counts.get(name, 0)
        return
    by_year: dict[int, int] = {}
    for name in months:
        by_year[int(name[:4])] = by_year.get(int(name[:4]), 0) + counts[name]
    span = range(first // 12, last // 12 + 1)
    for year in span if len(span) <= _YEARS else sorted(by_year):
        yield f"{year:04}", f"{year:04}-01-01", f"{year:04}-12-31", by_year.get(year, 0)

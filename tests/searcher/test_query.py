"""The query language as a table."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.errors import UsageError
from searcher.query import Filters, parse, span

DAY = 86_400
MARCH_2026 = tuple(int(datetime(2026, month, 1).timestamp()) for month in (3, 4))  # of the local zone


@pytest.mark.parametrize(
    ("raw", "text", "required", "excluded"),
    [
        ("how to bake bread", "how to bake bread", (), ()),
        ('bread "cold butter" now', "bread cold butter now", ("cold butter",), ()),
        ("java -script", "java", (), ("script",)),
        ('bread -"rye flour"', "bread", (), ("rye flour",)),
        ("temperature -5 degrees", "temperature -5 degrees", (), ()),
        ("git log --oneline", "git log --oneline", (), ()),
        ('an "unclosed quote', 'an "unclosed quote', (), ()),
        ("note: buy milk", "note: buy milk", (), ()),
        ("http://example.org/a?b=c", "http://example.org/a?b=c", (), ()),
        ("std::vector", "std::vector", (), ()),
        ("date:tomorrow", "date:tomorrow", (), ()),
        ("50% of 'it' _x_ \\ (a|b) [c] {d}", "50% of 'it' _x_ \\ (a|b) [c] {d}", (), ()),
        ("bread “cold butter” now", "bread cold butter now", ("cold butter",), ()),
        ("date:>9999-12-31", "date:>9999-12-31", (), ()),
        ("", "", (), ()),
    ],
)
def test_words_and_syntax(raw: str, text: str, required: tuple[str, ...], excluded: tuple[str, ...]) -> None:
    query = parse(raw)
    assert (query.text, query.required, query.excluded) == (text, required, excluded)
    assert query.filters == Filters()


@pytest.mark.parametrize(
    ("raw", "filters"),
    [
        ("x type:PDF,md", Filters(types=("pdf", "md"))),
        ("x type:pdf type:md", Filters(types=("pdf", "md"))),
        ("x ext:.py", Filters(exts=("py",))),
        ('x path:"my notes/*.md"', Filters(paths=("my notes/*.md",))),
        ("x lang:de folder:notes", Filters(languages=("de",), folders=("notes",))),
        ("x date:2026-03", Filters(since=MARCH_2026[0], until=MARCH_2026[1])),
        ("x date:>2026-03", Filters(since=MARCH_2026[1])),
        ("x date:>=2026-03", Filters(since=MARCH_2026[0])),
        ("x date:<2026-03", Filters(until=MARCH_2026[0])),
        ("x date:<=2026-03", Filters(until=MARCH_2026[1])),
        ("x date:2026-03-01..2026-03-31", Filters(since=MARCH_2026[0], until=MARCH_2026[1])),
    ],
)
def test_filters(raw: str, filters: Filters) -> None:
    query = parse(raw)
    assert query.filters == filters
    assert query.text == "x"


@given(st.text())
def test_nothing_a_person_types_is_an_error(raw: str) -> None:
    parse(raw)


def test_a_day_a_month_and_a_year() -> None:
    assert span("2026-03-09")[1] - span("2026-03-09")[0] == DAY
    assert span("2026-12")[1] == span("2027")[0]


@pytest.mark.parametrize("text", ["2026-13", "yesterday", "2026-02-30", ""])
def test_no_date(text: str) -> None:
    with pytest.raises(UsageError, match="2026-03-09"):
        span(text)


@pytest.mark.parametrize("odd", ["date:2026-99", "date:tomorrow", "date:>9999-12-31", "date:0001"])
def test_a_date_that_is_none_is_named(odd: str) -> None:
    query = parse(f"x {odd}")
    assert query.filters or (odd in query.notes[0] and "2026-03-09" in query.notes[0])


def test_a_day_is_the_day_where_the_person_is(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        for zone, hours in (("America/Los_Angeles", 8), ("Asia/Tokyo", -9)):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            assert span("2026-01-09")[0] == 1_767_916_800 + hours * 3600
    finally:
        monkeypatch.undo()
        time.tzset()

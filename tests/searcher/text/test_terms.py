"""Terms: what a text is found by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.text.terms import query_terms, terms


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("def compute_mean_value(x):", "compute_mean_value"),
        ("def compute_mean_value(x):", "mean value"),
        ("class HttpRequestHandler", "request"),
        ("class HttpRequestHandler", "httprequesthandler"),
        ("os.path.join(a)", "os.path.join"),
        ("os.path.join(a)", "join"),
        ("released v1.2.3 today", "v1.2.3"),
        ("write to anna.berg@example.org", "anna.berg@example.org"),
        ("error E119 on the display", "e119"),
        ("Die Straße ist naß", "STRASSE"),
        ("naïve café", "naive cafe"),
        ("Ｆｕｌｌｗｉｄｔｈ", "fullwidth"),
        ("东京大学的图书馆", "图书馆"),
        ("データベースの設計", "データ"),
        ("สวัสดีครับ", "สวัสดี"),
        ("ｶﾞﾗｽ", "ガラス"),
        ("한국어 문서", "한국어"),
    ],
)
def test_a_query_meets_its_text(text: str, query: str) -> None:
    assert set(query_terms(query)) <= set(terms(text))


@pytest.mark.parametrize(("text", "query"), [("かぎ", "かき"), ("cat", "dog")])
def test_what_must_not_meet(text: str, query: str) -> None:
    assert not set(query_terms(query)) & set(terms(text))


@given(st.text())
def test_any_text_has_terms_without_spaces(text: str) -> None:
    assert all(term and not any(letter.isspace() for letter in term) for term in terms(text))

"""Terms: what a text is found by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.text.terms import asked, query_terms, terms


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
        ("W mieście Łódź", "lodz"),
        ("Tromsø i mai", "tromso"),
        ("gospođa Đorđević", "dordevic"),
        ("un œuvre d'art", "oeuvre"),
        ("Ærø hver dag", "aero"),
        ("Işık odası", "isik"),
        ("İstanbul", "istanbul"),
        ("Herr Müller", "mueller"),
        ("Herr Müller", "muller"),
        ("Bạn Đặng Thị Hường", "dang"),
        ("à l'hôpital", "hopital"),
        ("dans l’armoire", "armoire"),
        ("dell'università", "universita"),
        ("Ёлка", "елка"),
        ("we don’t lend", "don't"),
        ("a co‑operative", "cooperative"),
        ("a co-operative", "co-operative"),
        ("soft\u00adhyphen", "softhyphen"),
        ("we use C++ and C# here", "C++"),
        ("we use C++ and C# here", "c#"),
        ("runs on .NET only", ".NET"),
        ("well done 🎉!", "🎉"),
        ("हिन्दी में लिखा", "हिन्दी"),
        ("verify_credentials(name)", "verifyCredentials"),
    ],
)
def test_a_query_meets_its_text(text: str, query: str) -> None:
    found = set(terms(text))
    assert all(found & set(word.exact) for word in asked(query))


@pytest.mark.parametrize(
    ("text", "query"), [("かぎ", "かき"), ("cat", "dog"), ("start", "art"), ("in c", "c++")]
)
def test_what_must_not_meet(text: str, query: str) -> None:
    assert not set(query_terms(query)) & set(terms(text))


@given(st.text())
def test_any_text_has_terms_without_spaces(text: str) -> None:
    found = terms(text, ("en", "de"))
    assert all(term and not any(letter.isspace() for letter in term) for term in found)


@pytest.mark.parametrize(
    ("text", "query", "language"),
    [
        ("the houses", "house", "en"),
        ("splitting lines", "split", "en"),
        ("getUserNames", "name", "en"),
        ("viele Häuser", "Haus", "de"),
        ("talossa", "talot", "fi"),
        ("les chevaux", "chevaux", "fr"),
        ("книги", "книга", "ru"),
    ],
)
def test_words_meet_in_their_stems(text: str, query: str, language: str) -> None:
    found = set(terms(text, (language,)))
    (word,) = asked(query, (language,))
    assert found & {*word.exact, *word.stems}


def test_an_unknown_language_has_no_stems() -> None:
    assert terms("some words", ("xx",)) == ["some", "words"]

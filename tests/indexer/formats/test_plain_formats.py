"""Formats whose text is the file's own: encodings, headings, fields, languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.formats import extract
from searcher.errors import ExtractionFailed, UnreadableKind
from searcher.records import Document


def save(tmp_path: Path, name: str, data: bytes | str) -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def headings(document: Document) -> dict[str, tuple[str, ...]]:
    """First line under each mark -> its heading path."""
    return {document.text[m.start :].splitlines()[0]: m.heading for m in document.marks}


GERMAN = "Die Straße führt über die Brücke; am Ufer blühen Gänseblümchen und große Sträucher.\n" * 4
JAPANESE = "自転車のパンクを修理する方法を説明します。まずタイヤを外してから穴を探してください。\n" * 6
CHINESE = "我们在周末去了山上喝茶，天气非常好，大家都很高兴，晚上一起吃饭聊天。\n" * 6
KOREAN = "주말에 우리는 산에 올라가서 차를 마셨습니다. 날씨가 아주 좋았습니다.\n" * 6
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy; šťastné ženy se těší na jaro a na večeři.\n" * 4
HUNGARIAN = "Az erdő szélén egy öreg tölgyfa áll, alatta hűs forrás; ősszel gesztenyét szedünk.\n" * 4
RUSSIAN = "Мы собираемся в субботу утром у старого моста и идём вдоль реки до мельницы.\n" * 4


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
        (GERMAN, "utf-32"),
        (GERMAN, "cp1252"),
        (GERMAN, "latin-1"),
        (CHINESE, "utf-16-le"),
        (CHINESE, "gb18030"),
        (CHINESE, "gbk"),
        ("东京的海獭喜欢吃贝壳。" * 20, "gb18030"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "euc_kr"),
        (KOREAN, "iso2022_kr"),
        (CZECH, "cp1250"),
        (CZECH, "iso8859_2"),
        (HUNGARIAN, "cp1250"),
        (RUSSIAN, "cp866"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
    ],
)
def test_any_encoding(tmp_path: Path, text: str, encoding: str) -> None:
    document = extract(save(tmp_path, "note.txt", text.encode(encoding)))
    assert document.text == text
    assert document.kind == "txt" and document.has_lines


def test_newlines_stay_the_files_own(tmp_path: Path) -> None:
    document = extract(save(tmp_path, "a.txt", b"\xef\xbb\xbfone\r\ntwo\rthree\n"))
    assert document.text == "one\r\ntwo\rthree\n"


def test_a_few_broken_bytes_do_not_change_the_encoding(tmp_path: Path) -> None:
    data = GERMAN.encode()[:-1] + b"\xe4\xb8"
    document = extract(save(tmp_path, "cut.txt", data))
    assert document.text.startswith(GERMAN[:-1]) and document.text.endswith("\ufffd")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"about hedgehogs \xed\xa0\x80 in the garden\n", "about hedgehogs \ufffd in the garden\n"),
        (b"a face \xed\xa0\xbd\xed\xb8\x80 as Java writes it\n", "a face \U0001f600 as Java writes it\n"),
        (b"about otters \xff in the river\n" * 3, "about otters \xff in the river\n" * 3),
        (b"let name = 'x'\n" * 50 + b"// caf\xe9\n", "let name = 'x'\n" * 50 + "// caf\xe9\n"),
        (b"no more than 20 \x80 a day\n", "no more than 20 \u20ac a day\n"),
        (b"line with a pair \xed\xa0 cut\n" * 2, "line with a pair \xed\xa0 cut\n" * 2),
    ],
    ids=["surrogate", "surrogate pair", "stray byte", "one word", "euro", "pair"],
)
def test_a_stray_byte_does_not_make_another_language_of_ascii(tmp_path: Path, data: bytes, text: str) -> None:
    assert extract(save(tmp_path, "note.txt", data)).text == text


@pytest.mark.parametrize("name", ["data.bin", "data", "data.txt", "data.xyz", "photo.py"])
def test_binary_data_is_said_to_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableKind, match="binary"):
        extract(save(tmp_path, name, bytes(range(256)) * 20))


def test_empty_and_blank_files(tmp_path: Path) -> None:
    with pytest.raises(ExtractionFailed, match="the file is empty"):
        extract(save(tmp_path, "a.txt", b""))
    with pytest.raises(ExtractionFailed, match="white space"):
        extract(save(tmp_path, "b.md", b" \n\n\t"))


NOTE = """---
title: Sourdough, the lazy way
tags: [bread, Küche]
date: 2026-02-14
---

# Sourdough

Mix.

## Feeding the `starter`

```
# not a heading
```

Result
======

~~~python
## nor this
~~~

| a | b |
|---|---|

### Deep #
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_markdown_fields_and_headings(tmp_path: Path, newline: str) -> None:
    document = extract(save(tmp_path, "bread.md", NOTE.replace("\n", newline)))
    assert document.title == "Sourdough, the lazy way"
    assert document.tags == ("bread", "Küche")
    assert document.date == "2026-02-14"
    assert headings(document) == {
        "# Sourdough": ("Sourdough",),
        "## Feeding the `starter`": ("Sourdough", "Feeding the starter"),
        "Result": ("Result",),
        "### Deep #": ("Result", "Deep"),
    }


@pytest.mark.parametrize(
    ("front", "title", "tags", "date"),
    [
        ("+++\ntitle = 'T'\ntags = ['x']\ndate = 2026-01-02T10:00:00Z\n+++\n", "T", ("x",), "2026-01-02"),
        ("---\ntitle: T\ntags: one, two\n---\n", "T", ("one", "two"), None),
        ("---\ntags: '#one #two'\ndate: 'March 2026'\n---\n", "Head", ("one", "two"), None),
        ("---\ntitle: [broken\n---\n", "Head", (), None),
        ("---\n- a list\n---\n", "Head", (), None),
    ],
)
def test_front_matter_of_every_sort(
    tmp_path: Path, front: str, title: str, tags: tuple[str, ...], date: str | None
) -> None:
    document = extract(save(tmp_path, "a.md", front + "\n# Head\n\ntext"))
    assert (document.title, document.tags, document.date) == (title, tags, date)


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("a.py", "print(1)", "python"),
        ("A.TSX", "let a = 1", "typescript"),
        ("lib.hpp", "int a;", "c++"),
        ("Makefile", "all:\n\techo", "make"),
        ("Dockerfile", "FROM x", "dockerfile"),
        ("run", "#!/usr/bin/env -S python3 -u\nprint(1)", "python"),
        ("run2", "#!/bin/sh\nls", "bash"),
    ],
)
def test_code_and_its_language(tmp_path: Path, name: str, text: str, language: str) -> None:
    path = save(tmp_path, name, text)
    document = extract(path)
    assert (document.kind, document.language, document.text) == ("code", language, text)


def test_csv_header(tmp_path: Path) -> None:
    document = extract(save(tmp_path, "a.csv", "name;town\r\nAda;London\r\nKonrad;Berlin\r\n"))
    assert document.kind == "csv"
    assert [(m.start, m.table_header) for m in document.marks] == [(0, None), (11, "name;town")]
    quoted = extract(save(tmp_path, "q.csv", '"first\nname";town\n"Ada\nL.";London\n'))
    assert [(m.start, m.table_header) for m in quoted.marks][1:] == [(18, '"first name";town')]
    plain = extract(save(tmp_path, "b.csv", "1,2\n3,4\n"))
    assert plain.marks == ()


def test_subtitles(tmp_path: Path) -> None:
    first = "1\n00:00:01,000 --> 00:00:02,500\n<i>Good morning.</i>\n\n"
    srt = first + "2\n00:01:05,000 --> 00:01:07,000\nTea?\nYes.\n"
    document = extract(save(tmp_path, "film.srt", srt.replace("\n", "\r\n")))
    assert document.text == "Good morning.\nTea? Yes.\n"
    assert [(m.start, m.anchor) for m in document.marks] == [(0, "00:00:01"), (14, "00:01:05")]
    vtt = "WEBVTT\n\nintro\n00:05.000 --> 00:07.000 align:start\nHello there\n"
    document = extract(save(tmp_path, "film.vtt", vtt))
    assert document.text == "Hello there\n" and document.marks[0].anchor == "00:00:05"


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.json", '{"a": 1}', "json"),
        ("a.yml", "a: 1", "yaml"),
        ("a.toml", "a = 1", "toml"),
        ("a.xml", "<a>x</a>", "xml"),
        ("a.log", "12:00 started", "log"),
        ("a.unknown", "just words", "txt"),
        ("noextension", "just words", "txt"),
        ("b.unknown", "<?xml version='1.0'?><a>x</a>", "xml"),
    ],
)
def test_kinds_of_text(tmp_path: Path, name: str, text: str, kind: str) -> None:
    path = save(tmp_path, name, text)
    assert extract(path).kind == kind


def test_xml_in_a_declared_encoding(tmp_path: Path) -> None:
    text = "<?xml version='1.0' encoding='iso-8859-2'?>\n<a>Zażółć gęślą jaźń</a>"
    assert extract(save(tmp_path, "a.xml", text.encode("iso-8859-2"))).text == text


def test_a_text_name_does_not_hide_another_format(tmp_path: Path) -> None:
    rich = rb"{\rtf1\ansi caf\'e9 \u-10179?\u-8704? end}"
    document = extract(save(tmp_path, "notes.txt", rich))
    assert (document.kind, document.text.strip()) == ("rtf", "café 😀 end")
    with pytest.raises(ExtractionFailed, match="the pdf file is damaged"):
        extract(save(tmp_path, "notes.md", b"%PDF-1.7\nnothing more"))
    with pytest.raises(UnreadableKind, match="zip archive"):
        extract(save(tmp_path, "data.csv", b"PK\x03\x04rest"))
    with pytest.raises(UnreadableKind, match="an old program"):
        extract(save(tmp_path, "old.txt", bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 600))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"name": "Ada", "n": [1]}', "json"),
        ("WEBVTT\n\n00:05.000 --> 00:07.000\nHello there\n", "srt"),
        ("{ not json }", "txt"),
        ('"quoted": words', "txt"),
    ],
)
def test_text_without_an_ending_is_known_by_what_it_holds(tmp_path: Path, text: str, kind: str) -> None:
    path = save(tmp_path, "nameless", text)
    assert extract(path).kind == kind


def test_csv_header_below_titles(tmp_path: Path) -> None:
    text = "Harbour dues 2026;;\n\nsep=;\nShip;Berth;Dues\nAlbatros;7;30\n"
    document = extract(save(tmp_path, "a.csv", text))
    assert [(m.start, m.table_header) for m in document.marks] == [(0, None), (43, "Ship;Berth;Dues")]
    assert document.text[43:] == "Albatros;7;30\n"
    bank = "Account;DE12 3456\nPeriod:;2026-01\n\nDay;Text;Amount\n2;Rope;-5,00\n"
    (_, header) = extract(save(tmp_path, "bank.csv", bank)).marks
    assert header.table_header == "Day;Text;Amount"
    numbers = extract(save(tmp_path, "b.csv", "1;2\nname;town\n3;4\n"))
    assert numbers.marks == ()

"""Plain text in many encodings, structured text, code."""

from __future__ import annotations

import json
from collections.abc import Iterator

from corpus.case import Case

MINUTES = """---
title: "Sitzung des Vereins"
tags: [verein, protokoll]
date: 2026-03-09
---
# Sitzung

Anwesend: Frau Öztürk, Herr Müßig.

## Beschlüsse

Der Zaun am Bolzplatz wird repariert.

### Kosten

Höchstens 400 Euro.

## Nächster Termin

Der 4. Mai.
"""
DIARY = "Am Abend gingen wir über die Brücke. Das Wasser stand höher als im März.\n" * 8
HAIKU = "古池や蛙飛びこむ水の音。静かな庭に雨が降り続いている。\n" * 8
ORG = """#+TITLE: Field notes
#+DATE: <2026-04-01 Wed>
#+FILETAGS: :garden:soil:

* TODO Compost                                        :autumn:
Turn the heap in April.
** [#A] Worms
They like cardboard.
#+BEGIN_SRC sh
* not a heading
#+END_SRC
* Seeds
Tomatoes from last year.
"""
RST = """=========
The Guide
=========

:date: 2026-01-05
:tags: install, linux

Intro.

Installing
==========

Run the installer.

Dependencies
------------

A compiler.

Using
=====

Start it.
"""
SRT = """1
00:00:01,000 --> 00:00:03,000
<i>The tide turns at noon.</i>

2
00:00:03,500 --> 00:00:06,000
- Have you checked the mooring?
- Twice.

3
01:02:05,000 --> 01:02:07,000
Then we leave.
"""
VTT = "WEBVTT - demo\n\nNOTE made by hand\n\n00:01:00.000 --> 00:01:02.000 line:0\nOpen the valve slowly.\n"
PYTHON = '''"""Accounts."""


def verify_credentials(user: str, password: str) -> bool:
    """Whether the password is the user's."""
    return hash(password) == stored(user)
'''
JAVA = "package a;\n\n/** Sums. */\nclass Sum {\n  int add(int a, int b) { return a + b; }\n}\n"
LOG = "2026-03-01 10:00:01 INFO started\n2026-03-01 10:00:02 ERROR disk full on /data\n" * 50


def notebook() -> bytes:
    return json.dumps(
        {
            "nbformat": 4,
            "metadata": {"language_info": {"name": "python"}, "kernelspec": {"language": "python"}},
            "cells": [
                {"cell_type": "markdown", "source": ["# Tides\n", "Harmonic analysis of the gauge.\n"]},
                {
                    "cell_type": "code",
                    "source": "levels = read_gauge('brest')\nprint(levels)",
                    "outputs": [
                        {"output_type": "stream", "text": [f"level {n}\n" for n in range(500)]},
                        {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo" * 50}},
                        {"output_type": "error", "ename": "KeyError", "evalue": "'brest'"},
                    ],
                },
                {"cell_type": "markdown", "source": "## Residuals\nStorm surges remain."},
                {"cell_type": "code", "source": "plot(residuals)", "outputs": []},
            ],
        }
    ).encode()


# as Obsidian writes it
VAULT = """---
aliases:
  - Juist
  - Töwerland
tags:
  - travel/north
---
# The island

## See also [[places/harbour#History|the old harbour]]

It leaves when the tide does: #ferry ![[attachments/ferry times.pdf]]
"""


def cases() -> Iterator[Case]:
    headed = {
        "Anwesend": {"heading": ("Sitzung",)},
        "Höchstens": {"heading": ("Sitzung", "Beschlüsse", "Kosten")},
        "Der 4. Mai": {"heading": ("Sitzung", "Nächster Termin")},
    }
    fields = {"title": "Sitzung des Vereins", "date": "2026-03-09", "tags": ("verein", "protokoll")}
    for name, text in (("minutes.md", MINUTES), ("minutes-crlf.markdown", MINUTES.replace("\n", "\r\n"))):
        yield Case(name, text.encode(), "md", ("Öztürk",), at=headed, has_lines=True, **fields)
    yield Case(
        "vault.md",
        VAULT.encode(),
        "md",
        ("![[attachments/ferry times.pdf]]",),
        at={"leaves": {"heading": ("The island", "See also the old harbour")}},
        title="The island",
        tags=("travel/north", "ferry"),
        names=("Juist", "Töwerland"),
        has_lines=True,
    )
    yield Case(
        "one-alias.md",
        b"---\nalias: Mud, Silt\n---\nText.\n",
        "md",
        names=("Mud", "Silt"),
        has_lines=True,
    )
    yield Case(
        "nofront.md",
        b"Setext\n======\n\nBody of it.\n",
        "md",
        title="Setext",
        has_lines=True,
        at={"Body": {"heading": ("Setext",)}},
    )
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "iso-8859-15"):
        yield Case(f"diary.{encoding}.txt", DIARY.encode(encoding), "txt", (DIARY[:70],), has_lines=True)
    for encoding in ("utf-8", "shift_jis", "euc_jp", "iso2022_jp"):
        yield Case(
            f"haiku.{encoding}.txt", HAIKU.encode(encoding), "txt", ("古池や蛙飛びこむ",), has_lines=True
        )
    yield Case(
        "field.org",
        ORG.encode(),
        "org",
        title="Field notes",
        date="2026-04-01",
        has_lines=True,
        tags=("garden", "soil"),
        at={
            "Turn the heap": {"heading": ("Compost",)},
            "not a heading": {"heading": ("Compost", "Worms")},
            "Tomatoes": {"heading": ("Seeds",)},
        },
    )
    yield Case(
        "guide.rst",
        RST.encode(),
        "rst",
        title="The Guide",
        date="2026-01-05",
        has_lines=True,
        tags=("install", "linux"),
        at={
            "A compiler": {"heading": ("The Guide", "Installing", "Dependencies")},
            "Start it": {"heading": ("The Guide", "Using")},
        },
    )
    yield Case(
        "film.srt",
        SRT.encode("cp1252"),
        "srt",
        ("Have you checked the mooring? - Twice.",),
        lacks=("-->", "<i>"),
        at={"The tide": {"anchor": "00:00:01"}, "Then we": {"anchor": "01:02:05"}},
    )
    yield Case("talk.vtt", VTT.encode(), "srt", at={"Open the valve": {"anchor": "00:01:00"}})
    yield Case(
        "accounts.py", PYTHON.encode(), "code", ("verify_credentials",), language="python", has_lines=True
    )
    yield Case("Sum.java", JAVA.encode(), "code", ("int add",), language="java", has_lines=True)
    yield Case("run-it", b"#!/usr/bin/env bash\nset -e\nmake all\n", "code", language="bash", has_lines=True)
    yield Case(
        "umlaut.c",
        "/* Größe */ int groesse;\n".encode("latin-1"),
        "code",
        ("Größe",),
        language="c",
        has_lines=True,
    )
    yield Case("server.log", LOG.encode(), "log", ("disk full",), has_lines=True)
    yield Case("config.yaml", b"server:\n  port: 8080\n", "yaml", ("port: 8080",), has_lines=True)
    yield Case("pyproject.toml", b"[project]\nname = 'x'\n", "toml", ("name",), has_lines=True)
    yield Case(
        "data.json",
        json.dumps({"täglich": [1, 2]}, ensure_ascii=False).encode(),
        "json",
        ("täglich",),
        has_lines=True,
    )
    yield Case(
        "feed.xml",
        "<?xml version='1.0' encoding='iso-8859-2'?><a>łódź</a>".encode("iso-8859-2"),
        "xml",
        ("łódź",),
        has_lines=True,
    )
    yield Case(
        "people.csv",
        b"name,town\nAda,London\n",
        "csv",
        has_lines=True,
        at={"Ada": {"table_header": "name,town"}},
    )
    yield Case(
        "messwerte.tsv",
        "Ort\tWert\nKöln\t3,5\n".encode("utf-16"),
        "csv",
        has_lines=True,
        at={"Köln": {"table_header": "Ort Wert"}},
    )
    yield Case(
        "analysis.ipynb",
        notebook(),
        "ipynb",
        ("level 19", "KeyError: 'brest'"),
        title="Tides",
        language="python",
        lacks=("level 21", "iVBORw0KGgo"),
        at={
            "Harmonic": {"anchor": "cell 1", "heading": ("Tides",)},
            "read_gauge": {"anchor": "cell 2", "language": "python"},
            "level 3\n": {"anchor": "cell 2, output", "language": None},
            "Storm": {"anchor": "cell 3", "heading": ("Tides", "Residuals")},
            "plot(": {"anchor": "cell 4"},
        },
    )
    yield Case("notes.xyz", b"An unknown ending, and yet plain words.\n", "txt", has_lines=True)

"""Encoded pictures and paths of drawings: in no text, while the words beside them stay."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path

import pytest

from indexer.formats import extract
from indexer.formats.noise import without_noise
from searcher.records import Document, Mark

DICE = random.Random(7)
BLOB = base64.b64encode(DICE.randbytes(9_000)).decode()
LINES = "\n".join(BLOB[at : at + 76] for at in range(0, len(BLOB), 76))
HEXADECIMAL = DICE.randbytes(3_000).hex()
PATH = " ".join(
    f"{DICE.choice('MLCQ')}{DICE.random() * 900:.3f},{DICE.random() * 900:.3f}" for _ in range(400)
)


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        (
            "note.md",
            f"# Pump\n\nWorn gasket.\n\n![photo](data:image/png;base64,{BLOB})\n\nOrder one.\n",
            "Order one.",
        ),
        ("scan.txt", f"The scan follows\n\n{LINES}\n\nand ends here\n", "and ends here"),
        ("quoted.txt", "It said\n> " + LINES.replace("\n", "\n> ") + "\nand no more\n", "and no more"),
        ("dump.txt", f"Checksum of the lot: {HEXADECIMAL}\nkept apart\n", "kept apart"),
        ("drawing.txt", f'A path <path d="{PATH}"/> over the heath\n', "over the heath"),
        ("key.json", json.dumps({"name": "Ada", "picture": BLOB, "town": "Emden"}), '"town": "Emden"'),
        (
            "mail.txt",
            "begin 644 x\n" + "M" + "A" * 60 + "\n" + ("M" + '9"%#' * 15 + "\n") * 8 + "end of it\n",
            "end of it",
        ),
    ],
)
def test_what_machines_alone_read_is_left_out(tmp_path: Path, name: str, text: str, kept: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    document = extract(path)
    assert kept in document.text and len(document.text) < 400
    assert document.text.count("\n") == text.count("\n"), "lines stay the file's lines"


def test_addresses_follow_the_text() -> None:
    text = f"one\n{LINES}\ntwo words\nthree\n"
    marks = (
        Mark(0, heading=("A",)),
        Mark(text.index("two"), heading=("B",)),
        Mark(text.index("three"), heading=("C",)),
    )
    document = without_noise(Document(text, "md", marks=marks))
    found = {mark.heading[0]: document.text[mark.start :].split()[0] for mark in document.marks}
    assert found == {"A": "one", "B": "two", "C": "three"}


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/" + "a-long-path/with-words/and-more-words/" * 6,
        "我们在周末去了山上喝茶天气非常好大家都很高兴晚上一起吃饭聊天" * 20,
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3,
        "name;town;street\n" + "\n".join(f"n{n};t{n};s{n}" for n in range(500)),
        "\n".join("/usr/share/doc/package/examples/very-long-directory-name/README" for _ in range(20)),
        "0123456789" * 30,
        "\n".join(f"{sign * 78}\nPump {sign}\n" for sign in "=-_#%*/" for _ in range(20)),
        "".join(
            f"\\link{{classodf_1_1ODF2MoinMoin_a952b697c0cd2a9a87c43be10ae6{n}cdb}}{{pump}}\n"
            for n in range(99)
        ),
    ],
)
def test_what_only_looks_long_stays(text: str) -> None:
    assert without_noise(Document(text, "txt")).text == text

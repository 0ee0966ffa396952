"""Every passage lies under one address: small messages, attachments, cells and members never share one."""

from __future__ import annotations

import json
import mailbox
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

from indexer.chunking import chunk
from indexer.formats import extract
from indexer.formats.source import Limits


def count(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) + 4 for text in texts]


def addresses(path: Path) -> dict[str | None, str]:
    document = extract(path, limits=Limits(archives=True))
    found = chunk(document, path=str(path), count=count, target=200, limit=400)
    assert len({part.anchor for part in found}) == len(found)
    return {part.anchor: part.text for part in found}


def mail(subject: str, body: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "ada@example.org"
    message.set_content(body)
    return message


def test_attachments(tmp_path: Path) -> None:
    message = mail("Offer", "See the attachments.\n")
    message.add_attachment("About apples.\n", filename="one.txt")
    message.add_attachment("About pears.\n", filename="two, new.txt")
    inner = mail("Inner", "A letter in a letter.\n")
    inner.add_attachment("Deep inside.\n", filename="deep.txt")
    message.add_attachment(inner)
    (tmp_path / "a.eml").write_bytes(bytes(message))
    found = addresses(tmp_path / "a.eml")
    assert "See the attachments" in found[None]
    assert found["attachment one.txt"].strip() == "About apples."
    assert found["attachment two, new.txt"].strip() == "About pears."
    assert found["attachment forwarded.eml, attachment deep.txt"].strip() == "Deep inside."


def test_messages(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "b.mbox")
    for number in (1, 2, 3):
        box.add(mail(f"Number {number}", f"Body {number}.\n"))
    box.close()
    found = addresses(tmp_path / "b.mbox")
    assert ["Body 1." in found["message 1"], "Body 2." in found["message 2"]] == [True, True]


def test_cells(tmp_path: Path) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": ["forty-two\n"]}
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Sums\n"]},
        {
            "cell_type": "code",
            "metadata": {},
            "source": ["x = 42\n"],
            "outputs": [output],
            "execution_count": 1,
        },
        {"cell_type": "code", "metadata": {}, "source": ["y = 43\n"], "outputs": [], "execution_count": 2},
    ]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "c.ipynb").write_text(json.dumps(book))
    found = addresses(tmp_path / "c.ipynb")
    assert "x = 42" in found["cell 2"] and "forty-two" in found["cell 2"]
    assert found["cell 3"].strip() == "y = 43"


def test_members(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("notes/one.txt", "The first.\n")
        archive.writestr("notes/two.txt", "The second.\n")
    found = addresses(tmp_path / "d.zip")
    assert {anchor: text.strip() for anchor, text in found.items()} == {
        "notes/one.txt": "The first.",
        "notes/two.txt": "The second.",
    }

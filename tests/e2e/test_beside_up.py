"""Commands that write, while `searcher up` runs: it does the work, they wait for it."""

from __future__ import annotations

import json
import urllib.error
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.e2e.conftest import Run
from tests.e2e.test_up import first, up, wait_for


def told_nothing(get: Callable[..., dict[str, Any]], path: str, word: str) -> bool:
    """Whether no answer of the running server holds the word of a forgotten file."""
    answers = []
    for endpoint, parameters in (
        ("search", {"q": "wash vegetables"}),
        ("search", {"q": "twice", "mode": "words"}),
        ("explain", {"q": "twice", "path": path}),
        ("document", {"path": path}),
        ("similar", {"path": path}),
    ):
        try:
            answers.append(json.dumps(get(endpoint, **parameters)))
        except urllib.error.HTTPError as refused:
            answers.append(refused.read().decode())
    return len(answers) == 5 and not any(word in answer for answer in answers)


def test_index_and_forget_beside_up(
    environment: dict[str, str], run: Run, ask: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    notes, more = tmp_path / "notes", tmp_path / "more"
    for folder, name, text in ((notes, "kite", "A kite needs a tail."), (more, "leek", "Wash leeks twice.")):
        folder.mkdir()
        (folder / f"{name}.md").write_text(f"{text}\n")
    with up(environment, notes) as (_, get):
        wait_for(lambda: first(get, "kite") == "kite.md", within=90)
        done = ask("index", str(more))
        assert done["files"]["seen"] == 2
        assert done["files"].keys() >= {"added", "unchanged", "failed", "skipped"}
        wait_for(lambda: first(get, "leek") == "leek.md", within=5)  # readers look once a second
        leek = str(more / "leek.md")
        assert "leeks" in get("document", path=leek)["text"]
        assert ask("forget", leek)["files"] == 1
        assert told_nothing(get, leek, "leeks")
        wait_for(lambda: first(get, '"leeks"') is None, within=10)
        (notes / "safe.md").write_text("The combination of the safe is plumtree.\n")
        wait_for(lambda: first(get, "plumtree") == "safe.md", within=30)

        run("folders", "add", str(more))
        wait_for(lambda: first(get, '"leeks"') == "leek.md", within=30)  # added again, so read again

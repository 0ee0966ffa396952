"""A folder of short notes that changes as a person's does: all from one seeded die."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

_WORDS = (
    "harbour",
    "lantern",
    "copper",
    "meadow",
    "ledger",
    "saddle",
    "walnut",
    "granite",
    "ferry",
    "compass",
    "orchard",
    "pigeon",
    "kettle",
    "anchor",
    "thistle",
    "marble",
    "violin",
    "barley",
    "chimney",
    "ribbon",
    "tunnel",
    "cedar",
    "feather",
    "plough",
    "beacon",
    "mustard",
    "gravel",
    "willow",
)


class Library:
    """Files below `root`, in folders that are renamed now and then."""

    def __init__(self, root: Path, dice: random.Random, files: int) -> None:
        self.root, self._dice, self._made = root, dice, 0
        root.mkdir(parents=True)
        for _ in range(files):
            self._add()

    def change(self, times: int) -> None:
        """So many random changes. One in twelve renames a folder, with all that is in it."""
        actions = (self._add, self._edit, self._delete, self._move, self._copy, self._rename_folder)
        for _ in range(times):
            self._dice.choices(actions, (3, 4, 4, 1, 1, 1))[0]()

    def _files(self) -> list[Path]:
        return sorted(path for path in self.root.rglob("*.md"))

    def _any(self) -> Path:
        files = self._files()
        return self._dice.choice(files) if files else self._add()

    def _place(self) -> Path:
        folder = self.root / f"{self._dice.choice(_WORDS[:6])}"
        folder.mkdir(exist_ok=True)
        self._made += 1
        return folder / f"{self._dice.choice(_WORDS)}-{self._made}.md"

    def _add(self) -> Path:
        path = self._place()
        path.write_text("".join(self._section() for _ in range(self._dice.randint(1, 4))))
        return path

    def _edit(self) -> None:
        path = self._any()
        parts = path.read_text().split("\n# ")
        parts[self._dice.randrange(len(parts))] = self._section().removeprefix("# ").rstrip() + "\n"
        text = "\n# ".join(parts)
        path.write_text(text if text.startswith("# ") else f"# {text}")

    def _delete(self) -> None:
        if len(self._files()) > 20:
            self._any().unlink()

    def _move(self) -> None:
        self._any().rename(self._place())

    def _copy(self) -> None:
        shutil.copy(self._any(), self._place())

    def _rename_folder(self) -> None:
        folder = self._any().parent
        self._made += 1
        folder.rename(folder.with_name(f"{folder.name.split('-')[0]}-{self._made}"))

    def _section(self) -> str:
        words = " ".join(self._dice.choices(_WORDS, k=self._dice.randint(4, 14)))
        return f"# {self._dice.choice(_WORDS).title()}\n\nOn day {self._dice.randrange(10**6)} {words}.\n\n"

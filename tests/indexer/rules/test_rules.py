"""Rules as tables: what is let in, what is left out and by which rule; and git itself as the judge."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.changes.discovery import walk
from indexer.rules import FileEntry, Skipped, allows
from searcher.folders import Folder
from searcher.home import Home
from searcher.settings import Settings


def tree(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def seen(
    root: Path, *, include: tuple[str, ...] = (), exclude: tuple[str, ...] = (), **given_settings: object
) -> tuple[set[str], dict[str, str]]:
    """(paths found, path -> rule of those skipped); `allows` must agree with the walk on each."""
    folder = Folder(str(root), include, exclude)
    home, chosen = Home(root / "home of searcher"), Settings(**given_settings)  # type: ignore[arg-type]
    found, skipped = set(), {}
    for entry in walk(folder, home=home, settings=chosen):
        name = os.path.relpath(entry.path, root)
        alone = allows(folder, entry.path, chosen, home)
        if isinstance(entry, FileEntry):
            found.add(name)
            assert alone is None, name
        else:
            skipped[name] = entry.rule
            assert entry.reason and alone is not None and alone.rule == entry.rule, name
    return found, skipped


CASES = [
    # files, include, exclude, settings -> found, skipped
    (
        {"a.md": "", ".hidden": "", ".cache/x.md": ""},
        (),
        (),
        {},
        {"a.md"},
        {".hidden": "hidden", ".cache": "hidden"},
    ),
    ({"a.md": "", ".notes/x.md": ""}, (), (), {"hidden": True}, {"a.md", ".notes/x.md"}, {}),
    ({".git/HEAD": "", "a.md": ""}, (), (), {"hidden": True}, {"a.md"}, {".git": "built-in"}),
    (
        {
            "node_modules/m/index.js": "",
            "a.ISO": "",
            "x.min.js": "",
            "yarn.lock": "",
            "~$b.docx": "",
            "b.js": "",
        },
        (),
        (),
        {},
        {"b.js"},
        {
            "node_modules": "built-in",
            "a.ISO": "built-in",
            "x.min.js": "built-in",
            "yarn.lock": "built-in",
            "~$b.docx": "built-in",
        },
    ),
    # a person's own folder may be called like a program's
    (
        {"build/plan.md": "", "vendor/contract.md": ""},
        (),
        (),
        {},
        {"build/plan.md", "vendor/contract.md"},
        {},
    ),
    ({"build/x.md": "", "package.json": ""}, (), (), {}, {"package.json"}, {"build": "built-in"}),
    ({"e/pyvenv.cfg": "", "e/lib/x.py": "", "a.md": ""}, (), (), {}, {"a.md"}, {"e": "built-in"}),
    # brought back
    (
        {".searcherignore": "!node_modules\n!*.png\n", "node_modules/a.md": "", "b.png": ""},
        (),
        (),
        {},
        {"node_modules/a.md", "b.png"},
        {".searcherignore": "hidden"},
    ),
    (
        {".searcherignore": "!.github\n", ".github/a.md": ""},
        (),
        (),
        {},
        {".github/a.md"},
        {".searcherignore": "hidden"},
    ),
    (
        {"node_modules/a.md": "", "b.txt": ""},
        ("node_modules/**",),
        (),
        {},
        {"node_modules/a.md"},
        {"b.txt": "include"},
    ),
    ({"a.png": "", "b.txt": ""}, ("*.png",), (), {}, {"a.png"}, {"b.txt": "include"}),
    # git's precedence: the last line of the nearest file
    (
        {".gitignore": "*.log\n!keep.log\n", "a.log": "", "keep.log": "", "s/b.log": "", "s/keep.log": ""},
        (),
        (),
        {},
        {"keep.log", "s/keep.log"},
        {"a.log": ".gitignore", "s/b.log": ".gitignore", ".gitignore": "hidden"},
    ),
    (
        {".gitignore": "*.log\n", "s/.gitignore": "!b.log\n", "s/b.log": "", "s/c.log": ""},
        (),
        (),
        {},
        {"s/b.log"},
        {"s/c.log": ".gitignore", ".gitignore": "hidden", "s/.gitignore": "hidden"},
    ),
    (
        {".gitignore": "/out\n", "out/a.md": "", "s/out/b.md": ""},
        (),
        (),
        {},
        {"s/out/b.md"},
        {"out": ".gitignore", ".gitignore": "hidden"},
    ),
    (
        {
            ".gitignore": "docs/**/draft-*\n",
            "docs/a/b/draft-1.md": "",
            "docs/draft-2.md": "",
            "draft-3.md": "",
        },
        (),
        (),
        {},
        {"draft-3.md"},
        {"docs/a/b/draft-1.md": ".gitignore", "docs/draft-2.md": ".gitignore", ".gitignore": "hidden"},
    ),
    # .searcherignore is asked before .gitignore
    (
        {".gitignore": "*.txt\n", ".searcherignore": "!a.txt\n", "a.txt": "", "b.txt": ""},
        (),
        (),
        {},
        {"a.txt"},
        {"b.txt": ".gitignore", ".gitignore": "hidden", ".searcherignore": "hidden"},
    ),
    (
        {".searcherignore": "secret/\n", "secret/a.md": "", "b/secret": ""},
        (),
        (),
        {},
        {"b/secret"},
        {"secret": ".searcherignore", ".searcherignore": "hidden"},
    ),
    # globs of the folder
    (
        {"a.md": "", "b.txt": "", "c/d.md": ""},
        ("*.md",),
        ("c/",),
        {},
        {"a.md"},
        {"b.txt": "include", "c": "exclude"},
    ),
    (
        {"big.txt": "x" * 2000, "small.txt": ""},
        (),
        (),
        {"max_file_mb": 0.001},
        {"small.txt"},
        {"big.txt": "size"},
    ),
    (
        {"home of searcher/catalogue.sqlite": "", "a.md": ""},
        (),
        (),
        {},
        {"a.md"},
        {"home of searcher": "home"},
    ),
]


@pytest.mark.parametrize(("files", "include", "exclude", "chosen", "found", "skipped"), CASES)
def test_rules(
    tmp_path: Path,
    files: dict[str, str],
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    chosen: dict[str, object],
    found: set[str],
    skipped: dict[str, str],
) -> None:
    tree(tmp_path, files)
    assert seen(tmp_path, include=include, exclude=exclude, **chosen) == (found, skipped)


def test_the_repository_above_speaks_too(tmp_path: Path) -> None:
    tree(
        tmp_path,
        {
            ".git/info/exclude": "*.tmpl\n",
            ".gitignore": "*.log\n/part/only.md\n",
            "part/a.log": "",
            "part/only.md": "",
            "part/b.md": "",
            "part/c.tmpl": "",
        },
    )
    found, skipped = seen(tmp_path / "part")
    assert found == {"b.md"}
    assert skipped == {"a.log": ".gitignore", "only.md": ".gitignore", "c.tmpl": ".gitignore"}


def test_an_ignore_file_that_changes(tmp_path: Path) -> None:
    tree(tmp_path, {".gitignore": "a.md\n", "a.md": "", "b.md": ""})
    assert seen(tmp_path)[0] == {"b.md"}
    (tmp_path / ".gitignore").write_text("b.md # not a comment\nb.md\n")
    assert seen(tmp_path)[0] == {"a.md"}


def test_what_is_outside_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    answer = allows(Folder(str(inside)), tmp_path / "other.md", Settings())
    assert isinstance(answer, Skipped) and answer.rule == "outside"
    assert allows(Folder(str(inside)), inside, Settings()) is None


names = st.sampled_from(["a", "b", "c.log", "d.txt", "ab", "x.b.txt", "a b"])
paths = st.lists(names, min_size=1, max_size=4).map("/".join)
globs = st.sampled_from(["*", "**", "*.log", "a*", "?", "[ab]", "*.t?t", "*.txt", "\\a", "a\\ b", "*b"])
parts = st.lists(st.one_of(names, globs), min_size=1, max_size=3).map("/".join)
pattern = st.builds(
    lambda no, root, body, folder: f"{no}{root}{body}{folder}",
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "", "/", "**/"]),
    parts,
    st.sampled_from(["", "", "/", "/**", "/*", "/**/"]),
)
ignore_file = st.lists(st.one_of(pattern, st.sampled_from(["# c", "", "\\#a", "a ", "!"])), max_size=5)


@given(st.sets(paths, min_size=1, max_size=10), ignore_file, ignore_file)
@settings(max_examples=60)
def test_git_agrees(
    tmp_path_factory: pytest.TempPathFactory, files: set[str], top: list[str], below: list[str]
) -> None:
    root = tmp_path_factory.mktemp("repository")
    for name in sorted(files):
        path = root / name
        if not any(parent.is_file() for parent in path.parents) and not path.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
    (root / ".gitignore").write_text("\n".join(top))
    if (root / "a").is_dir():
        (root / "a" / ".gitignore").write_text("\n".join(below))
    command = ["git", "-C", str(root), "-c", "core.excludesFile=", "-c", "core.quotePath=off"]
    subprocess.run([*command, "init", "-q"], check=True)
    listed = subprocess.run(
        [*command, "ls-files", "-o", "-z", "--exclude-standard"], check=True, capture_output=True, text=True
    )
    wanted = {name for name in listed.stdout.split("\0") if name and not name.endswith(".gitignore")}
    assert seen(root)[0] == wanted, (top, below, files)


AUDITED = """
import os, sys
from indexer.changes.discovery import walk
from searcher.folders import Folder
from searcher.home import Home
from searcher.settings import Settings

root, opened, going_on = sys.argv[1], [], False

def hook(event, arguments):
    if going_on and event == "open" and str(arguments[0]).startswith(root):
        opened.append(os.path.relpath(arguments[0], root))

sys.addaudithook(hook)
going_on = True
folder, home = Folder(root, exclude=("*.tmp",)), Home(root + "/nowhere")
entries = list(walk(folder, home=home, settings=Settings(max_file_mb=0.001)))
going_on = False
print(sorted(opened))
print(sorted(os.path.relpath(e.path, root) for e in entries if type(e).__name__ == "FileEntry"))
"""


def test_rules_apply_before_a_byte_is_read(tmp_path: Path) -> None:
    files = {
        ".gitignore": "*.log\n",
        "sub/.searcherignore": "secret*\n",
        "sub/secret.md": "x",
        "a.log": "x",
        "b.tmp": "x",
        ".hidden.md": "x",
        "node_modules/c.js": "x",
        "large.md": "x" * 5000,
        "kept.md": "x",
    }
    tree(tmp_path, files)
    os.mkfifo(tmp_path / "pipe.log")  # opening it would wait for ever
    ran = subprocess.run(
        [sys.executable, "-c", AUDITED, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert ran.stdout.splitlines() == ["['.gitignore', 'sub/.searcherignore']", "['kept.md']"]

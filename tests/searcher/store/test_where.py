"""Patterns of paths as the table applies them, beside Python's own globs."""

from __future__ import annotations

import fnmatch
import re

import lancedb
import pyarrow as pa
import pytest

from searcher.errors import UsageError
from searcher.query import parse
from searcher.store.where import condition

PATHS = [
    *("/docs/a.md", "/docs/b.MD", "/docs/deep/a.md", "/docs/x[a]b.md", "/docs/[draft].md", "/docs/a-b.txt"),
    *("/docs/c^d.txt", "/docs/!x.txt", "/docs/e\\f.txt", "/docs/ef.txt", "/docs/a_b", "/docs/axb", "/ü/é.md"),
    *("/docs/a&&b~c.md", "/docs/100%.md", "/docs/new\nline.md", "/docs/x[", "/docs/xb", "/docs/x]"),
]
GLOBS = [
    *(
        "*.md",
        "a?b",
        "docs/*.md",
        "[ab].md",
        "[!a].md",
        "x[a[b]",
        "x[[]",
        "x[]]",
        "x[[]a]*",
        "[a-c].md",
        "[[]draft].md",
    ),
    *(
        "[&^!]*",
        "[^c]*",
        "c[^]d*",
        "[a-]-b*",
        "e[\\\\]f*",
        "?.md",
        "*[",
        "[",
        "a[b",
        "[!]x*",
        "*&&*",
        "100%*",
        "é.*",
    ),
]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> lancedb.table.Table:
    database = lancedb.connect(tmp_path_factory.mktemp("paths"))
    return database.create_table("paths", pa.table({"path": PATHS}))


def matching(table: lancedb.table.Table, glob: str) -> set[str]:
    where = condition(parse(f'path:"{glob}"'))
    return {row["path"] for row in table.search().where(where).limit(100).to_list()}


@pytest.mark.parametrize("glob", GLOBS)
def test_as_python_globs(table: lancedb.table.Table, glob: str) -> None:
    pattern = re.compile("(^|.*/)" + fnmatch.translate(glob), re.IGNORECASE | re.DOTALL)
    expected = {path for path in PATHS if pattern.match(path)}
    if not re.search(r"[*?\[]", glob):
        expected = {path for path in PATHS if glob.lower() in path.lower()}
    assert matching(table, glob) == expected


@pytest.mark.parametrize("part", ["docs", "A_B", "%", "e\\f", "ü/", "~c"])
def test_without_wildcards_any_part_of_a_path(table: lancedb.table.Table, part: str) -> None:
    assert matching(table, part) == {path for path in PATHS if part.lower() in path.lower()}


def test_the_longest_pattern_is_applied(table: lancedb.table.Table) -> None:
    assert matching(table, "[!a]?" * 200) == set()


@pytest.mark.parametrize(
    ("glob", "said"), [("[z-a]x", r"'\[z-a\]x'.*\[a-z\]"), ("ab*" * 400, "'ab.*longer than 1000")]
)
def test_a_pattern_that_means_nothing_is_named(glob: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        condition(parse(f"path:{glob}"))

"""Dependencies point one way: ui -> indexer -> searcher."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = {"searcher": {"indexer", "ui"}, "indexer": {"ui"}}


def imported(source: Path) -> set[str]:
    """Top-level packages a module imports, at any depth of the code."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", FORBIDDEN)
def test_imports_point_one_way(package: str) -> None:
    modules = sorted((ROOT / package).rglob("*.py"))
    assert modules
    wrong = {str(m.relative_to(ROOT)): bad for m in modules if (bad := imported(m) & FORBIDDEN[package])}
    assert wrong == {}

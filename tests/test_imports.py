"""Dependencies point one way, ui -> indexer -> searcher, and no modules import each other in a circle."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from docs.make import imports

ROOT = Path(__file__).parent.parent
FORBIDDEN = {"searcher": {"indexer", "ui"}, "indexer": {"ui"}}


def modules() -> dict[str, Path]:
    """Every module of the three packages by its dotted name."""
    files = [file for package in ("searcher", "indexer", "ui") for file in (ROOT / package).rglob("*.py")]
    dotted = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in files}
    return {name.removesuffix(".__init__"): file for name, file in dotted.items() if ".sample." not in name}


@pytest.mark.parametrize("package", FORBIDDEN)
def test_imports_point_one_way(package: str) -> None:
    wrong = {
        name: bad
        for name, file in modules().items()
        if name.split(".")[0] == package
        and (bad := {imported.split(".")[0] for imported in imports(file)} & FORBIDDEN[package])
    }
    assert wrong == {}


def test_no_modules_import_each_other_in_a_circle() -> None:
    known = modules()
    graph = {
        name: {
            target
            for imported in imports(file)
            for target in [imported if imported in known else imported.rpartition(".")[0]]
            if target in known and target != name
        }
        for name, file in known.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))

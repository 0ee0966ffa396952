"""Names of the home's files are in one module, and no two classes of the packages share one."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

from searcher.home import Home
from tests.test_imports import modules

PLACES = {name for name, member in inspect.getmembers(Home) if not name.startswith("_")} - {"locate"}
TWINS = {"SearcherRetriever", "Document"}  # each adapter has its framework's name, the API its own
JOINING = {"joinpath", "glob", "rglob", "with_name", "with_stem", "with_suffix"}


def is_place(node: ast.expr) -> bool:
    """Whether it reads like `home.run` or `self._home.table(name)`."""
    node = node.func if isinstance(node, ast.Call) else node
    return isinstance(node, ast.Attribute) and (
        (node.attr in PLACES and ast.unparse(node.value).endswith("home")) or node.attr == "root"
    )


def joined(tree: ast.AST) -> Iterator[ast.expr]:
    """Expressions that join a name to a place of the home, or look for names there."""
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(op=ast.Div(), left=left) if is_place(left):
                yield node
            case ast.Call(func=ast.Attribute(attr=attr, value=value)) if attr in JOINING and is_place(value):
                yield node
            case ast.Call(func=ast.Name(id="Path"), args=[first, _, *_]) if is_place(first):
                yield node


def test_the_home_alone_names_what_is_in_it() -> None:
    examples = """home.root / "x"; self._home.run.glob("*"); home.table("a") / "b"; Path(home.models, name)"""
    assert len(list(joined(ast.parse(examples)))) == 4
    wrong = {
        f"{name}:{node.lineno}": ast.unparse(node)
        for name, file in modules().items()
        if name != "searcher.home"
        for node in joined(ast.parse(file.read_text("utf-8")))
    }
    assert wrong == {}


def types(tree: ast.Module) -> Iterator[str]:
    """Classes, and names for types: `Stamp = tuple[str, int]`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript()) if name[0].isupper():
                yield name


def test_no_two_classes_have_one_name() -> None:
    places: dict[str, list[str]] = {}
    for name, file in modules().items():
        for each in types(ast.parse(file.read_text("utf-8"))):
            places.setdefault(each, []).append(name)
    assert {"Hit", "Report", "Stamp"} <= places.keys()
    assert {each: names for each, names in places.items() if len(names) > 1 and each not in TWINS} == {}

"""HTML of the page is made by the type that escapes, never put together by hand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import ui.page

TAG = re.compile(r"</?[a-z]+[ >]?")


def by_hand(tree: ast.AST) -> Iterator[ast.expr]:
    """f-strings with a tag in them, and calls of another library's escape."""
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr(values=parts):
                texts = [part.value for part in parts if isinstance(part, ast.Constant)]
                if any(TAG.search(str(text)) for text in texts):
                    yield node
            case ast.Call(func=ast.Attribute(value=ast.Name(id="html" | "saxutils"), attr="escape")):
                yield node


def test_no_html_is_put_together_by_hand() -> None:
    assert len(list(by_hand(ast.parse("f'<b>{x}</b>', html.escape(x), f'{x}', '<b>'")))) == 2
    files = list(Path(ui.page.__path__[0]).rglob("*.py"))
    assert len(files) > 30
    wrong = {
        f"{file.name}:{node.lineno}": ast.unparse(node)
        for file in files
        for node in by_hand(ast.parse(file.read_text("utf-8")))
    }
    assert wrong == {}

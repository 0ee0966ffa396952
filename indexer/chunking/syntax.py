"""Source code by its syntax tree: definitions with their comments, and what lies between them.

Parsers are C and read hostile files: the indexer lets its reading process do this."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from indexer.chunking.grammars import GRAMMARS, Grammar, grammar, mended, parser
from searcher.records import Block, Document

if TYPE_CHECKING:
    from tree_sitter import Node

_LARGEST = 2_000_000  # characters; beyond it the file was made by a program
_MOST_ERRORS = 0.2  # of the text; beyond it the tree says little
_QUALIFIERS = frozenset(
    {"class", "interface", "struct", "trait", "impl", "object", "protocol", "record", "module", "enum"}
)
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function", "function", "class"})
_NOTHING_BUT_CLOSING = re.compile(r"(?:[\s{}()\[\];,]|\bend\b|\bfi\b)*\Z")
_SPACE = re.compile(r"\s*")
_SIGNATURE = 200  # characters


@dataclass(frozen=True, slots=True)
class _Unit:
    start: int  # bytes
    end: int
    node: Node | None = None
    kind: str | None = None
    name: str | None = None
    parent: str = ""
    members: tuple[_Unit, ...] = ()


def outline(document: Document, path: str) -> tuple[Block, ...]:
    """Definitions and what lies between them, tiling the text; empty where there is no tree to go by."""
    try:
        return _Outline(document, path).blocks()
    except RecursionError:  # nested as only a program nests
        return ()


class _Outline:
    """One file of code; its text in characters, its tree in bytes."""

    def __init__(self, document: Document, path: str) -> None:
        self.text = document.text
        name = grammar(document.language, path)
        self._row = GRAMMARS[name] if name else None
        self._root: Node | None = None
        self._data = b""
        if name and len(self.text) <= _LARGEST and (reader := parser(name)):
            self._data = self.text.encode("utf-8", "surrogatepass")
            tree = reader.parse(self._data)
            if tree.root_node.has_error and (other := mended(name, self._data)):
                tree = min(tree, reader.parse(other), key=lambda tree: _errors(tree.root_node))
            self._tree = tree
            if _errors(tree.root_node) <= _MOST_ERRORS * len(self._data):
                self._root = tree.root_node
        self._offsets = _Offsets(self.text, self._data)

    def blocks(self) -> tuple[Block, ...]:
        if self._root is None or self._row is None:
            return ()
        flat = list(_leaves(list(_units(self._root, self._row, ""))))
        blocks: list[Block] = []
        at = 0
        for unit in flat:
            start = max(at, self._line_start(self._offsets.character(unit.start)))
            end = self._past_space(self._offsets.character(unit.end))
            if end <= start:
                continue
            if start > at:
                blocks.append(self._between(at, start, unit))
            blocks.append(self._section(start, end, unit))
            at = end
        if at < len(self.text):
            blocks.append(self._between(at, len(self.text), None))
        return tuple(_closed_up(self.text, blocks))

    def _section(self, start: int, end: int, unit: _Unit) -> Block:
        symbol = _qualified(unit.parent, unit.name)
        head = unit.node is not None and bool(unit.members)
        return Block(start, end, symbol or None, unit.kind, self._signature(unit), unit.parent, lead=head)

    def _between(self, start: int, end: int, before: _Unit | None) -> Block:
        parent = before.parent if before else ""
        closing = bool(_NOTHING_BUT_CLOSING.match(self.text, start, end))
        kind = "class" if parent else None
        return Block(start, end, parent or None, kind, parent=parent, lead=not closing, closing=closing)

    def _signature(self, unit: _Unit) -> str:
        node = unit.node
        if node is None:
            return ""
        body = node.child_by_field_name("body") or next(
            (child for child in node.children if child.type.endswith("_body")), None
        )
        stop = body.start_byte if body else min(node.end_byte, node.start_byte + _SIGNATURE)
        words = self._data[node.start_byte : stop].decode("utf-8", "replace").split()
        return " ".join(words)[:_SIGNATURE].rstrip(" {:")

    def _past_space(self, offset: int) -> int:
        """The start of the next line with something on it, where only white space lies between."""
        at = _SPACE.match(self.text, offset)
        return offset if at is None else self._line_start(at.end())

    def _line_start(self, offset: int) -> int:
        at = offset
        while at > 0 and self.text[at - 1] in " \t":
            at -= 1
        return at if at == 0 or self.text[at - 1] in "\r\n" else offset


class _Offsets:
    """Bytes of the UTF-8 text to characters."""

    def __init__(self, text: str, data: bytes) -> None:
        self._starts: list[int] | None = None
        if len(data) != len(text):
            lines = text.splitlines(keepends=True)
            self._lines = lines
            self._starts = [0, *accumulate(len(line.encode("utf-8", "surrogatepass")) for line in lines)]
            self._characters = [0, *accumulate(map(len, lines))]

    def character(self, offset: int) -> int:
        if self._starts is None:
            return offset
        at = min(bisect_right(self._starts, offset) - 1, len(self._lines) - 1)
        inside = self._lines[at].encode("utf-8", "surrogatepass")[: offset - self._starts[at]]
        return self._characters[at] + len(inside.decode("utf-8", "surrogatepass"))


def _units(node: Node, row: Grammar, parent: str) -> Iterator[_Unit]:
    """Definitions below `node`, each with the comments and decorators right above it."""
    opened: Node | None = None
    last = -1  # row on which the run of comments ends
    for child in node.named_children:
        if child.type in row.leading:
            if opened is None or child.start_point.row > last + 1:
                opened = child if last < child.start_point.row else None
            last = _last_row(child)
            continue
        start = opened.start_byte if opened and child.start_point.row <= last + 1 else child.start_byte
        opened, last = None, _last_row(child)
        definition = _definition(child, row)
        if definition:
            yield _unit(definition, child, start, row, parent)
        elif child.type in row.transparent or child.type == "ERROR":
            inner = list(_units(child, row, parent))
            if inner:
                first = inner[0]
                yield _Unit(
                    min(start, first.start),
                    first.end,
                    first.node,
                    first.kind,
                    first.name,
                    parent,
                    first.members,
                )
                yield from inner[1:]


def _unit(definition: tuple[Node, str], outer: Node, start: int, row: Grammar, parent: str) -> _Unit:
    node, kind = definition
    name = _name(node)
    if kind == "function" and parent:
        kind = "method"
    inside = _qualified(parent, name) if kind in _QUALIFIERS and name else parent
    members: tuple[_Unit, ...] = ()
    if kind in _QUALIFIERS or kind == "namespace":
        members = tuple(m for body in _bodies(node) for m in _units(body, row, inside or ""))
    if node.type == "method_declaration" and (receiver := node.child_by_field_name("receiver")):
        parent = _receiver(receiver)
    return _Unit(start, outer.end_byte, node, kind, name, parent, members)


def _definition(node: Node, row: Grammar) -> tuple[Node, str] | None:
    """The node that names what `node` defines, and its kind; None when it defines nothing."""
    kind = row.definitions.get(node.type)
    if kind == "?":
        return _assigned(node)
    if kind:
        hollow = node.type.endswith("_specifier") and node.child_by_field_name("body") is None
        return None if hollow else (node, kind)
    if node.type in (
        "export_statement",
        "decorated_definition",
        "template_declaration",
        "statement",
        "ambient_declaration",
    ):
        return next((inner for child in node.named_children if (inner := _definition(child, row))), None)
    return None


def _assigned(node: Node) -> tuple[Node, str] | None:
    """A JavaScript function or class kept in a variable, a field or an export."""
    for child in (node, *node.named_children):
        value = child.child_by_field_name("value") or child.child_by_field_name("right")
        if value is not None and value.type in _FUNCTIONS:
            return child, "class" if value.type == "class" else "function"
    return None


def _bodies(node: Node) -> list[Node]:
    body = node.child_by_field_name("body")
    if body is not None:
        return [body]
    value = node.child_by_field_name("value") or node.child_by_field_name("right")
    if value is not None:
        return _bodies(value)
    return [child for child in node.named_children if child.type.endswith(("_body", "declaration_list"))]


def _name(node: Node) -> str | None:
    for label in ("name", "declarator", "left", "property", "type"):
        label_node = node.child_by_field_name(label)
        if label_node is not None and node.type != "constructor":
            return _last_name(label_node)
    if node.type in ("init_declaration", "secondary_constructor"):
        return "init" if node.type == "init_declaration" else "constructor"
    for child in node.named_children:
        if child.type in ("object_reference", "type_spec", "identifier", "type_identifier"):
            named = child.child_by_field_name("name") or child
            return _text(named)
    return None


def _last_name(node: Node) -> str | None:
    """`*f(int a)` -> f, `A::m` -> A.m, `Stack<T>` -> Stack, `exports.x` -> x."""
    while (inner := node.child_by_field_name("declarator")) is not None:
        node = inner
    if node.type == "reference_declarator" and node.named_children:
        return _last_name(node.named_children[0])
    if node.type in ("generic_type", "scoped_type_identifier") and (base := node.child_by_field_name("type")):
        return _last_name(base)
    if node.type == "member_expression" and (last := node.child_by_field_name("property")):
        return _text(last)
    return _text(node)


def _text(node: Node) -> str | None:
    words = (node.text or b"").decode("utf-8", "replace").replace("::", ".").split()
    return " ".join(words)[:120] or None


def _receiver(node: Node) -> str:
    words = re.findall(r"\w+", re.sub(r"\[.*", "", (node.text or b"").decode("utf-8", "replace")))
    return words[-1] if words else ""


def _qualified(parent: str, name: str | None) -> str:
    return f"{parent}.{name}" if parent and name else name or parent


def _last_row(node: Node) -> int:
    """Row of the last character; some grammars count the line end as part of a comment."""
    return node.end_point.row - (node.end_point.column == 0 and node.end_point.row > node.start_point.row)


def _leaves(units: list[_Unit]) -> Iterator[_Unit]:
    """Units without members, a head before the members of those that have some; in order."""
    for unit in units:
        if not unit.members:
            yield unit
            continue
        yield _Unit(
            unit.start, unit.members[0].start, unit.node, unit.kind, unit.name, unit.parent, unit.members
        )
        yield from _leaves(list(unit.members))


def _closed_up(text: str, blocks: list[Block]) -> list[Block]:
    """White space goes with what stands before it."""
    merged: list[Block] = []
    for block in blocks:
        if merged and not text[block.start : block.end].strip():
            merged[-1] = replace(merged[-1], end=block.end)
        else:
            merged.append(block)
    if len(merged) > 1 and not text[merged[0].start : merged[0].end].strip():
        merged[:2] = [replace(merged[1], start=merged[0].start)]
    return merged


def _errors(root: Node) -> int:
    """Bytes the parser could make nothing of."""
    total, waiting = 0, [root] if root.has_error else []
    while waiting:
        node = waiting.pop()
        if node.type == "ERROR" or node.is_missing:
            total += max(1, node.end_byte - node.start_byte)
        elif node.has_error:
            waiting.extend(node.children)
    return total

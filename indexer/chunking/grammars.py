"""What a definition looks like in each programming language: one row a language.

Grammars come from packages that ship their parser; each is imported when its first file is met.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Parser


@dataclass(frozen=True, slots=True)
class Grammar:
    """Node types of one tree-sitter grammar."""

    module: str
    definitions: dict[str, str]  # node type -> kind of symbol
    entry: str = "language"
    transparent: frozenset[str] = field(default_factory=frozenset)  # looked into, no symbol of their own
    leading: frozenset[str] = field(default_factory=frozenset)  # belong to the definition after them


def _row(
    module: str, definitions: str, transparent: str = "", leading: str = "", entry: str = "language"
) -> Grammar:
    pairs = (pair.split("=") for pair in definitions.split())
    return Grammar(
        f"tree_sitter_{module}",
        {node: kind for node, kind in pairs},
        entry,
        frozenset(transparent.split()),
        frozenset(leading.split()) | _COMMENTS,
    )


def mended(name: str, data: bytes) -> bytes | None:
    """The source in other bytes of the same length that its grammar reads better, or None.

    Kotlin's knows no end of a statement before a bracket on the same line: `class P { fun f() = 1 }`."""
    if name != "kotlin":
        return None
    return _BEFORE_BRACKET.sub(lambda space: b";" + space[0][1:], data)


_BEFORE_BRACKET = re.compile(rb"(?<=[^\s{;,(])[ \t]+(?=\})")
_COMMENTS = frozenset({"comment", "line_comment", "block_comment", "multiline_comment"})
_JAVASCRIPT = (
    "function_declaration=function generator_function_declaration=function class_declaration=class "
    "class=class method_definition=method lexical_declaration=? variable_declaration=? "
    "expression_statement=? public_field_definition=? field_definition=?"
)
_TYPESCRIPT = _JAVASCRIPT + (
    " interface_declaration=interface type_alias_declaration=type enum_declaration=enum "
    "abstract_class_declaration=class function_signature=function internal_module=namespace module=namespace"
)
_C = (
    "function_definition=function struct_specifier=struct enum_specifier=enum union_specifier=union "
    "type_definition=type preproc_function_def=macro"
)
_PREPROCESSOR = "preproc_ifdef preproc_if preproc_else preproc_elif linkage_specification declaration_list"

GRAMMARS: dict[str, Grammar] = {
    "python": _row(
        "python",
        "function_definition=function class_definition=class",
        "decorated_definition if_statement block",
    ),
    "javascript": _row("javascript", _JAVASCRIPT, "export_statement", "decorator"),
    "typescript": _row(
        "typescript",
        _TYPESCRIPT,
        "export_statement ambient_declaration",
        "decorator",
        entry="language_typescript",
    ),
    "tsx": _row(
        "typescript", _TYPESCRIPT, "export_statement ambient_declaration", "decorator", entry="language_tsx"
    ),
    "java": _row(
        "java",
        "class_declaration=class interface_declaration=interface enum_declaration=enum "
        "record_declaration=record method_declaration=method constructor_declaration=constructor "
        "compact_constructor_declaration=constructor annotation_type_declaration=annotation",
        "enum_body_declarations",
    ),
    "go": _row("go", "function_declaration=function method_declaration=method type_declaration=type"),
    "rust": _row(
        "rust",
        "function_item=function struct_item=struct enum_item=enum union_item=union trait_item=trait "
        "impl_item=impl mod_item=namespace macro_definition=macro type_item=type "
        "function_signature_item=function",
        "",
        "attribute_item",
    ),
    "c": _row("c", _C, _PREPROCESSOR),
    "c++": _row(
        "cpp",
        _C + " class_specifier=class namespace_definition=namespace concept_definition=concept "
        "alias_declaration=type",
        _PREPROCESSOR + " template_declaration",
        "access_specifier",
    ),
    "c#": _row(
        "c_sharp",
        "class_declaration=class interface_declaration=interface struct_declaration=struct "
        "enum_declaration=enum record_declaration=record delegate_declaration=delegate "
        "method_declaration=method "
        "constructor_declaration=constructor destructor_declaration=destructor property_declaration=property "
        "operator_declaration=operator indexer_declaration=property local_function_statement=function "
        "namespace_declaration=namespace",
        "file_scoped_namespace_declaration global_statement declaration_list",
        "attribute_list",
    ),
    "ruby": _row("ruby", "method=method singleton_method=method class=class module=module", "body_statement"),
    "php": _row(
        "php",
        "function_definition=function class_declaration=class interface_declaration=interface "
        "trait_declaration=trait enum_declaration=enum method_declaration=method "
        "namespace_definition=namespace",
        "compound_statement",
        "attribute_list",
        entry="language_php",
    ),
    "kotlin": _row(
        "kotlin",
        "class_declaration=class object_declaration=object function_declaration=function "
        "secondary_constructor=constructor type_alias=type",
        "companion_object class_body",
    ),
    "swift": _row(
        "swift",
        "class_declaration=class protocol_declaration=protocol function_declaration=function "
        "init_declaration=constructor deinit_declaration=destructor typealias_declaration=type "
        "subscript_declaration=method protocol_function_declaration=method",
    ),
    "bash": _row("bash", "function_definition=function", "if_statement"),
    "sql": _row(
        "sql",
        "create_table=table create_view=view create_materialized_view=view create_function=function "
        "create_procedure=procedure create_trigger=trigger create_index=index create_type=type "
        "create_schema=schema create_sequence=sequence alter_table=table",
        "statement transaction",
    ),
}

_OTHER_NAMES = {
    "cpp": "c++",
    "csharp": "c#",
    "c_sharp": "c#",
    "shell": "bash",
    "sh": "bash",
    "jsx": "javascript",
    "js": "javascript",
    "ts": "typescript",
    "py": "python",
    "rs": "rust",
    "golang": "go",
}


def grammar(language: str | None, path: str) -> str | None:
    """The key of GRAMMARS for a programming language's name, or None."""
    name = (language or "").lower()
    name = _OTHER_NAMES.get(name, name)
    if name == "typescript" and path.lower().endswith(".tsx"):
        return "tsx"
    return name if name in GRAMMARS else None


@cache
def parser(name: str) -> Parser | None:
    """The parser of a key of GRAMMARS, or None where its package is not installed."""
    try:
        from tree_sitter import Language, Parser

        row = GRAMMARS[name]
        return Parser(Language(getattr(import_module(row.module), row.entry)()))
    except (ImportError, ValueError):  # ValueError: a grammar built for another version of the library
        return None

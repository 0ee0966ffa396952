"""A passage as other people may quote it."""

from __future__ import annotations


def citation(passage: str, title: str, path: str, where: str) -> str:
    """A passage as a Markdown quotation that names its source."""
    quoted = (
        "\n".join(f"> {line}".rstrip() for line in passage.strip().split("\n")) if passage.strip() else ""
    )
    source = ", ".join(part for part in (title, path, where) if part)
    return f"{quoted}\n>\n> — {source}" if quoted else source

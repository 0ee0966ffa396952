"""`searcher mcp`: the MCP server on stdio."""

from __future__ import annotations

import click

from ui.cli.options import Command, service


@click.command(
    cls=Command,
    examples=("searcher mcp", "claude mcp add searcher -- searcher mcp", "searcher mcp --home ~/work"),
)
def mcp() -> None:
    """Serve the library to AI assistants over MCP on stdio.

    The tools read and never change anything, and reach nothing outside the library's indexed files. The same
    tools are at http://127.0.0.1:8765/api/mcp while `searcher up` runs.
    """
    from searcher.system import share_heaps
    from ui.mcp import serve_stdio

    share_heaps()
    serve_stdio(service())

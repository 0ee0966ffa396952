"""The MCP server through the SDK's own client, on stdio and over streamable HTTP.

The SDK takes a second to import, which only who runs these shall spend.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from searcher.home import Home
from ui.service import use

if TYPE_CHECKING:
    from mcp.client.client import Client

Asking = Callable[["Client"], Awaitable[Any]]
Ask = Callable[[Asking], Any]


@pytest.fixture(params=["stdio", "http"])
def ask(request: pytest.FixtureRequest, served: Any) -> Ask:
    """Runs a conversation with the server over either transport."""
    from mcp.client.client import Client

    def talk(asking: Asking) -> Any:
        async def conversation() -> Any:
            async with Client(_server(request)) as client:
                return await asking(client)

        with ThreadPoolExecutor(1) as thread:  # a loop may be running in this one
            return thread.submit(anyio.run, conversation).result()

    return talk


def _server(request: pytest.FixtureRequest) -> Any:
    from mcp.client.stdio import StdioServerParameters, stdio_client

    if request.param == "http":
        return request.getfixturevalue("served").url + "/api/mcp"
    home, _ = request.getfixturevalue("indexed")
    root = str(Path(__file__).parents[3])
    arguments = ["-m", "ui.cli.main", "mcp", "--home", str(home.root)]
    environment = {"PYTHONPATH": root, "HF_HUB_OFFLINE": "1"}
    return stdio_client(StdioServerParameters(command=sys.executable, args=arguments, env=environment))


def _text(result: Any) -> str:
    return "\n".join(part.text for part in result.content)


def test_an_index_that_cannot_be_read_is_not_empty(sample_home: Home) -> None:
    from ui.mcp import build

    for manifest in sample_home.index.rglob("*.manifest"):
        manifest.write_bytes(b"broken")
    server = build(use(sample_home))
    with ThreadPoolExecutor(1) as thread:
        said = str(thread.submit(anyio.run, server.call_tool, "status", {}).result())
    assert "problem: the index cannot be read" in said
    assert "passages" not in said and "nothing is indexed" not in said


def test_a_whole_conversation(ask: Ask, indexed: tuple[Home, Path]) -> None:
    _, folder = indexed
    todo = next(folder.rglob("todo.txt"))

    async def conversation(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert {"search", "read", "similar", "explain", "status"} == set(tools)
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools.values())

        found = _text(await client.call_tool("search", {"query": "book the ferry", "limit": 2}))
        assert f"1. {todo}:2-4 [" in found and "book the ferry for the second week" in found
        assert "with offset=2" in found
        more = _text(await client.call_tool("search", {"query": "book the ferry", "offset": 2, "limit": 2}))
        assert str(todo) not in more

        read = _text(await client.call_tool("read", {"path": str(todo), "start": 2, "end": 2}))
        assert "lines 2-2 of" in read and "book the ferry" in read and "drill" not in read

        like = _text(await client.call_tool("similar", {"path": str(todo), "limit": 2}))
        assert "1. " not in like  # nothing here is like it
        why = _text(await client.call_tool("explain", {"query": "ferry", "path": str(todo)}))
        assert str(todo) in why

        status = _text(await client.call_tool("status", {}))
        assert str(folder) in status and "damaged.pdf" in status

    ask(conversation)


def test_nothing_outside_the_library_is_read(ask: Ask, indexed: tuple[Home, Path]) -> None:
    home, folder = indexed
    outside = ["/etc/passwd", "relative.txt", f"{home.token}", f"{folder}/../home/token", f"{folder}/none.md"]

    async def conversation(client: Client) -> Any:
        return [await client.call_tool("read", {"path": path}) for path in outside]

    for path, result in zip(outside, ask(conversation), strict=True):
        assert result.is_error and "not a file of the library" in _text(result), path


def test_wrong_calls_are_refused(ask: Ask) -> None:
    from mcp.shared.exceptions import MCPError

    wrong: list[dict[str, Any]] = [{}, {"query": ""}, {"query": "x", "limit": 1000}, {"query": "x" * 2000}]

    async def outcome(client: Client, arguments: dict[str, Any]) -> Any:
        try:
            return await client.call_tool("search", arguments)
        except MCPError as error:
            return error

    async def conversation(client: Client) -> Any:
        return [await outcome(client, arguments) for arguments in wrong]

    for arguments, answer in zip(wrong, ask(conversation), strict=True):
        assert isinstance(answer, MCPError) or answer.is_error, arguments

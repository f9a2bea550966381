"""The tools of ``agent_tools`` over the Model Context Protocol, for one agent at a time.

It speaks over standard input and output, so it opens no port and needs no key of its own: whoever
may start it may use the installation. Needs the extra ``mcp``.
"""

from __future__ import annotations

import functools
import json
from typing import Any

import anyio
from anyio import to_thread
from mcp import types
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server

from connector.component import Effect
from connector.errors import ConnectorError
from connector.surfaces.agent_tools import Tool, Toolbox

NAME = "sage-intacct"
INSTRUCTIONS = (
    "Reads and writes in one Sage Intacct company. Amounts are texts such as '12.10', never "
    "numbers with a fraction. A write is shown first and sent only with the company's id. Keep one "
    "intent for one piece of business; after an error, ask again under the same intent."
)


def server_of(toolbox: Toolbox) -> Server[Any]:
    """Return the server of a connection's tools."""
    listed = [_listed(tool) for tool in toolbox.tools()]

    async def list_tools(
        _context: ServerRequestContext[Any], _page: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=listed)

    async def call_tool(
        _context: ServerRequestContext[Any], asked: types.CallToolRequestParams
    ) -> types.CallToolResult:
        # In a thread, so that a slow company does not keep the agent's other questions waiting.
        return await to_thread.run_sync(
            functools.partial(_called, toolbox, asked.name, asked.arguments or {})
        )

    return Server(NAME, instructions=INSTRUCTIONS, on_list_tools=list_tools, on_call_tool=call_tool)


def serve(toolbox: Toolbox) -> None:
    """Answer over standard input and output until the agent goes away."""

    async def run() -> None:
        server = server_of(toolbox)
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(run)


def _listed(tool: Tool) -> types.Tool:
    hints = types.ToolAnnotations(
        read_only_hint=tool.effect is Effect.READ,
        destructive_hint=tool.effect not in (Effect.READ, Effect.CREATE),
        idempotent_hint=True,
        open_world_hint=True,
    )
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=dict(tool.inputs),
        annotations=hints,
    )


def _called(toolbox: Toolbox, name: str, given: dict[str, Any]) -> types.CallToolResult:
    try:
        return _said(toolbox.call(name, given))
    except ConnectorError as error:
        return _said(error.describe(), is_error=True)


def _said(document: Any, *, is_error: bool = False) -> types.CallToolResult:
    text = json.dumps(document, ensure_ascii=False, default=str)
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)],
        structured_content=json.loads(text),
        is_error=is_error,
    )

"""An agent's own client starts the server and talks to it, as it would on somebody's desk."""

from __future__ import annotations

import os
import sys
from typing import Any

import anyio
import mcp
import pytest

from connector.sandbox import config as sandbox
from tests.support.installation import Installation

PATIENCE_SECONDS = 120


@pytest.mark.accepts("E39")
def test_an_agent_creates_a_customer_once_and_finds_it(installation: Installation) -> None:
    program = mcp.StdioServerParameters(
        command=sys.executable,
        args=["-m", "connector.cli", "mcp", "--connection", "books", "--allow-writes"],
        env={**os.environ, **installation.machine.environment},
    )
    asked = {
        "inputs": {"customerId": "AGENT-7", "customerName": "Agent & Sons"},
        "intent": "the customer of the end-to-end test",
        "company": sandbox.COMPANY_ID,
    }

    async def talk() -> tuple[Any, Any, Any]:
        async with mcp.Client(program, read_timeout_seconds=PATIENCE_SECONDS) as client:
            first = await client.call_tool("createCustomer", asked)
            second = await client.call_tool("createCustomer", asked)
            found = await client.call_tool("getCustomer", {"customerId": "AGENT-7"})
            return first, second, found

    first, second, found = (one.structured_content for one in anyio.run(talk))
    assert first["sent"]
    assert first["result"]["key"] == second["result"]["key"]
    assert found["customerName"] == "Agent & Sons"

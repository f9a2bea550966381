"""An agent reads at once, writes only what it has named the company for, and never twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import mcp
import pytest

from connector.errors import ConnectorError, InputError
from connector.sandbox import config as sandbox
from connector.surfaces.agent_server import server_of
from connector.surfaces.agent_tools import Toolbox
from tests.support.office import Books, Office, office

INVOICE = {
    "customerId": "C-00001",
    "invoiceNumber": "AGENT-1",
    "dateCreated": "2026-03-02",
    "dueDate": "2026-04-01",
    "lineItems": [{"accountNumber": "4000", "amount": "12.10"}],
}


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def desk(tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path, books) as found:
        yield found


@pytest.fixture
def toolbox(desk: Office) -> Toolbox:
    return Toolbox(desk.services, "books", writes=True)


def asked(**more: Any) -> dict[str, Any]:
    return {"inputs": INVOICE, "intent": "order 1", **more}


@pytest.mark.accepts("E39")
def test_a_write_is_shown_first_and_sent_once_with_the_company(
    toolbox: Toolbox, books: Books
) -> None:
    shown = toolbox.call("createInvoice", asked())
    assert (shown["sent"], shown["company"]) == (False, sandbox.COMPANY_ID)
    assert "<create_invoice>" in shown["request"]
    assert books.invoices("AGENT-1") == []
    sent = toolbox.call("createInvoice", asked(company=sandbox.COMPANY_ID))
    again = toolbox.call("createInvoice", asked(company=sandbox.COMPANY_ID))
    assert sent["sent"]
    assert sent["result"]["key"] == again["result"]["key"]
    assert len(books.invoices("AGENT-1")) == 1


def test_another_company_than_the_connections_gets_nothing(toolbox: Toolbox, books: Books) -> None:
    with pytest.raises(InputError, match="works in the company"):
        toolbox.call("createInvoice", asked(company="SOMEBODY-ELSE"))
    assert books.invoices("AGENT-1") == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"inputs": INVOICE}, "intent"),
        ({"inputs": INVOICE, "intent": " "}, "intent"),
        ({**INVOICE, "intent": "order 1"}, "customerId"),
        (asked(inputs={**INVOICE, "lineItems": [{"amount": 12.1}]}), "lineItems[0].amount"),
    ],
)
def test_a_call_that_is_not_as_described_is_refused(
    toolbox: Toolbox, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(ConnectorError) as refused:
        toolbox.call("createInvoice", given)
    assert refused.value.field == field


def test_an_agent_that_may_only_read_finds_no_writes(desk: Office) -> None:
    reading = Toolbox(desk.services, "books", writes=False)
    names = {tool.name for tool in reading.tools()}
    assert "getInvoice" in names
    assert not names & {"createInvoice", "updateCustomer", "deleteObject", "rawRequest"}
    with pytest.raises(InputError, match="no tool"):
        reading.call("createInvoice", asked())


def test_a_request_written_by_hand_is_offered_only_by_name(desk: Office, toolbox: Toolbox) -> None:
    assert "rawRequest" not in {tool.name for tool in toolbox.tools()}
    with pytest.raises(InputError, match="no tool"):
        toolbox.call("rawRequest", asked(inputs={"data": "<read/>"}))
    [named] = Toolbox(desk.services, "books", writes=True, only=["rawRequest"]).tools()
    assert named.name == "rawRequest"


def test_only_what_was_chosen_is_offered(desk: Office) -> None:
    few = Toolbox(desk.services, "books", writes=True, only=["getCustomer", "createInvoice"])
    assert [tool.name for tool in few.tools()] == ["getCustomer", "createInvoice"]
    with pytest.raises(InputError, match="no action named"):
        Toolbox(desk.services, "books", writes=True, only=["getEverything"])
    with pytest.raises(InputError, match="does not lead to Sage Intacct"):
        Toolbox(desk.services, "hubspot", writes=True)


@pytest.mark.accepts("E39")
def test_the_protocol_tells_what_each_tool_does_and_words_refusals(toolbox: Toolbox) -> None:
    async def talk() -> tuple[Any, Any, Any]:
        async with mcp.Client(server_of(toolbox)) as client:
            listed = await client.list_tools()
            found = await client.call_tool("getCustomer", {"customerId": "C-00001"})
            wrong = await client.call_tool("createInvoice", asked(company="NOBODY"))
            return listed, found, wrong

    listed, found, wrong = anyio.run(talk)
    hints = {tool.name: tool.annotations for tool in listed.tools}
    assert hints["getCustomer"].read_only_hint
    assert not hints["createInvoice"].read_only_hint
    assert hints["deleteObject"].destructive_hint
    assert found.structured_content["id"] == "C-00001"
    assert json.loads(found.content[0].text) == found.structured_content
    assert wrong.is_error
    assert "Nothing was sent" in wrong.content[0].text

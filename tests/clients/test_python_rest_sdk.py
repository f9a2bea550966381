"""The package sageintacctrestsdk, unchanged, against the sandbox."""

from collections.abc import Callable
from typing import Any

from tests.clients.conftest import Sandbox

Story = Callable[..., Any]
FIELDS = ["id", "name", "status"]
PRINTED = {"default": {"printAs": "Harbour"}}


def found(told: dict[str, Any]) -> Any:
    """Return what a story found; it was not refused."""
    assert "error" not in told, told
    return told["found"]


def test_it_signs_in_with_client_credentials(python_rest_sdk: Story) -> None:
    assert found(python_rest_sdk("token")) == {"seconds": 43200, "has_refresh": True}


def test_it_signs_in_again_with_its_refresh_token(python_rest_sdk: Story, sandbox: Sandbox) -> None:
    assert found(python_rest_sdk("refresh")) == len(sandbox.records("CUSTOMER"))


def test_it_creates_and_reads_a_vendor(python_rest_sdk: Story, sandbox: Sandbox) -> None:
    values = {"id": "V-REST", "name": "Łódź Boats & Sons", "contacts": PRINTED}
    answer = found(python_rest_sdk("create", part="vendors", values=values))
    assert answer["made"]["id"] == "V-REST"
    assert answer["read"]["name"] == "Łódź Boats & Sons"
    assert sandbox.ledger("VENDOR") == ["V-REST"]


def test_it_creates_and_changes_a_customer(python_rest_sdk: Story, sandbox: Sandbox) -> None:
    values = {"id": "C-REST", "name": "Harbour", "contacts": PRINTED}
    made = found(python_rest_sdk("create", part="customers", values=values))["made"]
    changed = {"name": "New Harbour", "creditLimit": "1500.50"}
    read = found(python_rest_sdk("update", part="customers", key=made["key"], values=changed))
    assert read["name"] == "New Harbour"
    assert sandbox.ledger("CUSTOMER", "update") == ["C-REST"]


def test_it_creates_a_bill(python_rest_sdk: Story, sandbox: Sandbox) -> None:
    vendor = sandbox.records("VENDOR")[0]["VENDORID"]
    line = {
        "glAccount": {"id": "6700"},
        "txnAmount": "120.10",
        "dimensions": {"location": {"id": "100"}, "department": {"id": "10"}},
    }
    values = {
        "billNumber": "BILL-REST",
        "vendor": {"id": vendor},
        "createdDate": "2026-03-02",
        "dueDate": "2026-04-01",
        "state": "posted",
        "lines": [line, line],
    }
    answer = found(python_rest_sdk("create", part="bills", values=values))
    (bill,) = [one for one in sandbox.records("APBILL") if one["RECORDID"] == "BILL-REST"]
    assert answer["made"]["key"] == answer["made"]["id"] == bill["RECORDNO"]
    assert answer["read"]["billNumber"] == "BILL-REST"
    assert bill["TOTALENTERED"] == "240.20"


def test_it_creates_a_journal_entry(python_rest_sdk: Story, sandbox: Sandbox) -> None:
    line: dict[str, Any] = {"glAccount": {"id": "6700"}, "txnAmount": "80.50"}
    line |= {"dimensions": {"location": {"id": "100"}}}
    values = {
        "glJournal": {"id": "GJ"},
        "postingDate": "2026-03-02",
        "description": "Refit",
        "lines": [{**line, "txnType": side} for side in ("debit", "credit")],
    }
    answer = found(python_rest_sdk("create", part="journal_entries", values=values))
    assert answer["read"]["description"] == "Refit"
    assert len(sandbox.ledger("GLBATCH")) == 1


def test_it_deletes(python_rest_sdk: Story, sandbox: Sandbox) -> None:
    values = {"id": "C-REST", "name": "Harbour", "contacts": PRINTED}
    made = found(python_rest_sdk("create", part="customers", values=values))["made"]
    assert found(python_rest_sdk("delete", part="customers", key=made["key"])) is None
    assert sandbox.ledger("CUSTOMER", "delete") == ["C-REST"]


def test_it_lists_page_by_page(python_rest_sdk: Story, sandbox: Sandbox) -> None:
    everyone = sorted(one["CUSTOMERID"] for one in sandbox.records("CUSTOMER"))
    story = {"part": "customers", "fields": FIELDS, "filters": [], "page_size": 15}
    pages = found(python_rest_sdk("pages", **story))
    assert [len(page) for page in pages] == [15, 15, len(everyone) - 30]
    assert [row["id"] for page in pages for row in page] == everyone


def test_it_filters_and_counts(python_rest_sdk: Story, sandbox: Sandbox) -> None:
    active = [one for one in sandbox.records("CUSTOMER") if one["STATUS"] == "active"]
    filters = [{"$eq": {"status": "active"}}]
    assert found(python_rest_sdk("count", part="customers", filters=filters)) == len(active)


def test_an_idempotency_key_makes_one_record(python_rest_sdk: Story, sandbox: Sandbox) -> None:
    story = {
        "part": "customers",
        "values": {"id": "C-REST", "name": "Harbour", "contacts": PRINTED},
        "key": "k-1",
    }
    first, second = found(python_rest_sdk("create_twice", **story))
    assert first == second
    assert sandbox.ledger("CUSTOMER") == ["C-REST"]


def test_it_reads_the_model(python_rest_sdk: Story) -> None:
    model = found(python_rest_sdk("model", part="customers"))
    assert "name" in model["fields"]


def test_it_asks_for_a_session_of_the_other_api(python_rest_sdk: Story) -> None:
    assert found(python_rest_sdk("session"))["sessionId"]


def test_a_wrong_record_is_the_error_it_knows(python_rest_sdk: Story, sandbox: Sandbox) -> None:
    refused = python_rest_sdk("create", part="customers", values={"nonsense": "1"})
    assert refused["error"] == "BadRequestError"
    assert "ia::error" in refused["response"]
    assert sandbox.ledger("CUSTOMER") == []


def test_wrong_credentials_are_the_error_it_knows(python_rest_sdk: Story) -> None:
    refused = python_rest_sdk("token", client_secret="wrong")
    assert refused["error"] == "BadRequestError"

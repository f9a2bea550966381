from __future__ import annotations

from typing import Any

import pytest

from actions.data_sources.select_contact import DATA_SOURCE as CONTACTS
from actions.data_sources.select_customer import DATA_SOURCE as CUSTOMERS
from actions.data_sources.select_invoice import DATA_SOURCE as INVOICES
from actions.data_sources.select_term import DATA_SOURCE as TERMS
from connector.component import Choice, Context, Search

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
ACME = {"recordNo": "12", "customerId": "C-1", "customerName": "Acme"}


@pytest.mark.accepts("C11", "C15")
def test_record_number_is_stored_unless_the_id_is_asked_for(
    ctx: Context, answers: dict[str, Any]
) -> None:
    answers["query"] = [ACME]
    assert CUSTOMERS.choices(ctx, Search()) == [Choice("Acme (C-1)", "12")]
    assert CUSTOMERS.choices(ctx, Search(return_id=True)) == [Choice("Acme (C-1)", "C-1")]


def test_only_what_is_shown_is_asked_for(ctx: Context, calls: Calls) -> None:
    CUSTOMERS.choices(ctx, Search(text="ac", limit=20))
    expected = {
        "select": ["recordNo", "customerId", "customerName"],
        "contains": {"customerName": "ac"},
        "order_by": ["customerName"],
        "limit": 20,
    }
    assert calls == [("query", ("customer",), expected)]


def test_nothing_typed_asks_without_filter(ctx: Context, calls: Calls) -> None:
    TERMS.choices(ctx, Search())
    assert calls[0][2]["contains"] is None


@pytest.mark.accepts("C10")
def test_contacts_give_the_name_on_request(ctx: Context, answers: dict[str, Any]) -> None:
    answers["query"] = [{"recordNo": "3", "contactName": "Jane Smith"}]
    assert CONTACTS.choices(ctx, Search()) == [Choice("Jane Smith", "3")]
    assert CONTACTS.choices(ctx, Search(return_id=True)) == [Choice("Jane Smith", "Jane Smith")]


@pytest.mark.accepts("C12")
def test_invoices_give_the_record_number(ctx: Context, answers: dict[str, Any]) -> None:
    row = {"recordNo": "7", "customerName": "Acme", "dateCreated": "2026-03-02"}
    answers["query"] = [{**row, "invoiceNumber": "INV-9"}, {**row, "invoiceNumber": ""}]
    assert INVOICES.choices(ctx, Search(return_id=True)) == [
        Choice("INV-9, Acme, 2026-03-02", "7"),
        Choice("7, Acme, 2026-03-02", "7"),
    ]


def test_terms_are_stored_by_name(ctx: Context, answers: dict[str, Any]) -> None:
    answers["query"] = [{"recordNo": "1", "termName": "Net 30"}]
    assert TERMS.choices(ctx, Search()) == [Choice("Net 30", "Net 30")]

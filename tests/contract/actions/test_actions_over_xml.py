"""Every action, run over the sandbox: the exact function that travels, and the normal result."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from connector import registry
from connector.errors import DuplicateRecord, InputError, NotFound, Refused

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

LINES = [
    {"accountNumber": "4000", "amount": "1250.00", "memo": "Tea & <biscuits>"},
    {"accountNumber": "4000", "amount": "0.30"},
]


def run(books: Books, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Run an action and hold its result against what it promises."""
    action = registry.load().action(key)
    output = action.run(books.context, inputs)
    Draft202012Validator(dict(action.output)).validate(output)
    return output


def function_sent(books: Books) -> str:
    """Return the function element of the last request, without its control id."""
    found = re.search(r"<function[^>]*>(.*)</function>", books.sent[-1], re.DOTALL)
    assert found is not None
    return found.group(1)


def new_customer(books: Books, name: str = "Quay Ltd") -> dict[str, Any]:
    return run(books, "createCustomer", {"customerId": "C-QUAY", "customerName": name})


@pytest.mark.accepts("A7", "A9", "C19", "C84")
def test_create_customer(books: Books) -> None:
    created = new_customer(books)
    assert function_sent(books) == (
        "<create><CUSTOMER><CUSTOMERID>C-QUAY</CUSTOMERID><NAME>Quay Ltd</NAME>"
        "<DISPLAYCONTACT><PRINTAS>Quay Ltd</PRINTAS></DISPLAYCONTACT></CUSTOMER></create>"
    )
    assert created["id"] == "C-QUAY"
    assert created["outcome"] == "created"
    assert created["href"] == f"/objects/accounts-receivable/customer/{created['key']}"


@pytest.mark.accepts("A9")
def test_create_customer_without_an_id_brings_back_the_made_one(books: Books) -> None:
    created = run(books, "createCustomer", {"customerName": "Numbered Ltd"})
    assert created["id"]
    found = run(books, "getCustomer", {"customerId": created["id"]})
    assert found["key"] == created["key"]


@pytest.mark.accepts("A9", "A46")
def test_create_customer_without_a_name_is_refused_before_any_call(books: Books) -> None:
    with pytest.raises(InputError) as refused:
        run(books, "createCustomer", {"customerId": "C-1"})
    assert refused.value.field == "customerName"
    assert books.sent == []


def test_create_customer_that_is_there_is_a_duplicate(books: Books) -> None:
    new_customer(books)
    with pytest.raises(DuplicateRecord) as refused:
        new_customer(books)
    assert refused.value.support_id


@pytest.mark.accepts("A6", "A56", "C31")
def test_get_customer_by_id_and_by_record_number(books: Books) -> None:
    created = new_customer(books, "C&A <Ltd> \"x\" 'y'")
    by_id = run(books, "getCustomer", {"customerId": "C-QUAY"})
    assert function_sent(books) == (
        "<readByName><object>CUSTOMER</object><keys>C-QUAY</keys><fields>*</fields></readByName>"
    )
    assert by_id["customerName"] == "C&A <Ltd> \"x\" 'y'"
    by_key = run(books, "getCustomer", {"recordNo": created["key"]})
    assert by_key == by_id


@pytest.mark.accepts("C60")
def test_get_customer_that_is_not_there_is_an_answer(books: Books) -> None:
    assert run(books, "getCustomer", {"recordNo": "999999"}) == {"found": False}


def test_find_or_create_customer_creates_once(books: Books) -> None:
    first = run(books, "findOrCreateCustomer", {"customerName": "Harbour & Sons"})
    second = run(books, "findOrCreateCustomer", {"customerName": "Harbour & Sons"})
    assert (first["created"], second["created"]) == (True, False)
    assert first["key"] == second["key"]


@pytest.mark.accepts("A16", "A17", "A42", "C20", "C52", "B7")
def test_create_invoice(books: Books) -> None:
    new_customer(books)
    created = run(
        books,
        "createInvoice",
        {
            "customerId": "C-QUAY",
            "dateCreated": "03/02/2026",
            "dueDate": "2026-04-01",
            "invoiceNumber": "INV-9",
            "currency": "USD",
            "lineItems": LINES,
        },
    )
    assert function_sent(books) == (
        "<create_invoice><customerid>C-QUAY</customerid>"
        "<datecreated><year>2026</year><month>03</month><day>02</day></datecreated>"
        "<datedue><year>2026</year><month>04</month><day>01</day></datedue>"
        "<invoiceno>INV-9</invoiceno><currency>USD</currency><exchratetype/>"
        "<invoiceitems>"
        "<lineitem><glaccountno>4000</glaccountno><amount>1250.00</amount>"
        "<memo>Tea &amp; &lt;biscuits&gt;</memo></lineitem>"
        "<lineitem><glaccountno>4000</glaccountno><amount>0.30</amount></lineitem>"
        "</invoiceitems></create_invoice>"
    )
    assert created["id"] == "INV-9"
    assert created["href"] == f"/objects/accounts-receivable/invoice/{created['key']}"


def test_create_invoice_without_a_number_reads_the_made_one_back(books: Books) -> None:
    new_customer(books)
    inputs = {"customerId": "C-QUAY", "dateCreated": "2026-03-02", "lineItems": LINES}
    created = run(books, "createInvoice", inputs)
    assert created["id"]
    assert books.counted[-2:] == ["create_invoice", "read"]


@pytest.mark.accepts("A15", "C32")
def test_get_invoice_has_its_lines_as_a_list(books: Books) -> None:
    new_customer(books)
    inputs = {"customerId": "C-QUAY", "dateCreated": "2026-03-02", "lineItems": LINES[:1]}
    created = run(books, "createInvoice", {**inputs, "invoiceNumber": "INV-1"})
    found = run(books, "getInvoice", {"recordNo": created["key"]})
    assert found["found"] is True
    assert found["dateCreated"] == "2026-03-02"
    (line,) = found["lineItems"]
    assert line["memo"] == "Tea & <biscuits>"
    assert run(books, "getInvoice", {"invoiceNumber": "INV-1"})["key"] == created["key"]


def test_create_invoice_for_an_unknown_customer_is_refused_in_words(books: Books) -> None:
    inputs = {"customerId": "NOBODY", "dateCreated": "2026-03-02", "lineItems": LINES}
    with pytest.raises((Refused, NotFound)) as refused:
        run(books, "createInvoice", inputs)
    assert "NOBODY" in refused.value.title
    assert "<" not in refused.value.title
    (effect,) = books.ledger.effects.values()
    assert effect.state == "refused"


@pytest.mark.accepts("C35", "C61", "C62")
def test_query_and_list_reads_all_pages_and_only_the_asked_fields(books: Books) -> None:
    found = run(
        books,
        "queryAndList",
        {"objectName": "CUSTOMER", "field": "RECORDNO,NAME", "query": "CUSTOMER.STATUS = 'T'"},
    )
    assert found["count"] > 1
    assert all(set(row) == {"RECORDNO", "NAME"} for row in found["records"])


@pytest.mark.accepts("C36", "C63", "C65", "E12")
def test_raw_request_sends_a_function_and_answers_in_lists(books: Books) -> None:
    data = (
        "<query><object>CUSTOMER</object><select><field>NAME</field></select>"
        "<pagesize>2</pagesize></query>"
    )
    answer = run(books, "rawRequest", {"data": data})
    result = answer["data"]["response"]["operation"][0]["result"][0]
    assert result["function"] == ["query"]
    assert result["data"][0]["$"]["listtype"] == "CUSTOMER"
    plain = run(books, "rawRequest", {"data": data, "responseType": "xml"})
    assert plain["data"].startswith("<?xml")


def test_every_data_source_answers(books: Books) -> None:
    from connector.component import Search  # noqa: PLC0415 - beside the one test that searches

    for source in registry.load().data_sources.values():
        choices = source.choices(books.context, Search())
        assert all(choice.label and choice.key for choice in choices), source.key

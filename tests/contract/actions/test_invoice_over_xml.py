"""The invoice actions over the sandbox: the exact function that travels, and every result form."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from connector.errors import InputError, Refused
from tests.support.action_runs import functions_sent, record_of, result_of, run

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

CUSTOMER = "C-00001"


def new_invoice(books: Books, **changes: Any) -> dict[str, Any]:
    inputs = {
        "customerId": CUSTOMER,
        "dateCreated": "2026-03-02",
        "dueDate": "2026-04-01",
        "invoiceNumber": "INV-9",
        "lineItems": [
            {"accountNumber": "4000", "amount": "99.00", "memo": "Tea & biscuits"},
            {"accountNumber": "4000", "amount": "0.30"},
        ],
    }
    return run(books, "createInvoice", {**inputs, **changes})


def new_draft(books: Books) -> str:
    return str(new_invoice(books, action="draft")["key"])


def invoice(books: Books, key: str) -> dict[str, Any]:
    return run(books, "getInvoice", {"recordNo": key})


# --- createInvoice


@pytest.mark.accepts("C79", "C80", "C81", "C82")
def test_raw_result_of_a_new_invoice_is_the_gateways_reply(books: Books) -> None:
    raw = new_invoice(books, resultForm="raw")
    assert list(raw["data"]["response"]) == ["control", "operation"]
    assert raw["data"]["response"]["control"][0]["dtdversion"] == ["3.0"]
    [authentication] = raw["data"]["response"]["operation"][0]["authentication"]
    begun, ended = (
        datetime.fromisoformat(authentication[name][0])
        for name in ("sessiontimestamp", "sessiontimeout")
    )
    assert ended - begun == timedelta(hours=8)
    result = result_of(raw)
    assert (result["status"], result["function"]) == (["success"], ["create_invoice"])
    assert invoice(books, result["key"][0])["id"] == "INV-9"


def test_envelope_of_a_new_invoice_names_both_keys(books: Books) -> None:
    envelope = new_invoice(books, resultForm="envelope")["data"]
    assert envelope["_functionName"] == "create_invoice"
    [record] = envelope["_data"]
    assert record["RECORDID"] == "INV-9"
    assert invoice(books, record["RECORDNO"])["found"] is True


@pytest.mark.accepts("B17")
def test_key_and_id_of_an_invoice_are_two_things(books: Books) -> None:
    created = new_invoice(books)
    assert created["id"] == "INV-9"
    assert created["key"] != created["id"]
    assert created["href"].endswith(f"/invoice/{created['key']}")


@pytest.mark.parametrize("form", ["list", "json", "xml"])
def test_lines_in_any_form_make_the_same_request(books: Books, form: str) -> None:
    lines: dict[str, Any] = {
        "list": [{"accountNumber": "4000", "amount": "5.00", "memo": "m"}],
        "json": '[{"glaccountno": "4000", "amount": "5.00", "memo": "m"}]',
        "xml": "<lineitem><memo>m</memo><amount>5.00</amount>"
        "<glaccountno>4000</glaccountno></lineitem>",
    }
    new_invoice(books, lineItems=lines[form])
    [function] = functions_sent(books)
    assert (
        "<invoiceitems><lineitem><glaccountno>4000</glaccountno><amount>5.00</amount>"
        "<memo>m</memo></lineitem></invoiceitems>"
    ) in function


# --- getInvoice


@pytest.mark.accepts("C32", "C88")
def test_envelope_of_an_invoice_shows_its_lines_under_items(books: Books) -> None:
    key = new_invoice(books)["key"]
    envelope = run(books, "getInvoice", {"recordNo": key, "resultForm": "envelope"})
    assert envelope["data"]["_functionName"] == "read"
    record = record_of(envelope)
    assert [line["TRX_AMOUNT"] for line in record["ITEMS"]] == ["99.00", "0.30"]
    assert "ARINVOICEITEMS" not in record


def test_raw_result_of_reading_an_invoice_is_the_gateways_reply(books: Books) -> None:
    key = new_invoice(books)["key"]
    result = result_of(run(books, "getInvoice", {"recordNo": key, "resultForm": "raw"}))
    assert result["data"][0]["ARINVOICE"][0]["RECORDNO"] == [key]


# --- listInvoices


@pytest.mark.accepts("A20", "B12", "B16")
def test_invoices_of_a_customer_are_listed_page_by_page(books: Books) -> None:
    keys = [new_invoice(books, invoiceNumber=f"INV-{number}")["key"] for number in (1, 2, 3)]
    page = run(books, "listInvoices", {"customer_id": CUSTOMER, "pagesize": "2"})
    assert [each["key"] for each in page["invoices"]] == keys[:2]
    assert page["invoices"][0].items() >= {"id": "INV-1", "customerId": CUSTOMER}.items()
    assert page["invoices"][0]["href"] == f"/objects/accounts-receivable/invoice/{keys[0]}"
    assert (page["count"], page["totalCount"]) == (2, 3)
    rest = run(books, "listInvoices", {"customerId": CUSTOMER, "next": page["next"]})
    assert [each["key"] for each in rest["invoices"]] == keys[2:]
    assert rest["next"] == ""
    everything = {"customerId": CUSTOMER, "allPages": True}
    assert run(books, "listInvoices", everything)["count"] == len(keys)


def test_invoices_are_filtered_by_what_people_see(books: Books) -> None:
    new_invoice(books)
    draft = new_invoice(books, invoiceNumber="INV-10", action="Draft")
    found = run(books, "listInvoices", {"customerId": CUSTOMER, "state": "Draft"})
    assert [each["id"] for each in found["invoices"]] == [draft["id"]]
    assert found["invoices"][0]["state"] == "Draft"


def test_envelope_of_a_list_holds_the_rows(books: Books) -> None:
    new_invoice(books)
    given = {"customerId": CUSTOMER, "resultForm": "envelope", "fields": "RECORDID"}
    [row] = run(books, "listInvoices", given)["data"]
    assert row["RECORDID"] == "INV-9"


# --- updateInvoice


@pytest.mark.accepts("C41", "C71", "C72", "C80")
def test_lines_are_changed_by_number_and_added_in_one_list(books: Books) -> None:
    key = new_draft(books)
    new = "<lineitem><amount>5.00</amount><glaccountno>4000</glaccountno></lineitem>"
    updated = run(
        books,
        "updateInvoice",
        {
            "recordNo": key,
            "dueDate": "04/15/2026",
            "description": "March",
            "contactName": "",
            "lineItems": [
                {"accountNumber": "4000", "amount": "7.50"},
                {"lineNumber": 2, "amount": "0.40", "memo": "Corrected"},
                new,
            ],
        },
    )
    assert functions_sent(books)[1] == (
        f'<update_invoice key="{key}">'
        "<datedue><year>2026</year><month>04</month><day>15</day></datedue>"
        "<description>March</description><updateinvoiceitems>"
        "<lineitem><glaccountno>4000</glaccountno><amount>7.50</amount></lineitem>"
        '<updatelineitem line_num="2"><amount>0.40</amount><memo>Corrected</memo></updatelineitem>'
        "<lineitem><glaccountno>4000</glaccountno><amount>5.00</amount></lineitem>"
        "</updateinvoiceitems></update_invoice>"
    )
    assert updated == {"key": key, "id": "INV-9", "href": updated["href"]}
    found = invoice(books, key)
    amounts = [line["amount"] for line in found["lineItems"]]
    assert amounts == ["99.00", "0.40", "7.50", "5.00"]
    assert found["lineItems"][0]["memo"] == "Tea & biscuits"
    assert (found["dueDate"], found["description"]) == ("2026-04-15", "March")
    assert found["totalAmount"] == "111.90"


@pytest.mark.accepts("C71")
def test_the_contact_of_an_update_is_whom_the_invoice_goes_to(books: Books) -> None:
    key = new_draft(books)
    contact = {"contactName": "Jane Quay", "printAs": "Jane Quay"}
    books.context.intacct.create("contact", contact)
    run(books, "updateInvoice", {"recordNo": key, "contactName": "Jane Quay"})
    assert "<payto><contactname>Jane Quay</contactname></payto>" in functions_sent(books)[-2]
    assert invoice(books, key)["billToContactName"] == "Jane Quay"


def test_lines_of_an_update_may_be_xml_alone(books: Books) -> None:
    key = new_draft(books)
    text = '<updatelineitem line_num="1"><memo>x</memo><amount>1.00</amount></updatelineitem>'
    run(books, "updateInvoice", {"recordNo": key, "lineItems": text})
    assert invoice(books, key)["lineItems"][0]["amount"] == "1.00"


@pytest.mark.accepts("C79")
def test_raw_and_envelope_of_an_update(books: Books) -> None:
    key = new_draft(books)
    change = {"recordNo": key, "description": "April"}
    result = result_of(run(books, "updateInvoice", {**change, "resultForm": "raw"}))
    assert (result["function"], result["key"]) == (["update_invoice"], [key])
    envelope = run(books, "updateInvoice", {**change, "resultForm": "envelope"})
    assert record_of(envelope) == {"RECORDNO": key, "RECORDID": "INV-9"}


# --- postInvoice


@pytest.mark.accepts("A19")
def test_a_draft_is_posted_once(books: Books) -> None:
    key = new_draft(books)
    assert invoice(books, key)["state"] == "Draft"
    posted = run(books, "postInvoice", {"recordNo": key})
    assert functions_sent(books)[-1] == (
        f'<update_invoice key="{key}"><action>Submit</action></update_invoice>'
    )
    assert (posted["outcome"], posted["id"]) == ("posted", "INV-9")
    assert invoice(books, key)["state"] == "Posted"


@pytest.mark.accepts("A19")
def test_posting_what_is_posted_is_an_answer_and_sends_nothing(books: Books) -> None:
    key = new_invoice(books)["key"]
    before = len(books.ledger.effects)
    again = run(books, "postInvoice", {"invoiceNumber": "INV-9"})
    assert (again["outcome"], again["key"]) == ("already posted", key)
    assert len(books.ledger.effects) == before


def test_result_forms_of_posting(books: Books) -> None:
    key = new_draft(books)
    envelope = run(books, "postInvoice", {"recordNo": key, "resultForm": "envelope"})
    assert envelope["data"]["_functionName"] == "update_invoice"
    assert record_of(envelope)["RECORDNO"] == key
    raw = result_of(run(books, "postInvoice", {"recordNo": key, "resultForm": "raw"}))
    assert raw["function"] == ["read"]


# --- reverseInvoice


def test_a_posted_invoice_is_reversed_once(books: Books) -> None:
    key = new_invoice(books)["key"]
    asked = {"invoiceNumber": "INV-9", "reversalDate": "03/31/2026", "reason": "Twice & wrong"}
    reversed_ = run(books, "reverseInvoice", asked)
    assert functions_sent(books)[-1] == (
        f'<reverse_invoice key="{key}">'
        "<datereversed><year>2026</year><month>03</month><day>31</day></datereversed>"
        "<description>Twice &amp; wrong</description></reverse_invoice>"
    )
    assert (reversed_["outcome"], reversed_["key"]) == ("reversed", key)
    assert invoice(books, key)["state"] == "Reversed"
    again = run(books, "reverseInvoice", asked)
    assert again["outcome"] == "already reversed"
    assert functions_sent(books)[-1].startswith("<query>")


def test_result_forms_of_a_reversal(books: Books) -> None:
    asked = {"recordNo": new_invoice(books)["key"], "reversalDate": "2026-03-31"}
    raw = run(books, "reverseInvoice", {**asked, "resultForm": "raw"})
    assert result_of(raw)["function"] == ["reverse_invoice"]
    asked["recordNo"] = new_invoice(books, invoiceNumber="INV-10")["key"]
    envelope = run(books, "reverseInvoice", {**asked, "resultForm": "envelope"})
    assert envelope["data"]["_functionName"] == "reverse_invoice"


def test_a_draft_is_not_reversed(books: Books) -> None:
    asked = {"recordNo": new_draft(books), "reversalDate": "2026-03-31"}
    with pytest.raises(InputError, match="draft"):
        run(books, "reverseInvoice", asked)


def test_a_reversal_before_the_invoice_is_refused_in_words(books: Books) -> None:
    asked = {"recordNo": new_invoice(books)["key"], "reversalDate": "2026-03-01"}
    with pytest.raises(Refused) as refused:
        run(books, "reverseInvoice", asked)
    assert "date" in refused.value.title
    assert "<" not in refused.value.title

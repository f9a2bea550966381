"""The adjustment actions over the sandbox: the exact function that travels, every result form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.errors import InputError, Refused
from tests.support.action_runs import functions_sent, record_of, result_of, run

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

LINES = [{"accountNumber": "4000", "amount": "-250.00", "memo": "A & B", "locationId": "100"}]


def new_adjustment(books: Books, **changes: Any) -> dict[str, Any]:
    inputs = {
        "customerId": "C-00001",
        "dateCreated": "03/02/2026",
        "adjustmentNumber": "ADJ-7",
        "lineItems": LINES,
    }
    return run(books, "createARAdjustment", {**inputs, **changes})


def adjustment(books: Books, key: str) -> dict[str, Any]:
    return run(books, "getARAdjustment", {"recordNo": key})


def test_create_ar_adjustment(books: Books) -> None:
    created = new_adjustment(books, invoiceNumber="INV-9", currency="USD", action="Submit")
    [sent] = functions_sent(books)
    assert sent == (
        "<create_aradjustment><customerid>C-00001</customerid>"
        "<datecreated><year>2026</year><month>03</month><day>02</day></datecreated>"
        "<adjustmentno>ADJ-7</adjustmentno><action>Submit</action><invoiceno>INV-9</invoiceno>"
        "<currency>USD</currency><exchratetype/><aradjustmentitems><lineitem>"
        "<glaccountno>4000</glaccountno><amount>-250.00</amount><memo>A &amp; B</memo>"
        "<locationid>100</locationid></lineitem></aradjustmentitems></create_aradjustment>"
    )
    assert (created["id"], created["outcome"]) == ("ADJ-7", "created")
    assert created["href"] == f"/objects/accounts-receivable/adjustment/{created['key']}"


def test_lines_in_each_form_make_the_same_request(books: Books) -> None:
    text = (
        "<lineitem><memo>A &amp; B</memo><amount>-250.00</amount><locationid>100</locationid>"
        "<glaccountno>4000</glaccountno></lineitem>"
    )
    as_json = '[{"glaccountno": "4000", "amount": -250.00, "memo": "A & B", "locationId": "100"}]'
    for number, lines in enumerate((LINES, as_json, text)):
        new_adjustment(books, adjustmentNumber=f"ADJ-{number}", lineItems=lines)
    sent = {
        each.replace(f"ADJ-{number}", "ADJ") for number, each in enumerate(functions_sent(books))
    }
    assert len(sent) == 1


@pytest.mark.accepts("C25", "C88")
def test_get_ar_adjustment_has_its_lines_as_a_list(books: Books) -> None:
    key = new_adjustment(books)["key"]
    found = adjustment(books, key)
    assert (found["adjustmentNumber"], found["totalDue"]) == ("ADJ-7", "-250.00")
    assert (found["dateCreated"], found["state"]) == ("2026-03-02", "Posted")
    [line] = found["lineItems"]
    assert (line["lineNumber"], line["amount"], line["memo"]) == (1, "-250.00", "A & B")


@pytest.mark.accepts("C83", "C88")
def test_get_ar_adjustment_in_the_published_form(books: Books) -> None:
    key = new_adjustment(books)["key"]
    shown = run(books, "getARAdjustment", {"recordNo": key, "resultForm": "envelope"})
    assert (shown["data"]["_functionName"], shown["data"]["_listType"]) == ("read", "ARADJUSTMENT")
    record = record_of(shown)
    assert record["RECORDID"] == "ADJ-7"
    assert [line["TRX_AMOUNT"] for line in record["ITEMS"]] == ["-250.00"]
    raw = run(books, "getARAdjustment", {"recordNo": key, "resultForm": "raw"})
    assert result_of(raw)["function"] == ["read"]


@pytest.mark.accepts("C26", "C59")
def test_get_ar_adjustment_line(books: Books) -> None:
    key = new_adjustment(books)["key"]
    [line] = adjustment(books, key)["lineItems"]
    asked = {"recordNo": line["recordNo"]}
    found = run(books, "getARAdjustmentLine", asked)
    assert functions_sent(books)[-1] == (
        f"<read><object>ARADJUSTMENTITEM</object><keys>{line['recordNo']}</keys>"
        "<fields>*</fields></read>"
    )
    assert (found["amount"], found["adjustmentRecordNo"]) == ("-250.00", key)
    shown = run(books, "getARAdjustmentLine", {**asked, "resultForm": "envelope"})
    assert record_of(shown)["ACCOUNTNO"] == "4000"
    raw = run(books, "getARAdjustmentLine", {**asked, "resultForm": "raw"})
    assert result_of(raw)["data"][0]["$"]["listtype"] == "ARADJUSTMENTITEM"


@pytest.mark.accepts("C37", "C66", "C82")
def test_update_ar_adjustment(books: Books) -> None:
    """Everything the published inputs hold, each under its element, lines mixed."""
    key = new_adjustment(books, action="Draft")["key"]
    changed = run(
        books,
        "updateARAdjustment",
        {
            "recordNo": key,
            "customerId": "C-00001",
            "dateCreated": "03/03/2026",
            "glDatePosted": "03/04/2026",
            "adjustmentNumber": "ADJ-8",
            "action": "Submit",
            "invoiceNumber": "INV-9",
            "description": "d",
            "currency": "USD",
            "additionalXmlTags": "<exchratedate><year>2026</year><month>3</month><day>3</day>"
            "</exchratedate>",
            "lineItems": [
                {"lineNumber": 1, "amount": "-200.00"},
                "<lineitem><amount>-5.00</amount><glaccountno>4000</glaccountno></lineitem>",
            ],
        },
    )
    assert functions_sent(books)[1] == (
        f'<update_aradjustment key="{key}"><customerid>C-00001</customerid>'
        "<datecreated><year>2026</year><month>03</month><day>03</day></datecreated>"
        "<dateposted><year>2026</year><month>03</month><day>04</day></dateposted>"
        "<adjustmentno>ADJ-8</adjustmentno><action>Submit</action><invoiceno>INV-9</invoiceno>"
        "<description>d</description><currency>USD</currency>"
        "<exchratedate><year>2026</year><month>3</month><day>3</day></exchratedate><exchratetype/>"
        '<updatearadjustmentitems><updatelineitem line_num="1"><amount>-200.00</amount>'
        "</updatelineitem><lineitem><glaccountno>4000</glaccountno><amount>-5.00</amount>"
        "</lineitem></updatearadjustmentitems></update_aradjustment>"
    )
    assert (changed["key"], changed["id"]) == (key, "ADJ-8")
    found = adjustment(books, key)
    assert (found["totalAmount"], found["adjustmentNumber"]) == ("-205.00", "ADJ-8")
    assert found["state"] == "Posted"


@pytest.mark.accepts("C79")
def test_update_ar_adjustment_as_it_came(books: Books) -> None:
    key = new_adjustment(books)["key"]
    change = {"recordNo": key, "description": "d", "resultForm": "raw"}
    result = result_of(run(books, "updateARAdjustment", change))
    assert (result["function"], result["key"]) == (["update_aradjustment"], [key])
    shown = run(books, "updateARAdjustment", {**change, "resultForm": "envelope"})
    assert record_of(shown)["RECORDNO"] == key


def test_an_unknown_tag_is_refused_before_any_call(books: Books) -> None:
    with pytest.raises(InputError) as refused:
        run(books, "updateARAdjustment", {"recordNo": "1", "additionalXmlTags": "<TERM>x</TERM>"})
    assert "TERM" in refused.value.field
    assert books.sent == []


def test_an_adjustment_that_is_not_there_is_an_answer(books: Books) -> None:
    assert adjustment(books, "999999") == {"found": False}


def test_create_ar_adjustment_in_every_form(books: Books) -> None:
    raw = new_adjustment(books, resultForm="raw")
    assert result_of(raw)["function"] == ["create_aradjustment"]
    shown = new_adjustment(books, adjustmentNumber="ADJ-8", resultForm="envelope")
    assert record_of(shown)["RECORDID"] == "ADJ-8"


def test_an_adjustment_of_nobody_is_refused_in_words(books: Books) -> None:
    with pytest.raises(Refused) as refused:
        new_adjustment(books, customerId="NOBODY")
    assert "NOBODY" in refused.value.title

"""The advance actions over the sandbox: the exact function that travels, every result form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.errors import InputError
from tests.support.action_runs import functions_sent, record_of, result_of, run

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

ITEMS = [{"accountNumber": "2200", "amount": "500.00", "memo": "A & B", "locationId": "100"}]


def new_advance(books: Books, **changes: Any) -> dict[str, Any]:
    inputs = {
        "customerId": "C-00001",
        "paymentMethod": "EFT",
        "paymentDate": "03/01/2026",
        "receiptDate": "03/02/2026",
        "financialEntity": "CHK-100",
        "advanceItems": ITEMS,
    }
    return run(books, "createARAdvance", {**inputs, **changes})


def advance(books: Books, key: str) -> dict[str, Any]:
    return run(books, "getARAdvance", {"recordNo": key})


@pytest.mark.accepts("C16", "C45", "C80", "C82")
def test_create_ar_advance(books: Books) -> None:
    """Everything the published inputs hold; additional tags stand inside the advance."""
    created = new_advance(
        books, documentNumber="CHK-9", additionalXmlTags="<DESCRIPTION>Tea &amp; co</DESCRIPTION>"
    )
    [sent] = functions_sent(books)
    assert sent == (
        "<create><ARADVANCE><CUSTOMERID>C-00001</CUSTOMERID><PAYMENTMETHOD>EFT</PAYMENTMETHOD>"
        "<PAYMENTDATE>03/01/2026</PAYMENTDATE><RECEIPTDATE>03/02/2026</RECEIPTDATE>"
        "<FINANCIALENTITY>CHK-100</FINANCIALENTITY><DOCNUMBER>CHK-9</DOCNUMBER>"
        "<DESCRIPTION>Tea &amp; co</DESCRIPTION><ARADVANCEITEMS><ARADVANCEITEM>"
        "<ACCOUNTNO>2200</ACCOUNTNO><TRX_AMOUNT>500.00</TRX_AMOUNT>"
        "<ENTRYDESCRIPTION>A &amp; B</ENTRYDESCRIPTION><LOCATIONID>100</LOCATIONID>"
        "</ARADVANCEITEM></ARADVANCEITEMS></ARADVANCE></create>"
    )
    assert (created["id"], created["outcome"]) == (created["key"], "created")
    assert created["href"] == f"/objects/accounts-receivable/advance/{created['key']}"
    assert advance(books, created["key"])["description"] == "Tea & co"


@pytest.mark.accepts("C46")
def test_create_ar_advance_into_undeposited_funds(books: Books) -> None:
    key = new_advance(books, financialEntity="", undepositedAccountNo="1100")["key"]
    assert advance(books, key)["undepositedAccountNo"] == "1100"
    sent = len(books.sent)
    with pytest.raises(InputError):
        new_advance(books, financialEntity="")
    assert len(books.sent) == sent


def test_items_in_each_form_make_the_same_request(books: Books) -> None:
    text = (
        "<ARADVANCEITEM><ACCOUNTNO>2200</ACCOUNTNO><TRX_AMOUNT>500.00</TRX_AMOUNT>"
        "<ENTRYDESCRIPTION>A &amp; B</ENTRYDESCRIPTION><LOCATIONID>100</LOCATIONID></ARADVANCEITEM>"
    )
    as_json = '{"accountNumber": "2200", "amount": 500.00, "memo": "A & B", "locationId": 100}'
    for items in (ITEMS, as_json, text):
        new_advance(books, advanceItems=items)
    assert len(set(functions_sent(books))) == 1


@pytest.mark.accepts("C79")
def test_create_ar_advance_in_every_form(books: Books) -> None:
    assert result_of(new_advance(books, resultForm="raw"))["function"] == ["create"]
    assert record_of(new_advance(books, resultForm="envelope"))["RECORDNO"]


@pytest.mark.accepts("C27", "C88")
def test_get_ar_advance_in_every_form(books: Books) -> None:
    key = new_advance(books)["key"]
    found = advance(books, key)
    assert (found["paymentMethod"], found["receiptDate"]) == ("EFT", "2026-03-02")
    assert [item["amount"] for item in found["advanceItems"]] == ["500.00"]
    shown = record_of(run(books, "getARAdvance", {"recordNo": key, "resultForm": "envelope"}))
    assert [item["TRX_AMOUNT"] for item in shown["ITEMS"]] == ["500.00"]
    raw = run(books, "getARAdvance", {"recordNo": key, "resultForm": "raw"})
    assert result_of(raw)["data"][0]["$"]["listtype"] == "ARADVANCE"


@pytest.mark.accepts("C38", "C67", "C68", "C82")
def test_update_ar_advance_replaces_its_lines_as_a_set(books: Books) -> None:
    key = new_advance(books, advanceItems=[*ITEMS, {**ITEMS[0], "amount": "20.00"}])["key"]
    changed = run(
        books,
        "updateARAdvance",
        {
            "recordNo": key,
            "paymentMethod": "Cash",
            "paymentDate": "2026-03-02",
            "receiptDate": "2026-03-03",
            "financialEntity": "SAV-100",
            "additionalXmlTags": {"DESCRIPTION": "later"},
            "advanceItems": [{**ITEMS[0], "amount": "70.00"}],
        },
    )
    assert functions_sent(books)[1] == (
        f"<update><ARADVANCE><RECORDNO>{key}</RECORDNO><PAYMENTMETHOD>Cash</PAYMENTMETHOD>"
        "<PAYMENTDATE>03/02/2026</PAYMENTDATE><RECEIPTDATE>03/03/2026</RECEIPTDATE>"
        "<FINANCIALENTITY>SAV-100</FINANCIALENTITY><DESCRIPTION>later</DESCRIPTION>"
        "<ARADVANCEITEMS><ARADVANCEITEM>"
        "<ACCOUNTNO>2200</ACCOUNTNO><TRX_AMOUNT>70.00</TRX_AMOUNT>"
        "<ENTRYDESCRIPTION>A &amp; B</ENTRYDESCRIPTION><LOCATIONID>100</LOCATIONID>"
        "</ARADVANCEITEM></ARADVANCEITEMS></ARADVANCE></update>"
    )
    assert changed["key"] == key
    found = advance(books, key)
    assert (found["totalAmount"], len(found["advanceItems"])) == ("70.00", 1)


@pytest.mark.accepts("C68", "C79")
def test_update_ar_advance_without_lines_keeps_them(books: Books) -> None:
    key = new_advance(books)["key"]
    change = {"recordNo": key, "description": "d"}
    raw = run(books, "updateARAdvance", {**change, "resultForm": "raw"})
    assert result_of(raw)["function"] == ["update"]
    shown = run(books, "updateARAdvance", {**change, "resultForm": "envelope"})
    assert record_of(shown)["RECORDNO"] == key
    assert [item["amount"] for item in advance(books, key)["advanceItems"]] == ["500.00"]


def test_update_ar_advance_posts_a_draft(books: Books) -> None:
    key = new_advance(books, action="Draft")["key"]
    assert advance(books, key)["state"] == "Draft"
    run(books, "updateARAdvance", {"recordNo": key, "action": "Submit"})
    assert advance(books, key)["state"] == "Posted"

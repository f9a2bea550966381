"""The bill actions over the sandbox: the exact function that travels, and every result form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.errors import DuplicateRecord, InputError, NotFound, Refused
from tests.support.action_runs import functions_sent, record_of, result_of, run

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

VENDOR = "V-430"
LINES = [
    {"accountNumber": "6000", "amount": "99.00", "memo": "Paper & <toner>", "locationId": "100"},
    {"accountNumber": "6000", "amount": "0.30", "billable": "false"},
]


def new_bill(books: Books, **changes: Any) -> dict[str, Any]:
    inputs = {
        "vendorId": VENDOR,
        "transactionDate": "03/02/2026",
        "dueDate": "04/01/2026",
        "billNumber": "BILL-100",
        "billItems": LINES,
    }
    return run(books, "createBill", {**inputs, **changes})


def bill(books: Books, key: str) -> dict[str, Any]:
    return run(books, "getBill", {"recordNo": key})


# --- createBill


@pytest.mark.accepts("A22", "B2", "B7", "C17", "C47", "C48", "C80")
def test_create_bill(books: Books) -> None:
    """Everything the published inputs hold, each under its element."""
    created = new_bill(
        books,
        glPostingDate="03/03/2026",
        recommendedPaymentDate="03/28/2026",
        referenceNumber="PO 99",
        description="March",
        termName="Net 30",
        paymentPriority="High",
        onHold=True,
        currency="EUR",
        baseCurrency="USD",
        attachmentsId="",
        customFields=[["INTEGRATION_KEY", "hs-1"]],
    )
    assert functions_sent(books)[0] == (
        "<create><APBILL><VENDORID>V-430</VENDORID><WHENCREATED>03/02/2026</WHENCREATED>"
        "<WHENPOSTED>03/03/2026</WHENPOSTED><WHENDUE>04/01/2026</WHENDUE>"
        "<TERMNAME>Net 30</TERMNAME><RECPAYMENTDATE>03/28/2026</RECPAYMENTDATE>"
        "<RECORDID>BILL-100</RECORDID><DOCNUMBER>PO 99</DOCNUMBER>"
        "<DESCRIPTION>March</DESCRIPTION><PAYMENTPRIORITY>high</PAYMENTPRIORITY>"
        "<ONHOLD>true</ONHOLD><BASECURR>USD</BASECURR><CURRENCY>EUR</CURRENCY>"
        "<EXCH_RATE_TYPE_ID/><INTEGRATION_KEY>hs-1</INTEGRATION_KEY><APBILLITEMS>"
        "<APBILLITEM><ACCOUNTNO>6000</ACCOUNTNO><TRX_AMOUNT>99.00</TRX_AMOUNT>"
        "<ENTRYDESCRIPTION>Paper &amp; &lt;toner&gt;</ENTRYDESCRIPTION>"
        "<LOCATIONID>100</LOCATIONID></APBILLITEM>"
        "<APBILLITEM><ACCOUNTNO>6000</ACCOUNTNO><TRX_AMOUNT>0.30</TRX_AMOUNT>"
        "<BILLABLE>false</BILLABLE></APBILLITEM>"
        "</APBILLITEMS></APBILL></create>"
    )
    assert (created["id"], created["outcome"]) == ("BILL-100", "created")
    assert created["href"] == f"/objects/accounts-payable/bill/{created['key']}"


@pytest.mark.accepts("B2", "B6", "B7", "B17")
def test_a_bill_in_the_words_of_the_rest_list(books: Books) -> None:
    created = run(
        books,
        "createBill",
        {
            "vendor_id": VENDOR,
            "date_created": "2026-03-02",
            "date_due": "2026-04-01",
            "line_items": '[{"glaccountno": "6000", "amount": "500.00", "memo": "Paper"}]',
        },
    )
    found = bill(books, created["key"])
    assert (found["vendorId"], found["dueDate"]) == (VENDOR, "2026-04-01")
    assert found["totalAmount"] == "500.00"
    assert found["billItems"][0]["memo"] == "Paper"


@pytest.mark.parametrize("form", ["list", "json", "xml"])
def test_lines_in_any_form_make_the_same_request(books: Books, form: str) -> None:
    lines: dict[str, Any] = {
        "list": [{"accountNumber": "6000", "amount": "5.00"}],
        "json": '[{"glaccountno": "6000", "amount": "5.00"}]',
        "xml": "<APBILLITEM><ACCOUNTNO>6000</ACCOUNTNO><TRX_AMOUNT>5.00</TRX_AMOUNT></APBILLITEM>",
    }
    new_bill(books, billItems=lines[form])
    assert (
        "<APBILLITEMS><APBILLITEM><ACCOUNTNO>6000</ACCOUNTNO><TRX_AMOUNT>5.00</TRX_AMOUNT>"
        "</APBILLITEM></APBILLITEMS>"
    ) in functions_sent(books)[0]


@pytest.mark.accepts("C79", "C80", "C82")
def test_raw_result_of_a_new_bill_is_the_gateways_reply(books: Books) -> None:
    result = result_of(new_bill(books, resultForm="raw"))
    assert (result["status"], result["function"]) == (["success"], ["create"])
    [data] = result["data"]
    assert data["$"] == {"listtype": "objects", "count": "1"}
    assert bill(books, data["apbill"][0]["RECORDNO"][0])["id"] == "BILL-100"


def test_envelope_of_a_new_bill_names_both_keys(books: Books) -> None:
    envelope = new_bill(books, resultForm="envelope")
    assert envelope["data"]["_functionName"] == "create"
    assert record_of(envelope)["RECORDID"] == "BILL-100"


@pytest.mark.accepts("C48")
def test_a_term_that_does_not_exist_is_refused_in_words(books: Books) -> None:
    with pytest.raises((Refused, NotFound)) as refused:
        new_bill(books, termName="Net 31", dueDate="")
    assert "Net 31" in refused.value.title
    assert "<" not in refused.value.title


@pytest.mark.accepts("C48")
def test_a_term_decides_when_the_bill_is_due(books: Books) -> None:
    created = new_bill(books, termName="Net 30", dueDate="")
    assert bill(books, created["key"])["dueDate"] == "2026-04-01"


def test_a_vendors_number_is_taken_once(books: Books) -> None:
    new_bill(books)
    with pytest.raises(DuplicateRecord):
        new_bill(books)


# --- getBill


@pytest.mark.accepts("A21", "C29", "C87")
def test_get_bill_brings_head_totals_entity_and_lines(books: Books) -> None:
    key = new_bill(books, currency="EUR", exchangeRate="1.5")["key"]
    found = bill(books, key)
    assert run(books, "getBill", {"billNumber": "BILL-100"}) == found
    assert found["vendorName"]
    assert (found["totalAmount"], found["totalBaseAmount"]) == ("99.30", "148.95")
    assert "entityId" in found
    assert found["INTEGRATION_KEY"] == ""
    assert [line["amount"] for line in found["billItems"]] == ["99.00", "0.30"]
    assert found["billItems"][0]["memo"] == "Paper & <toner>"


@pytest.mark.accepts("C87")
def test_envelope_of_a_bill_lists_even_one_line(books: Books) -> None:
    key = new_bill(books, billItems=LINES[:1])["key"]
    record = record_of(run(books, "getBill", {"recordNo": key, "resultForm": "envelope"}))
    [line] = record["APBILLITEMS"]["apbillitem"]
    assert line["TRX_AMOUNT"] == "99.00"
    assert "GLDIMREGION" in line
    assert {"TOTALENTERED", "TRX_TOTALENTERED", "MEGAENTITYID"} <= record.keys()


def test_raw_result_of_reading_a_bill_is_the_gateways_reply(books: Books) -> None:
    key = new_bill(books)["key"]
    result = result_of(run(books, "getBill", {"recordNo": key, "resultForm": "raw"}))
    assert result["data"][0]["APBILL"][0]["RECORDNO"] == [key]


def test_an_unknown_bill_is_an_answer(books: Books) -> None:
    assert run(books, "getBill", {"recordNo": "999999"}) == {"found": False}
    assert run(books, "getBill", {"billNumber": "NONE"}) == {"found": False}


# --- listBills


@pytest.mark.accepts("A23", "B9", "B16")
def test_bills_of_a_vendor_are_listed_page_by_page(books: Books) -> None:
    keys = [new_bill(books, billNumber=f"BILL-{number}")["key"] for number in (1, 2, 3)]
    before = [
        each["key"]
        for each in run(books, "listBills", {"vendorId": VENDOR, "pagesize": 1000})["bills"]
        if each["key"] not in keys
    ]
    page = run(books, "listBills", {"vendor_id": VENDOR, "pagesize": len(before) + 2})
    assert [each["key"] for each in page["bills"]] == [*before, *keys[:2]]
    assert page["bills"][-1].items() >= {"id": "BILL-2", "vendorId": VENDOR}.items()
    assert page["bills"][-1]["href"] == f"/objects/accounts-payable/bill/{keys[1]}"
    assert page["totalCount"] == len(before) + 3
    rest = run(books, "listBills", {"vendorId": VENDOR, "next": page["next"]})
    assert [each["key"] for each in rest["bills"]] == keys[2:]


def test_envelope_of_a_list_holds_the_rows(books: Books) -> None:
    new_bill(books)
    given = {"billNumber": "BILL-100", "resultForm": "envelope"}
    [row] = run(books, "listBills", given)["data"]
    assert (row["RECORDID"], row["VENDORID"]) == ("BILL-100", VENDOR)


# --- updateBill


def test_fields_of_the_head_change_and_lines_stay(books: Books) -> None:
    key = new_bill(books)["key"]
    updated = run(books, "updateBill", {"recordNo": key, "dueDate": "2026-05-01", "onHold": ""})
    assert functions_sent(books)[1] == (
        f"<update><APBILL><RECORDNO>{key}</RECORDNO><WHENDUE>05/01/2026</WHENDUE></APBILL></update>"
    )
    assert updated["id"] == "BILL-100"
    found = bill(books, key)
    assert found["dueDate"] == "2026-05-01"
    assert len(found["billItems"]) == 2


def test_lines_replace_the_whole_set(books: Books) -> None:
    key = new_bill(books)["key"]
    lines = [
        {"lineNumber": 2, "accountNumber": "6000", "amount": "0.40"},
        {"accountNumber": "6000", "amount": "7.00"},
    ]
    run(books, "updateBill", {"recordNo": key, "billItems": lines})
    assert "<APBILLITEM><LINE_NO>2</LINE_NO>" in functions_sent(books)[1]
    found = bill(books, key)
    assert sorted(line["amount"] for line in found["billItems"]) == ["0.40", "7.00"]
    assert found["totalAmount"] == "7.40"


def test_a_draft_bill_is_submitted_by_an_update(books: Books) -> None:
    key = new_bill(books, action="Draft")["key"]
    assert bill(books, key)["state"] == "Draft"
    run(books, "updateBill", {"recordNo": key, "action": "Submit"})
    assert bill(books, key)["state"] == "Posted"


def test_result_forms_of_an_update(books: Books) -> None:
    change = {"recordNo": new_bill(books)["key"], "description": "April"}
    result = result_of(run(books, "updateBill", {**change, "resultForm": "raw"}))
    assert result["function"] == ["update"]
    record = record_of(run(books, "updateBill", {**change, "resultForm": "envelope"}))
    assert (record["RECORDNO"], record["RECORDID"]) == (change["recordNo"], "BILL-100")


# --- deleteBill


def test_a_deleted_bill_is_gone(books: Books) -> None:
    key = new_bill(books)["key"]
    assert run(books, "deleteBill", {"recordNo": key}) == {"deleted": [key]}
    assert functions_sent(books)[-1] == (
        f"<delete><object>APBILL</object><keys>{key}</keys></delete>"
    )
    assert bill(books, key) == {"found": False}
    with pytest.raises((Refused, NotFound)):
        run(books, "deleteBill", {"recordNo": key})


def test_result_forms_of_a_deletion(books: Books) -> None:
    asked = {"recordNo": new_bill(books)["key"], "resultForm": "raw"}
    assert result_of(run(books, "deleteBill", asked))["status"] == ["success"]
    asked = {"recordNo": new_bill(books)["key"], "resultForm": "envelope"}
    assert run(books, "deleteBill", asked)["data"]["_functionName"] == "delete"


# --- reverseBill


def test_a_posted_bill_is_reversed_once(books: Books) -> None:
    key = new_bill(books)["key"]
    asked = {"recordNo": key, "reversalDate": "2026-03-31", "reversalReason": "Entered twice"}
    assert run(books, "reverseBill", asked)["outcome"] == "reversed"
    assert functions_sent(books)[-1] == (
        f'<reverse_bill key="{key}">'
        "<datereversed><year>2026</year><month>03</month><day>31</day></datereversed>"
        "<description>Entered twice</description></reverse_bill>"
    )
    assert bill(books, key)["state"] == "Reversed"
    assert run(books, "reverseBill", asked)["outcome"] == "already reversed"


def test_result_forms_of_a_reversal(books: Books) -> None:
    asked = {"recordNo": new_bill(books)["key"], "reversalDate": "2026-03-31"}
    raw = run(books, "reverseBill", {**asked, "resultForm": "raw"})
    assert result_of(raw)["function"] == ["reverse_bill"]
    asked["recordNo"] = new_bill(books, billNumber="BILL-101")["key"]
    envelope = run(books, "reverseBill", {**asked, "resultForm": "envelope"})
    assert envelope["data"]["_functionName"] == "reverse_bill"


def test_a_draft_bill_is_not_reversed(books: Books) -> None:
    asked = {"recordNo": new_bill(books, action="Draft")["key"], "reversalDate": "2026-03-31"}
    with pytest.raises(InputError, match="draft"):
        run(books, "reverseBill", asked)

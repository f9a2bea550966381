"""Workflows: submitting, reversing and approving, and what they refuse."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

Rest = Callable[..., httpx.Response]
Invoice = Callable[..., dict[str, Any]]
Policy = Callable[..., None]
INVOICE = "/objects/accounts-receivable/invoice"
SUBMIT = "/workflows/accounts-receivable/invoice/submit"
REVERSE = "/workflows/accounts-receivable/invoice/reverse"
BILL = "/objects/accounts-payable/bill"


def _key(reply: httpx.Response) -> str:
    assert reply.status_code == 201, reply.text
    key: str = reply.json()["ia::result"]["key"]
    return key


def test_a_draft_is_submitted(rest: Rest, invoice: Invoice) -> None:
    key = _key(rest("POST", INVOICE, invoice(state="draft")))
    reply = rest("POST", SUBMIT, {"key": key})
    assert reply.status_code == 200
    assert reply.json()["ia::result"] == {
        "key": key, "id": key, "href": f"{INVOICE}/{key}", "state": "posted",
    }  # fmt: skip
    assert rest("POST", SUBMIT, {"key": key}).status_code == 422


def test_an_invoice_is_reversed_on_a_day(rest: Rest, invoice: Invoice) -> None:
    key = _key(rest("POST", INVOICE, invoice()))
    reply = rest("POST", REVERSE, {"key": key, "reversedDate": "2026-03-31", "memo": "Mistake"})
    assert reply.json()["ia::result"]["state"] == "reversed"
    found = rest("GET", f"{INVOICE}/{key}").json()["ia::result"]
    assert (found["state"], found["totalTxnAmountDue"]) == ("reversed", "0.00")
    again = rest("POST", REVERSE, {"key": key, "reversedDate": "2026-03-31"})
    assert again.status_code == 422


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ({"key": "1"}, "/reversedDate"),
        ({"key": "1", "reverseDate": "2026-03-31"}, "/reverseDate"),
        ({"key": "1", "reversedDate": "31/03/2026"}, "/reversedDate"),
        ({"reversedDate": "2026-03-31"}, "/key"),
        ({"key": 1, "reversedDate": "2026-03-31"}, "/key"),
    ],
)
def test_a_reversal_takes_the_date_of_its_own_object(
    rest: Rest, body: dict[str, Any], target: str
) -> None:
    reply = rest("POST", REVERSE, body)
    assert reply.status_code == 400
    details = reply.json()["ia::result"]["ia::error"]["details"]
    assert target in [detail["target"] for detail in details]


def test_several_are_submitted_at_once(rest: Rest, invoice: Invoice) -> None:
    keys = [
        _key(rest("POST", INVOICE, invoice(invoiceNumber=f"W-{n}", state="draft")))
        for n in range(2)
    ]
    reply = rest("POST", SUBMIT, [{"key": key} for key in [*keys, "999999"]])
    assert reply.status_code == 207
    assert [item["ia::status"] for item in reply.json()["ia::result"]] == [200, 200, 404]


def test_unknown_workflows_are_not_found(rest: Rest) -> None:
    assert rest("POST", "/workflows/accounts-receivable/invoice/forget", {}).status_code == 404
    assert rest("GET", SUBMIT).status_code in (404, 405)


def test_a_bill_is_approved_declined_or_recalled(rest: Rest, policy: Policy) -> None:
    policy(bill_approvals="1")
    states = {}
    for number, action in enumerate(("approve", "decline", "recall")):
        body = {
            "vendor": {"id": "V-100"},
            "billNumber": f"W-{number}",
            "createdDate": "2026-03-02",
            "dueDate": "2026-04-01",
            "state": "posted",
            "lines": [{"txnAmount": "50.00", "glAccount": {"id": "6700"}}],
        }
        key = _key(rest("POST", BILL, body))
        assert rest("GET", f"{BILL}/{key}").json()["ia::result"]["state"] == "submitted"
        reply = rest("POST", f"/workflows/accounts-payable/bill/{action}", {"key": key})
        assert reply.status_code == 200, reply.text
        states[action] = reply.json()["ia::result"]["state"]
    assert states == {"approve": "posted", "decline": "declined", "recall": "draft"}


def test_a_bill_is_reversed_by_the_other_name_of_the_date(rest: Rest) -> None:
    body = {
        "vendor": {"id": "V-100"},
        "billNumber": "W-9",
        "createdDate": "2026-03-02",
        "dueDate": "2026-04-01",
        "state": "posted",
        "lines": [{"txnAmount": "50.00", "glAccount": {"id": "6700"}}],
    }
    key = _key(rest("POST", BILL, body))
    path = "/workflows/accounts-payable/bill/reverse"
    assert rest("POST", path, {"key": key, "reversedDate": "2026-03-31"}).status_code == 400
    reply = rest("POST", path, {"key": key, "reverseDate": "2026-03-31"})
    assert reply.json()["ia::result"]["state"] == "reversed"


def test_a_payment_settles_an_invoice_and_its_reversal_opens_it_again(
    rest: Rest, invoice: Invoice
) -> None:
    key = _key(rest("POST", INVOICE, invoice()))
    body = {
        "customer": {"id": "C-00001"},
        "financialEntity": {"entityId": "BA-1"},
        "paymentMethod": "eft",
        "paymentSummary": {"receiptDate": "2026-03-05"},
        "txnCurrency": {"currency": "USD"},
        "paymentDetails": [
            {"arInvoice": {"key": key}, "txnCurrency": {"paymentAmount": "1299.50"}}
        ],
    }
    bank = rest("GET", "/objects/cash-management/checking-account").json()["ia::result"][0]
    body["financialEntity"] = {"entityId": bank["id"]}
    payment = _key(rest("POST", "/objects/accounts-receivable/payment", body))
    assert rest("GET", f"{INVOICE}/{key}").json()["ia::result"]["state"] == "paid"
    found = rest("GET", f"/objects/accounts-receivable/payment/{payment}").json()["ia::result"]
    assert found["state"] == "complete"
    assert found["paymentDetails"][0]["arInvoice"]["key"] == key
    path = "/workflows/accounts-receivable/payment/reverse"
    reply = rest("POST", path, {"key": payment, "reversedDate": "2026-03-31"})
    assert reply.status_code == 200, reply.text
    assert rest("GET", f"{INVOICE}/{key}").json()["ia::result"]["state"] == "posted"


def test_a_payment_of_a_bill_waits_for_its_approval_and_pays_when_confirmed(
    rest: Rest, policy: Policy
) -> None:
    policy(bill_payments="submitted")
    payments = "/objects/accounts-payable/payment"
    bill: dict[str, Any] = {
        "vendor": {"id": "V-100"},
        "billNumber": "W-P",
        "createdDate": "2026-03-02",
        "dueDate": "2026-04-01",
        "state": "posted",
        "lines": [{"txnAmount": "50.00", "glAccount": {"id": "6700"}}],
    }
    key = _key(rest("POST", BILL, bill))
    bank = rest("GET", "/objects/cash-management/checking-account").json()["ia::result"][0]
    body = {
        "vendor": {"id": "V-100"},
        "financialEntity": {"entityId": bank["id"]},
        "paymentMethod": "printedCheck",
        "paymentDate": "2026-03-05",
        "txnCurrency": {"currency": "USD"},
        "details": [{"bill": {"key": key}, "txnCurrency": {"paymentAmount": "50.00"}}],
    }
    payment = _key(rest("POST", payments, body))
    states = [rest("GET", f"{payments}/{payment}").json()["ia::result"]["state"]]
    for action in ("approve", "confirm"):
        reply = rest("POST", f"/workflows/accounts-payable/payment/{action}", {"key": payment})
        assert reply.status_code == 200, reply.text
        states.append(reply.json()["ia::result"]["state"])
    assert states == ["submitted", "approved", "posted"]
    assert rest("GET", f"{BILL}/{key}").json()["ia::result"]["state"] == "paid"
    undo = {"key": payment, "paymentDate": "2026-03-31", "description": "Mistake"}
    assert rest("POST", "/workflows/accounts-payable/payment/reverse", undo).status_code == 200
    assert rest("GET", f"{BILL}/{key}").json()["ia::result"]["state"] == "posted"


def test_allowed_operations_follow_the_state(rest: Rest, invoice: Invoice) -> None:
    key = _key(rest("POST", INVOICE, invoice()))
    body = {"object": "accounts-receivable/invoice", "keys": [key, "999999"]}
    path = "/services/core/allowed-operations/list"
    rows = rest("POST", path, body).json()["ia::result"]
    assert rows[0]["operations"] == ["canView", "canEdit", "canDelete"]
    assert rows[1]["operations"] == []
    rest("POST", REVERSE, {"key": key, "reversedDate": "2026-03-31"})
    rows = rest("POST", path, body).json()["ia::result"]
    assert rows[0] == {"key": key, "operations": ["canView"], "additionalData": {}}
    assert rest("POST", path, {"object": "accounts-receivable/invoice"}).status_code == 400

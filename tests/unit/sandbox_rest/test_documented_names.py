"""Fields that Sage's documents name, sent and read as a client would that nobody here wrote."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

Rest = Callable[..., httpx.Response]
Xml = Callable[[str], str]
PAYMENT = "/objects/accounts-payable/payment"
BILL = "/objects/accounts-payable/bill"


def _made(reply: httpx.Response) -> str:
    assert reply.status_code == 201, reply.text
    key: str = reply.json()["ia::result"]["key"]
    return key


def _read(rest: Rest, path: str, key: str) -> dict[str, Any]:
    found: dict[str, Any] = rest("GET", f"{path}/{key}").json()["ia::result"]
    return found


def _bill(rest: Rest, **line: Any) -> str:
    body = {
        "vendor": {"id": "V-100"},
        "createdDate": "2026-03-02",
        "dueDate": "2026-04-01",
        "state": "posted",
        "lines": [{"txnAmount": "10.00", "glAccount": {"id": "6700"}, **line}],
    }
    return _made(rest("POST", BILL, body))


def test_an_advance_holds_its_bank_and_currency_in_its_payment_information(rest: Rest) -> None:
    path = "/objects/accounts-receivable/advance"
    body = {
        "customer": {"id": "C-00001"},
        "paymentInformation": {
            "paymentDate": "2026-03-02",
            "receiptDate": "2026-03-02",
            "paymentMethod": "printedCheck",
            "financialEntity": {"id": "CHK-100"},
            "currency": {"baseCurrency": "USD", "txnCurrency": "EUR", "exchangeRate": 1.2},
        },
        "items": [{"glAccount": {"id": "2200"}, "txnAmount": "500"}],
    }
    key = _made(rest("POST", path, body))
    found = _read(rest, path, key)
    told = found["paymentInformation"]
    assert told["financialEntity"]["id"] == "CHK-100"
    assert (told["currency"]["txnCurrency"], told["currency"]["exchangeRate"]) == ("EUR", 1.2)
    assert (found["totalEntered"], found["txnTotalEntered"]) == ("600.00", "500.00")
    assert (told["totalDue"], told["totalTxnAmountDue"]) == ("600.00", "500.00")
    assert (told["totalPaid"], told["txnTotalPaid"]) == ("0.00", "0.00")
    assert found["items"][0]["arAdvance"]["key"] == key


def test_a_payment_to_a_vendor_tells_its_day_and_its_way(rest: Rest) -> None:
    bill = _bill(rest)
    body = {
        "financialEntity": {"entityId": "CHK-100"},
        "vendor": {"id": "V-100"},
        "paymentMethod": "eft",
        "paymentDate": "2026-03-03",
        "paymentRequestMethod": "generateOneRequestPerBill",
        "txnCurrency": {"currency": "USD"},
        "details": [{"bill": {"key": bill}, "txnCurrency": {"paymentAmount": "10.00"}}],
    }
    key = _made(rest("POST", PAYMENT, body))
    found = _read(rest, PAYMENT, key)
    assert (found["txnDate"], found["txnPaidDate"]) == ("2026-03-03", "2026-03-03")
    assert found["paymentRequestMethod"] == "generateOneRequestPerBill"
    assert (found["baseCurrency"]["totalPaid"], found["txnCurrency"]["totalSelected"]) == (
        "10.00",
        "0.00",
    )
    filters = [{"$eq": {"txnDate": "2026-03-03"}}]
    query = {"object": "accounts-payable/payment", "fields": ["key", "txnDate"], "filters": filters}
    rows = rest("POST", "/services/core/query", query).json()["ia::result"]
    assert rows == [{"key": key, "txnDate": "2026-03-03"}]


def test_a_detail_applies_a_credit_by_its_documented_key(rest: Rest) -> None:
    credit = {
        "vendor": {"id": "V-100"},
        "createdDate": "2026-03-02",
        "state": "posted",
        "lines": [{"glAccount": {"id": "6700"}, "txnAmount": "-4.00"}],
    }
    memo = _made(rest("POST", "/objects/accounts-payable/adjustment", credit))
    bill = _bill(rest)
    detail = {
        "bill": {"key": bill},
        "apCreditAdjustment": {"key": memo},
        "txnCurrency": {"paymentAmount": "6.00", "adjustmentAmount": "4.00"},
    }
    body = {
        "financialEntity": {"entityId": "CHK-100"},
        "vendor": {"id": "V-100"},
        "paymentMethod": "eft",
        "paymentDate": "2026-03-03",
        "txnCurrency": {"currency": "USD"},
        "details": [detail],
    }
    key = _made(rest("POST", PAYMENT, body))
    assert _read(rest, BILL, bill)["state"] == "paid"
    (told,) = _read(rest, PAYMENT, key)["details"]
    assert told["apCreditAdjustment"]["key"] == memo
    assert told["apDebitAdjustment"] == {"key": None, "id": None, "name": None}


def test_a_payment_of_a_customer_settles_a_debit_memo(rest: Rest) -> None:
    debit = {
        "customer": {"id": "C-00001"},
        "createdDate": "2026-03-02",
        "state": "posted",
        "lines": [{"glAccount": {"id": "4000"}, "txnCurrency": {"amount": "9.00"}}],
    }
    memo = _made(rest("POST", "/objects/accounts-receivable/adjustment", debit))
    body = {
        "customer": {"id": "C-00001"},
        "financialEntity": {"entityId": "CHK-100"},
        "paymentMethod": "cash",
        "paymentSummary": {"receiptDate": "2026-03-03"},
        "txnCurrency": {"currency": "USD"},
        "paymentDetails": [
            {"positiveAdjustment": {"key": memo}, "txnCurrency": {"paymentAmount": "9.00"}}
        ],
    }
    key = _made(rest("POST", "/objects/accounts-receivable/payment", body))
    (told,) = _read(rest, "/objects/accounts-receivable/payment", key)["paymentDetails"]
    assert told["positiveAdjustment"]["key"] == memo
    assert _read(rest, "/objects/accounts-receivable/adjustment", memo)["state"] == "paid"


def test_a_vendor_keeps_how_it_is_paid(rest: Rest, xml: Xml) -> None:
    ach = {
        "enablePayments": True,
        "routingNumber": "123456789",
        "accountNumber": "987654321",
        "accountType": "checkingAccount",
        "remittanceType": "businessCTX",
    }
    body = {
        "id": "V-ACH",
        "name": "Bank Client",
        "ach": ach,
        "preferredPaymentMethod": "printedCheck",
        "displayTermDiscountOnCheckStub": False,
        "contacts": {
            "default": {
                "printAs": "Bank Client",
                "hideContactList": True,
                "tax": {"isTaxable": True, "group": {"id": "Domestic"}},
            }
        },
    }
    key = _made(rest("POST", "/objects/accounts-payable/vendor", body))
    found = _read(rest, "/objects/accounts-payable/vendor", key)
    assert found["ach"] == ach
    assert (found["preferredPaymentMethod"], found["state"]) == ("printedCheck", "approved")
    assert found["contacts"]["default"]["tax"] == body["contacts"]["default"]["tax"]  # type: ignore[index] # of a literal
    text = xml(f"<read><object>VENDOR</object><keys>{key}</keys></read>")
    assert "<ACHACCOUNTTYPE>Checking Account</ACHACCOUNTTYPE>" in text
    assert "<ACHREMITTANCETYPE>CTX</ACHREMITTANCETYPE>" in text


def test_an_invoice_and_its_customer_name_a_message(rest: Rest, invoice: Any) -> None:
    made = rest(
        "POST", "/objects/accounts-receivable/invoice", invoice(customerMessage={"id": "Late"})
    )
    found = _read(rest, "/objects/accounts-receivable/invoice", _made(made))
    assert found["customerMessage"]["id"] == "Late"
    message = _read(rest, "/objects/accounts-receivable/customer-message", "2")
    assert (message["id"], found["customerMessage"]["key"]) == ("Late", message["key"])
    (first,) = rest(
        "POST",
        "/services/core/query",
        {
            "object": "accounts-receivable/customer",
            "fields": ["key"],
            "filters": [{"$eq": {"id": "C-00001"}}],
        },
    ).json()["ia::result"]
    path = f"/objects/accounts-receivable/customer/{first['key']}"
    assert rest("PATCH", path, {"customerMessage": {"key": "1"}}).status_code == 200
    changed = rest("GET", path).json()["ia::result"]
    assert changed["customerMessage"]["id"] == "Thanks"


def test_a_line_names_every_dimension(rest: Rest) -> None:
    dimensions = {
        "project": {"id": "P-100"},
        "task": {"id": "T-1"},
        "costType": {"id": "LABOR"},
        "contract": {"id": "CT-1"},
        "warehouse": {"key": "1"},
    }
    found = _read(rest, BILL, _bill(rest, dimensions=dimensions))
    told = found["lines"][0]["dimensions"]
    assert (told["task"]["id"], told["costType"]["id"]) == ("T-1", "LABOR")
    assert (told["contract"]["id"], told["contract"]["name"]) == ("CT-1", "Yearly support")
    assert (told["warehouse"]["key"], told["warehouse"]["id"]) == ("1", "W1")
    refused = rest(
        "POST",
        BILL,
        {
            "vendor": {"id": "V-100"},
            "createdDate": "2026-03-02",
            "dueDate": "2026-04-01",
            "lines": [
                {
                    "txnAmount": "1",
                    "glAccount": {"id": "6700"},
                    "dimensions": {"warehouse": {"id": "W9"}},
                }
            ],
        },
    )
    assert refused.status_code == 422
    assert "Warehouse 'W9' specified is not valid." in refused.text


def test_a_project_has_a_type_a_status_and_a_manager_with_addresses(rest: Rest) -> None:
    body = {
        "id": "P-REST",
        "name": "Bridge",
        "category": "contract",
        "projectType": {"id": "Fixed price"},
        "projectStatus": {"key": "1"},
        "manager": {"id": "EMP-2"},
        "location": {"id": "100"},
        "projectCurrency": "USD",
    }
    found = _read(
        rest, "/objects/projects/project", _made(rest("POST", "/objects/projects/project", body))
    )
    assert found["projectStatus"]["id"] == "In progress"
    assert (
        found["projectType"]["href"]
        == f"/objects/projects/project-type/{found['projectType']['key']}"
    )
    assert (found["manager"]["id"], found["location"]["id"]) == ("EMP-2", "100")


@pytest.mark.parametrize(
    "path",
    [
        "projects/project-type",
        "projects/project-status",
        "construction/cost-type",
        "contracts/contract",
        "inventory-control/warehouse",
        "accounts-receivable/customer-message",
        "tax/contact-tax-group",
    ],
)
def test_the_objects_behind_these_names_can_be_listed(rest: Rest, path: str) -> None:
    listed = rest("GET", f"/objects/{path}").json()["ia::result"]
    assert listed
    assert _read(rest, f"/objects/{path}", listed[0]["key"])["id"] == listed[0]["id"]

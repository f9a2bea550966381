"""Adjustments, advances, files of attachments and custom fields in REST."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

Rest = Callable[..., httpx.Response]
RECEIVABLE = "/objects/accounts-receivable/adjustment"
PAYABLE = "/objects/accounts-payable/adjustment"
ADVANCE = "/objects/accounts-payable/advance"
ATTACHMENT = "/objects/company-config/attachment"


def _made(answer: httpx.Response) -> str:
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ia::result"]["key"])


def _read(rest: Rest, path: str, key: str) -> dict[str, Any]:
    found: dict[str, Any] = rest("GET", f"{path}/{key}").json()["ia::result"]
    return found


def _credit(state: str = "posted") -> dict[str, Any]:
    line = {
        "txnCurrency": {"amount": "-25.00", "currency": "USD"},
        "glAccount": {"id": "4000"},
        "dimensions": {"location": {"id": "100"}},
    }
    return {
        "customer": {"id": "C-00001"},
        "createdDate": "2026-02-01",
        "adjustmentNumber": "CM-R",
        "state": state,
        "txnCurrency": {"currency": "USD"},
        "lines": [line],
    }


def test_an_adjustment_of_a_customer_is_the_one_of_xml(rest: Rest, client: httpx.Client) -> None:
    key = _made(rest("POST", RECEIVABLE, _credit()))
    found = _read(rest, RECEIVABLE, key)
    assert (found["state"], found["adjustmentNumber"]) == ("posted", "CM-R")
    assert found["txnCurrency"]["totalAmount"] == "-25.00"
    assert found["lines"][0]["txnCurrency"] == {"amount": "-25.00", "currency": "USD"}
    records = client.get("/_sandbox/records/ARADJUSTMENT").json()
    assert key in {one["RECORDNO"] for one in records}


def test_a_draft_adjustment_is_changed_submitted_and_reversed(rest: Rest) -> None:
    key = _made(rest("POST", RECEIVABLE, _credit("draft")))
    changed = rest("PATCH", f"{RECEIVABLE}/{key}", {"description": "Goodwill"})
    assert changed.status_code == 200, changed.text
    submitted = rest("POST", "/workflows/accounts-receivable/adjustment/submit", {"key": key})
    assert submitted.json()["ia::result"]["state"] == "posted"
    found = _read(rest, RECEIVABLE, key)
    assert (found["description"], len(found["lines"])) == ("Goodwill", 1)
    body = {"key": key, "reversedDate": "2026-02-10"}
    reversal = rest("POST", "/workflows/accounts-receivable/adjustment/reverse", body)
    assert reversal.json()["ia::result"]["state"] == "reversed"


def _debit() -> dict[str, Any]:
    line = {
        "txnAmount": "30.00",
        "glAccount": {"id": "6700"},
        "dimensions": {"location": {"id": "100"}},
    }
    return {"vendor": {"id": "V-100"}, "createdDate": "2026-02-01", "lines": [line]}


def test_an_adjustment_of_a_vendor_is_reversed_under_its_own_name_of_the_date(rest: Rest) -> None:
    body = _debit() | {"currency": {"txnCurrency": "USD"}}
    key = _made(rest("POST", PAYABLE, body))
    path = "/workflows/accounts-payable/adjustment/reverse"
    assert rest("POST", path, {"key": key, "reversedDate": "2026-02-10"}).status_code == 400
    reversal = rest("POST", path, {"key": key, "reverseDate": "2026-02-10"})
    assert reversal.json()["ia::result"]["state"] == "reversed"


def _advance(amount: str = "50.00") -> dict[str, Any]:
    line = {"txnAmount": amount, "glAccount": {"id": "1300"}}
    return {
        "vendor": {"id": "V-200"},
        "advanceDate": "2026-02-01",
        "paymentMethod": "eft",
        "financialEntity": {"entityId": "CHK-100"},
        "lines": [line],
    }


def test_an_advance_to_a_vendor_pays_a_part_of_a_bill(rest: Rest) -> None:
    advance = _made(rest("POST", ADVANCE, _advance()))
    bill = {
        "vendor": {"id": "V-200"},
        "createdDate": "2026-02-01",
        "dueDate": "2026-03-01",
        "state": "posted",
        "lines": [{"txnAmount": "80.00", "glAccount": {"id": "6700"}}],
    }
    key = _made(rest("POST", "/objects/accounts-payable/bill", bill))
    detail = {
        "bill": {"key": key},
        "apPostedAdvance": {"key": advance},
        "txnCurrency": {"paymentAmount": "0", "postedAdvanceAmount": "20.00"},
    }
    payment = {
        "vendor": {"id": "V-200"},
        "paymentMethod": "eft",
        "paymentDate": "2026-02-02",
        "financialEntity": {"entityId": "CHK-100"},
        "txnCurrency": {"currency": "USD"},
        "details": [detail],
    }
    _made(rest("POST", "/objects/accounts-payable/payment", payment))
    assert _read(rest, ADVANCE, advance)["state"] == "partiallyApplied"
    assert _read(rest, "/objects/accounts-payable/bill", key)["totalTxnAmountDue"] == "60.00"


def test_advances_are_reversed(rest: Rest) -> None:
    key = _made(rest("POST", ADVANCE, _advance()))
    body = {"key": key, "reversedDate": "2026-02-10"}
    made = rest("POST", "/workflows/accounts-payable/advance/reverse", body)
    assert made.json()["ia::result"]["state"] == "reversed"
    other = rest("GET", "/objects/accounts-receivable/advance").json()["ia::result"][0]["key"]
    body = {"key": other, "reversedDate": "2026-02-20"}
    made = rest("POST", "/workflows/accounts-receivable/advance/reverse", body)
    assert made.json()["ia::result"]["state"] == "reversed"


def test_an_attachment_brings_its_files_and_gets_more(rest: Rest) -> None:
    body = {
        "id": "A-R",
        "name": "Receipts",
        "folder": {"id": "Bills"},
        "files": [{"name": "taxi.v2.pdf", "data": "dGF4aQ=="}],
    }
    key = _made(rest("POST", ATTACHMENT, body))
    (file,) = _read(rest, ATTACHMENT, key)["files"]
    assert (file["name"], file["data"]) == ("taxi.v2.pdf", "dGF4aQ==")
    added = {"files": [{"name": "hotel.txt", "data": "aG90ZWw="}]}
    assert rest("PATCH", f"{ATTACHMENT}/{key}", added).status_code == 200
    files = _read(rest, ATTACHMENT, key)["files"]
    assert [one["name"] for one in files] == ["taxi.v2.pdf", "hotel.txt"]
    assert files[0]["key"] == file["key"]
    assert rest("DELETE", f"{ATTACHMENT}/{key}").status_code == 204


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ({"name": "x.pdf", "data": "%"}, "is not base64"),
        ({"name": "nothing", "data": "eA=="}, "needs a name and a type"),
    ],
)
def test_a_wrong_file_is_refused(rest: Rest, file: dict[str, str], sentence: str) -> None:
    body = {"id": "A-R", "name": "Receipts", "folder": {"id": "Bills"}, "files": [file]}
    refused = rest("POST", ATTACHMENT, body)
    assert refused.status_code == 422
    assert sentence in refused.text


@pytest.mark.parametrize(
    "path", ["accounts-receivable/customer", "accounts-payable/bill-line", "projects/project"]
)
def test_the_model_lists_custom_fields(rest: Rest, path: str) -> None:
    model = rest("GET", f"/services/core/model?name={path}").json()["ia::result"]
    is_project = path == "projects/project"
    assert ("nsp::INTEGRATION_KEY" in model["fields"]) is not is_project


def test_every_object_has_a_model_and_a_list(rest: Rest) -> None:
    listed = rest("GET", "/services/core/model").json()["ia::result"]
    names = [one["apiObject"].removeprefix("objects/") for one in listed]
    assert {"company-config/file", "accounts-payable/advance", "projects/task"} <= set(names)
    for name in names:
        model = rest("GET", f"/services/core/model?name={name}").json()["ia::result"]
        assert model["apiObject"] == name
        assert rest("GET", f"/objects/{name}").status_code == 200, name


def test_days_overdue_stand_in_an_invoice(rest: Rest) -> None:
    """The clock of the tests stands at March 2; positive is overdue."""
    query = {
        "object": "accounts-receivable/invoice",
        "fields": ["dueDate", "state", "dueInDays"],
        "filters": [{"$eq": {"state": "posted"}}],
    }
    rows = rest("POST", "/services/core/query", query).json()["ia::result"]
    assert rows
    for row in rows:
        assert (row["dueInDays"] > 0) is (row["dueDate"] < "2026-03-02")


def test_a_line_with_a_label_stays_when_another_one_is_added(rest: Rest) -> None:
    line = {"txnAmount": "80.00", "accountLabel": {"id": "Office"}}
    bill = {
        "vendor": {"id": "V-200"},
        "createdDate": "2026-02-01",
        "dueDate": "2026-03-01",
        "lines": [line],
    }
    path = "/objects/accounts-payable/bill"
    key = _made(rest("POST", path, bill))
    added = {"lines": [{"txnAmount": "5.00", "glAccount": {"id": "6400"}}]}
    assert rest("PATCH", f"{path}/{key}", added).status_code == 200
    lines = _read(rest, path, key)["lines"]
    shown = [(one["glAccount"]["id"], one["accountLabel"]["id"]) for one in lines]
    assert shown == [("6700", "Office"), ("6400", None)]

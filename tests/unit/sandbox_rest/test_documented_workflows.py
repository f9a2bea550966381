"""Workflows that Sage's documents name: those that run here, and those refused in words."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

Rest = Callable[..., httpx.Response]
Xml = Callable[[str], str]
BILL = "/objects/accounts-payable/bill"


def _made(reply: httpx.Response) -> str:
    assert reply.status_code == 201, reply.text
    key: str = reply.json()["ia::result"]["key"]
    return key


def _read(rest: Rest, path: str, key: str) -> dict[str, Any]:
    found: dict[str, Any] = rest("GET", f"{path}/{key}").json()["ia::result"]
    return found


def test_an_invoice_is_made_a_pdf_and_downloaded(rest: Rest, xml: Xml, invoice: Any) -> None:
    key = _made(rest("POST", "/objects/accounts-receivable/invoice", invoice()))
    made = rest("POST", "/workflows/accounts-receivable/invoice/generate-pdf", {"key": key})
    assert made.status_code == 200, made.text
    told = made.json()["ia::result"]
    assert (told["key"], told["href"]) == (key, f"/objects/accounts-receivable/invoice/{key}")
    file = rest("GET", told["downloadURL"])
    assert file.headers["content-type"] == "application/pdf"
    assert file.content.startswith(b"%PDF-")
    assert b"(Invoice R-1)" in file.content
    assert b"1299.50" in file.content
    start = int(re.findall(rb"startxref\n(\d+)", file.content)[0])
    assert file.content[start:].startswith(b"xref\n0 6\n")
    text = xml(f"<retrievepdf><ARINVOICE><RECORDNO>{key}</RECORDNO></ARINVOICE></retrievepdf>")
    assert f'<data listtype="arinvoice" count="1"><arinvoice><recordno>{key}</recordno>' in text
    part = {"method": "GET", "path": told["downloadURL"]}
    both = rest("POST", "/services/core/composite", [part, part]).json()["ia::result"]
    assert [one["ia::status"] for one in both] == [400, 422]


def test_a_vendor_waits_for_its_approval(rest: Rest, policy: Callable[..., None]) -> None:
    policy(vendor_approvals="true")
    body = {"id": "V-NEW", "name": "Newcomer"}
    key = _made(rest("POST", "/objects/accounts-payable/vendor", body))
    assert _read(rest, "/objects/accounts-payable/vendor", key)["state"] == "submitted"
    bill = {
        "vendor": {"id": "V-NEW"},
        "createdDate": "2026-03-02",
        "dueDate": "2026-04-01",
        "state": "posted",
        "lines": [{"txnAmount": "10.00", "glAccount": {"id": "6700"}}],
    }
    assert "Vendor 'V-NEW' is not approved." in rest("POST", BILL, bill).text
    given = {"key": key, "notes": "Known for years"}
    told = rest("POST", "/workflows/accounts-payable/vendor/approve", given).json()["ia::result"]
    assert (told["id"], told["state"]) == ("V-NEW", "approved")
    _made(rest("POST", BILL, bill))
    again = rest("POST", "/workflows/accounts-payable/vendor/decline", given)
    assert again.status_code == 422
    assert "Only a submitted vendor can be declined, this one is Approved." in again.text


@pytest.mark.parametrize(
    "path",
    [
        "accounts-receivable/invoice/reclassify",
        "accounts-receivable/adjustment/reclassify",
        "accounts-payable/bill-line/release",
        "accounts-payable/payment/print",
    ],
)
def test_a_documented_workflow_that_is_not_offered_is_refused_in_words(
    rest: Rest, path: str
) -> None:
    refused = rest("POST", f"/workflows/{path}", {"key": "1"})
    assert refused.status_code == 422
    error = refused.json()["ia::result"]["ia::error"]
    assert error["code"] == "operationFailed"
    assert error["details"][0]["code"] == "SANDBOX-NOT-OFFERED"

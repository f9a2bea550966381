"""Both APIs show one company: what one writes the other reads, by the same rules."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

Rest = Callable[..., httpx.Response]
Xml = Callable[[str], str]
Ledger = Callable[[str], list[dict[str, Any]]]
Invoice = Callable[..., dict[str, Any]]
Policy = Callable[..., None]
INVOICE = "/objects/accounts-receivable/invoice"
LINE = "/objects/accounts-receivable/invoice-line"
BILL = "/objects/accounts-payable/bill"
ENTRY = "/objects/general-ledger/journal-entry"


def _created(reply: httpx.Response) -> str:
    assert reply.status_code == 201, reply.text
    key: str = reply.json()["ia::result"]["key"]
    return key


def _read(rest: Rest, path: str, key: str) -> dict[str, Any]:
    reply = rest("GET", f"{path}/{key}")
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()["ia::result"]
    return found


def _lines(rest: Rest, key: str) -> list[tuple[str, str, str]]:
    lines = _read(rest, INVOICE, key)["lines"]
    return [(line["key"], line["txnAmount"], line["memo"]) for line in lines]


def _details(reply: httpx.Response) -> list[dict[str, Any]]:
    details: list[dict[str, Any]] = reply.json()["ia::result"]["ia::error"]["details"]
    return details


def test_an_invoice_of_rest_is_read_by_xml_under_the_same_key(
    rest: Rest, xml: Xml, invoice: Invoice
) -> None:
    key = _created(rest("POST", INVOICE, invoice()))
    fields = "RECORDNO,RECORDID,CUSTOMERID,STATE,TOTALENTERED,WHENCREATED"
    text = xml(
        f"<read><object>ARINVOICE</object><keys>{key}</keys><fields>{fields}</fields></read>"
    )
    assert f"<RECORDNO>{key}</RECORDNO><RECORDID>R-1</RECORDID>" in text
    assert "<CUSTOMERID>C-00001</CUSTOMERID><STATE>Posted</STATE>" in text
    assert "<TOTALENTERED>1299.50</TOTALENTERED><WHENCREATED>2026-03-02</WHENCREATED>" in text


def test_an_invoice_of_xml_is_read_by_rest_under_the_same_key(rest: Rest, xml: Xml) -> None:
    text = xml(
        "<create_invoice><customerid>C-00002</customerid>"
        "<datecreated><year>2026</year><month>2</month><day>1</day></datecreated>"
        "<termname>Net 30</termname><invoiceno>X-1</invoiceno><invoiceitems><lineitem>"
        "<glaccountno>4000</glaccountno><amount>10.00</amount></lineitem></invoiceitems>"
        "</create_invoice>"
    )
    key = re.findall("<key>(.*?)</key>", text)[0]
    found = _read(rest, INVOICE, key)
    assert (found["key"], found["id"], found["invoiceNumber"]) == (key, key, "X-1")
    assert (found["invoiceDate"], found["dueDate"]) == ("2026-02-01", "2026-03-03")
    assert (found["state"], found["totalTxnAmountDue"]) == ("posted", "10.00")
    assert found["customer"]["id"] == "C-00002"
    assert found["lines"][0]["glAccount"]["id"] == "4000"


def test_one_ledger_tells_both_and_names_the_idempotency_key(
    rest: Rest, invoice: Invoice, ledger: Ledger
) -> None:
    headers = {"Idempotency-Key": "k-1"}
    key = _created(rest("POST", INVOICE, invoice(), headers=headers))
    rows = ledger("ARINVOICE")
    assert [(row["operation"], row["key"], row["id"]) for row in rows] == [("create", key, "R-1")]
    assert (rows[0]["function"], rows[0]["control_id"]) == (f"POST {INVOICE}", "k-1")


def test_posting_is_the_default_and_a_draft_is_asked_for(rest: Rest, invoice: Invoice) -> None:
    posted = _created(rest("POST", INVOICE, invoice()))
    draft = _created(rest("POST", INVOICE, invoice(invoiceNumber="R-2", state="draft")))
    assert _read(rest, INVOICE, posted)["state"] == "posted"
    assert _read(rest, INVOICE, draft)["state"] == "draft"


def test_the_state_cannot_be_patched_or_made_up(rest: Rest, invoice: Invoice) -> None:
    key = _created(rest("POST", INVOICE, invoice(state="draft")))
    refused = rest("PATCH", f"{INVOICE}/{key}", {"state": "posted"})
    assert (refused.status_code, _details(refused)[0]["target"]) == (400, "/state")
    refused = rest("POST", INVOICE, invoice(invoiceNumber="R-2", state="paid"))
    assert (refused.status_code, _details(refused)[0]["target"]) == (400, "/state")


def test_what_a_post_of_an_invoice_must_have_is_named(rest: Rest) -> None:
    refused = rest("POST", INVOICE, {"lines": [{"memo": "x"}]})
    targets = {detail["target"] for detail in _details(refused)}
    assert targets == {"/customer", "/invoiceDate", "/dueDate", "/lines/0/txnAmount"}


def test_rules_of_the_company_are_told_with_their_xml_numbers(rest: Rest, invoice: Invoice) -> None:
    _created(rest("POST", INVOICE, invoice()))
    repeated = rest("POST", INVOICE, invoice())
    assert (repeated.status_code, _details(repeated)[0]["code"]) == (422, "BL03002185")
    assert _details(repeated)[0]["target"] == "/invoiceNumber"
    closed = rest("POST", INVOICE, invoice(invoiceNumber="R-2", invoiceDate="2024-06-01"))
    assert closed.status_code == 422
    assert "closed" in _details(closed)[0]["message"]
    line = {"txnAmount": "1.00", "glAccount": {"id": "4090"}}
    inactive = rest("POST", INVOICE, invoice(invoiceNumber="R-2", lines=[line]))
    assert _details(inactive)[0]["target"] == "/lines/glAccount"


def test_amounts_stay_exact_as_text_and_as_numbers(rest: Rest, invoice: Invoice) -> None:
    content = (
        b'{"customer":{"id":"C-00001"},"invoiceDate":"2026-03-02","dueDate":"2026-04-01","lines":['
        b'{"txnAmount":1234567890.15,"glAccount":{"id":"4000"}},'
        b'{"txnAmount":"0.07","glAccount":{"id":"4000"}}]}'
    )
    key = _created(rest("POST", INVOICE, content=content))
    assert _read(rest, INVOICE, key)["totalTxnAmount"] == "1234567890.22"


def test_a_patch_adds_changes_and_deletes_lines_by_key_and_leaves_the_others(
    rest: Rest, invoice: Invoice
) -> None:
    key = _created(rest("POST", INVOICE, invoice()))
    first, second = (line[0] for line in _lines(rest, key))
    added = {"txnAmount": "1.00", "glAccount": {"id": "4000"}, "memo": "Third"}
    assert rest("PATCH", f"{INVOICE}/{key}", {"lines": [added]}).status_code == 200
    third = _lines(rest, key)[2][0]
    assert third not in (first, second)
    change = [{"key": first, "ia::operation": "delete"}, {"key": third, "memo": "Changed"}]
    assert rest("PATCH", f"{INVOICE}/{key}", {"lines": change}).status_code == 200
    assert _lines(rest, key) == [(second, "99.50", "Travel"), (third, "1.00", "Changed")]
    assert _read(rest, INVOICE, key)["totalTxnAmount"] == "100.50"
    assert rest("GET", f"{LINE}/{first}").status_code == 404


def test_a_deleted_lines_key_is_never_given_again(rest: Rest, invoice: Invoice) -> None:
    key = _created(rest("POST", INVOICE, invoice()))
    first, second = (line[0] for line in _lines(rest, key))
    added = {"txnAmount": "1.00", "glAccount": {"id": "4000"}, "memo": "New"}
    change = [{"key": first, "ia::operation": "delete"}, added]
    rest("PATCH", f"{INVOICE}/{key}", {"lines": change})
    kept, new = _lines(rest, key)
    assert kept[0] == second
    assert new[0] not in (first, second)


def test_a_line_keeps_its_dimensions_when_another_changes(rest: Rest, invoice: Invoice) -> None:
    key = _created(rest("POST", INVOICE, invoice()))
    second = _lines(rest, key)[1][0]
    rest("PATCH", f"{INVOICE}/{key}", {"lines": [{"key": second, "txnAmount": "5.00"}]})
    found = _read(rest, INVOICE, key)["lines"]
    assert found[0]["dimensions"]["department"]["id"] == "10"
    assert found[1]["glAccount"]["id"] == "4010"


def test_lines_of_others_and_the_last_line_are_refused(rest: Rest, invoice: Invoice) -> None:
    one = _created(rest("POST", INVOICE, invoice()))
    two = _created(rest("POST", INVOICE, invoice(invoiceNumber="R-2")))
    foreign = [{"key": _lines(rest, two)[0][0], "memo": "mine"}]
    assert rest("PATCH", f"{INVOICE}/{one}", {"lines": foreign}).status_code == 404
    gone = [{"key": line[0], "ia::operation": "delete"} for line in _lines(rest, one)]
    assert rest("PATCH", f"{INVOICE}/{one}", {"lines": gone}).status_code == 422
    assert len(_lines(rest, one)) == 2


def test_a_line_has_an_address_of_its_own(rest: Rest, invoice: Invoice) -> None:
    key = _created(rest("POST", INVOICE, invoice()))
    first, second = (line[0] for line in _lines(rest, key))
    assert rest("PATCH", f"{LINE}/{first}", {"memo": "Alone"}).status_code == 200
    assert rest("DELETE", f"{LINE}/{second}").status_code == 204
    body = {"invoice": {"key": key}, "txnAmount": "2.00", "glAccount": {"id": "4000"}}
    made = _created(rest("POST", LINE, body))
    assert [line[0] for line in _lines(rest, key)] == [first, made]
    found = _read(rest, LINE, first)
    assert found["memo"] == "Alone"
    assert found["invoice"] == {"key": key, "id": key, "href": f"{INVOICE}/{key}"}


def test_a_deleted_invoice_is_gone_for_both(rest: Rest, xml: Xml, invoice: Invoice) -> None:
    key = _created(rest("POST", INVOICE, invoice()))
    assert rest("DELETE", f"{INVOICE}/{key}").status_code == 204
    text = xml(f"<read><object>ARINVOICE</object><keys>{key}</keys><fields>*</fields></read>")
    assert 'count="0"' in text


def test_an_xml_session_of_a_token_opens_the_other_api(rest: Rest, client: httpx.Client) -> None:
    found = rest("GET", "/services/core/session/id", entity="200").json()["ia::result"]
    assert found["expiresIn"] == 8 * 3600
    body = (
        '<?xml version="1.0"?><request><control><senderid>sandbox-sender</senderid>'
        "<password>sandbox-sender-password</password><controlid>r</controlid>"
        "<uniqueid>false</uniqueid><dtdversion>3.0</dtdversion></control><operation>"
        f"<authentication><sessionid>{found['sessionId']}</sessionid></authentication><content>"
        '<function controlid="f"><getAPISession/></function></content></operation></request>'
    )
    text = client.post("/ia/xml/xmlgw.phtml", content=body.encode()).text
    assert "<locationid>200</locationid>" in text


def _bill(**changes: Any) -> dict[str, Any]:
    line = {"txnAmount": "50.00", "glAccount": {"id": "6700"}, "memo": "Paper"}
    usual: dict[str, Any] = {
        "vendor": {"id": "V-100"},
        "billNumber": "B-R1",
        "createdDate": "2026-03-02",
        "dueDate": "2026-04-01",
        "lines": [line],
    }
    return usual | changes


@pytest.mark.parametrize("state", ["draft", "posted"])
def test_the_default_state_of_a_bill_is_a_policy(rest: Rest, policy: Policy, state: str) -> None:
    policy(rest_bill_default_state=state)
    key = _created(rest("POST", BILL, _bill()))
    found = _read(rest, BILL, key)
    assert (found["state"], found["createdDate"]) == (state, "2026-03-02")
    assert found["vendor"]["id"] == "V-100"
    assert found["lines"][0]["hasForm1099"] == "false"


def test_an_advance_calls_its_lines_items(rest: Rest) -> None:
    bank = rest("GET", "/objects/cash-management/checking-account").json()["ia::result"][0]
    body = {
        "customer": {"id": "C-00001"},
        "paymentInformation": {
            "financialEntity": {"id": bank["id"]},
            "paymentDate": "2026-03-02",
            "receiptDate": "2026-03-02",
            "paymentMethod": "cash",
        },
        "items": [{"txnAmount": "30.00", "glAccount": {"id": "4000"}}],
    }
    key = _created(rest("POST", "/objects/accounts-receivable/advance", body))
    found = _read(rest, "/objects/accounts-receivable/advance", key)
    assert found["paymentInformation"]["paymentMethod"] == "cash"
    assert [line["txnAmount"] for line in found["items"]] == ["30.00"]


def test_a_user_defined_dimension_is_written_by_id_and_kept_by_number(
    rest: Rest, xml: Xml, invoice: Invoice
) -> None:
    region = rest("GET", "/objects/platform-apps/nsp::region").json()["ia::result"][0]
    line = {
        "txnAmount": "1.00",
        "glAccount": {"id": "4000"},
        "dimensions": {"nsp::region": {"id": region["id"]}},
    }
    key = _created(rest("POST", INVOICE, invoice(lines=[line])))
    found = _read(rest, INVOICE, key)["lines"][0]["dimensions"]["nsp::region"]
    assert (found["key"], found["id"]) == (region["key"], region["id"])
    text = xml(f"<read><object>ARINVOICE</object><keys>{key}</keys><fields>*</fields></read>")
    assert f"<GLDIMREGION>{region['key']}</GLDIMREGION>" in text


def test_a_journal_entry_must_balance_and_keeps_its_lines_on_a_patch(rest: Rest) -> None:
    def line(side: str, amount: str, account: str) -> dict[str, Any]:
        return {"txnType": side, "txnAmount": amount, "glAccount": {"id": account}}

    body = {
        "glJournal": {"id": "GJ"},
        "postingDate": "2026-03-02",
        "description": "Accrual",
        "lines": [line("debit", "70.00", "6700"), line("credit", "70.00", "2000")],
    }
    key = _created(rest("POST", ENTRY, body))
    found = _read(rest, ENTRY, key)
    assert [(one["txnType"], one["txnAmount"]) for one in found["lines"]] == [
        ("debit", "70.00"),
        ("credit", "70.00"),
    ]
    assert (found["state"], found["glJournal"]["id"]) == ("posted", "GJ")
    assert rest("PATCH", f"{ENTRY}/{key}", {"description": "Accrual 2"}).status_code == 200
    again = _read(rest, ENTRY, key)
    assert [one["key"] for one in again["lines"]] == [one["key"] for one in found["lines"]]
    body["lines"] = [line("debit", "70.00", "6700"), line("credit", "69.00", "2000")]
    refused = rest("POST", ENTRY, body)
    assert refused.status_code == 422
    assert "difference 1.00" in _details(refused)[0]["message"]

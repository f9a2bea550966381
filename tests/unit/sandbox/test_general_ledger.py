"""What invoices, bills, credits and payments post to the general ledger."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig

Result = Callable[..., str]
Row = dict[str, str]
DAY = "<year>2026</year><month>03</month><day>{}</day>"
LINE = (
    "<lineitem><glaccountno>4000</glaccountno><amount>{}</amount><memo>Tea</memo>"
    "<locationid>100</locationid><departmentid>10</departmentid></lineitem>"
)


@pytest.fixture
def rows(result: Result) -> Callable[..., list[Row]]:
    """Return a function that lists rows of an object by a filter of readByQuery."""

    def read(name: str, query: str = "") -> list[Row]:
        answer = result(
            f"<readByQuery><object>{name}</object><fields>*</fields><query>{query}</query>"
            "<pagesize>1000</pagesize></readByQuery>"
        )
        assert "<status>success</status>" in answer, answer
        found = re.findall(f"<{name.lower()}>(.*?)</{name.lower()}>", answer, re.DOTALL)
        return [dict(re.findall(r"<([\w.]+)>([^<]*)</", row)) for row in found]

    return read


def _invoice(result: Result, *amounts: str, more: str = "", number: str = "GL-1") -> str:
    lines = "".join(LINE.format(amount) for amount in amounts)
    made = result(
        f"<create_invoice><customerid>C-00001</customerid><datecreated>{DAY.format('02')}"
        f"</datecreated><termname>Net 30</termname>{more}<invoiceno>{number}</invoiceno>"
        f"<invoiceitems>{lines}</invoiceitems></create_invoice>"
    )
    return str(re.findall("<key>(.*?)</key>", made)[0])


def _sides(entries: list[Row]) -> list[tuple[str, str, str]]:
    return [(row["ACCOUNTNO"], row["TR_TYPE"], row["TRX_AMOUNT"]) for row in entries]


def _batch(rows: Callable[..., list[Row]], number: str = "GL-1") -> Row:
    (batch,) = rows("GLBATCH", f"REFERENCENO = '{number}' AND REVERSEDFROM IS NULL")
    return batch


def _entries(rows: Callable[..., list[Row]], batch: Row) -> list[Row]:
    return rows("GLENTRY", f"BATCHNO = {batch['RECORDNO']}")


def test_an_invoice_posts_what_is_owed_against_its_lines(
    result: Result, rows: Callable[..., list[Row]]
) -> None:
    _invoice(result, "99.00", "-9.00")
    batch = _batch(rows)
    assert (batch["JOURNAL"], batch["MODULE"], batch["STATE"]) == ("ARJ", "4.AR", "Posted")
    assert (batch["BATCH_DATE"], batch["PRBATCHRECTYPE"]) == ("03/02/2026", "ri")
    entries = _entries(rows, batch)
    assert _sides(entries) == [
        ("1100", "1", "99.00"),
        ("4000", "-1", "99.00"),
        ("1100", "-1", "9.00"),
        ("4000", "1", "9.00"),
    ]
    shown = ("LOCATION", "DEPARTMENT", "CUSTOMERID", "DESCRIPTION", "DOCUMENT")
    assert [entries[0][name] for name in shown] == ["100", "10", "C-00001", "Tea", "GL-1"]


def test_a_draft_posts_once_it_is_submitted(result: Result, rows: Callable[..., list[Row]]) -> None:
    key = _invoice(result, "5.00", more="<action>Draft</action>")
    assert rows("GLBATCH", "REFERENCENO = 'GL-1'") == []
    result(f'<update_invoice key="{key}"><action>Submit</action></update_invoice>')
    assert len(_entries(rows, _batch(rows))) == 2


def test_a_change_is_posted_in_the_same_batch(
    result: Result, rows: Callable[..., list[Row]]
) -> None:
    key = _invoice(result, "5.00")
    first = _batch(rows)
    line = '<updatelineitem line_num="1"><amount>6.00</amount></updatelineitem>'
    result(
        f'<update_invoice key="{key}"><updateinvoiceitems>{line}</updateinvoiceitems>'
        "</update_invoice>"
    )
    assert (_batch(rows)["RECORDNO"], _batch(rows)["BATCHNO"]) == (
        first["RECORDNO"],
        first["BATCHNO"],
    )
    assert {row["TRX_AMOUNT"] for row in _entries(rows, first)} == {"6.00"}


def test_a_reversal_makes_the_mirrored_batch(
    result: Result, rows: Callable[..., list[Row]]
) -> None:
    key = _invoice(result, "5.00")
    first = _batch(rows)
    day = f"<datereversed>{DAY.format('05')}</datereversed>"
    result(f'<reverse_invoice key="{key}">{day}</reverse_invoice>')
    (second,) = rows("GLBATCH", f"REVERSEDFROM = {first['RECORDNO']}")
    assert second["BATCH_DATE"] == "03/05/2026"
    assert _batch(rows)["REVERSEDKEY"] == second["RECORDNO"]
    assert _batch(rows)["REVERSED"] == "03/05/2026"
    assert _sides(_entries(rows, second)) == [("1100", "-1", "5.00"), ("4000", "1", "5.00")]


def test_a_deleted_bill_leaves_no_batch(result: Result, rows: Callable[..., list[Row]]) -> None:
    made = result(
        "<create><APBILL><VENDORID>V-100</VENDORID><WHENCREATED>03/02/2026</WHENCREATED>"
        "<WHENDUE>04/02/2026</WHENDUE><RECORDID>GL-2</RECORDID><APBILLITEMS><APBILLITEM>"
        "<ACCOUNTNO>6700</ACCOUNTNO><TRX_AMOUNT>12.50</TRX_AMOUNT></APBILLITEM></APBILLITEMS>"
        "</APBILL></create>"
    )
    batch = _batch(rows, "GL-2")
    assert (batch["JOURNAL"], batch["MODULE"]) == ("APJ", "3.AP")
    assert _sides(_entries(rows, batch)) == [("2000", "-1", "12.50"), ("6700", "1", "12.50")]
    key = re.findall("<RECORDNO>(.*?)</", made)[0]
    result(f"<delete><object>APBILL</object><keys>{key}</keys></delete>")
    assert rows("GLBATCH", "REFERENCENO = 'GL-2'") == []
    assert _entries(rows, batch) == []


def test_a_payment_moves_money_from_what_is_owed_to_the_bank(
    result: Result, rows: Callable[..., list[Row]]
) -> None:
    key = _invoice(result, "100.00")
    made = result(
        "<create><ARPYMT><PAYMENTMETHOD>Cash</PAYMENTMETHOD><CUSTOMERID>C-00001</CUSTOMERID>"
        "<RECEIPTDATE>03/03/2026</RECEIPTDATE><FINANCIALENTITY>SAV-100</FINANCIALENTITY>"
        "<CURRENCY>USD</CURRENCY><OVERPAYMENTAMOUNT>7.00</OVERPAYMENTAMOUNT><ARPYMTDETAILS>"
        f"<ARPYMTDETAIL><RECORDKEY>{key}</RECORDKEY><TRX_PAYMENTAMOUNT>40.00</TRX_PAYMENTAMOUNT>"
        "</ARPYMTDETAIL></ARPYMTDETAILS></ARPYMT></create>"
    )
    number = re.findall("<RECORDNO>(.*?)</", made)[0]
    batch = _batch(rows, number)
    assert (batch["PRBATCHRECTYPE"], batch["BATCH_DATE"]) == ("rp", "03/03/2026")
    assert _sides(_entries(rows, batch)) == [
        ("1010", "1", "40.00"),
        ("1100", "-1", "40.00"),
        ("1010", "1", "7.00"),
        ("1100", "-1", "7.00"),
    ]
    day = f"<datereversed>{DAY.format('05')}</datereversed>"
    result(f'<reverse_arpayment key="{number}">{day}</reverse_arpayment>')
    (back,) = rows("GLBATCH", f"REVERSEDFROM = {batch['RECORDNO']}")
    assert _sides(_entries(rows, back))[0] == ("1010", "-1", "40.00")


def test_paying_an_invoice_leaves_its_batch_alone(
    result: Result, rows: Callable[..., list[Row]]
) -> None:
    key = _invoice(result, "100.00")
    before = _entries(rows, _batch(rows))
    paid = result(
        "<create_arpayment><customerid>C-00001</customerid><paymentamount>100</paymentamount>"
        "<bankaccountid>CHK-100</bankaccountid>"
        f"<datereceived>{DAY.format('03')}</datereceived><paymentmethod>Cash</paymentmethod>"
        f"<arpaymentitem><invoicekey>{key}</invoicekey><amount>100</amount></arpaymentitem>"
        "</create_arpayment>"
    )
    assert "<status>success</status>" in paid, paid
    assert _entries(rows, _batch(rows)) == before


def test_every_batch_of_the_company_balances(rows: Callable[..., list[Row]]) -> None:
    sums: dict[str, Decimal] = {}
    for entry in rows("GLENTRY", "STATISTICAL = 'F'"):
        amount = Decimal(entry["TR_TYPE"]) * Decimal(entry["AMOUNT"])
        sums[entry["BATCHNO"]] = sums.get(entry["BATCHNO"], Decimal(0)) + amount
    assert len(sums) > 30
    assert not any(sums.values())


def test_a_batch_of_another_module_is_not_changed_in_the_general_ledger(
    result: Result, rows: Callable[..., list[Row]]
) -> None:
    _invoice(result, "5.00")
    key = _batch(rows)["RECORDNO"]
    refused = result(f"<delete><object>GLBATCH</object><keys>{key}</keys></delete>")
    assert "comes from Accounts Receivable" in refused
    assert _batch(rows)["RECORDNO"] == key


def test_batches_are_no_change_that_a_client_made(
    client: httpx.Client, result: Result, rows: Callable[..., list[Row]]
) -> None:
    _invoice(result, "5.00")
    assert _batch(rows)
    assert client.get("/_sandbox/ledger", params={"object": "GLBATCH"}).json() == []


def test_the_account_of_the_customer_takes_what_is_owed(
    result: Result, rows: Callable[..., list[Row]]
) -> None:
    changed = "<CUSTOMERID>C-00001</CUSTOMERID><OFFSETGLACCOUNTNO>1300</OFFSETGLACCOUNTNO>"
    result(f"<update><CUSTOMER>{changed}</CUSTOMER></update>")
    _invoice(result, "5.00")
    assert _sides(_entries(rows, _batch(rows)))[0] == ("1300", "1", "5.00")


@pytest.fixture
def payment_request(
    result: Result, rows: Callable[..., list[Row]], policy: Callable[..., None]
) -> str:
    """Request a payment of 3.00 by charge card; returns its record number."""
    policy(bill_payments="submitted")
    (bill,) = rows("APBILL", "RECORDID = 'B-1005'")
    made = result(
        f"<create><APPYMT><VENDORID>{bill['VENDORID']}</VENDORID>"
        "<PAYMENTDATE>03/03/2026</PAYMENTDATE><FINANCIALENTITY>CARD-1</FINANCIALENTITY>"
        "<PAYMENTMETHOD>Credit Card</PAYMENTMETHOD><CURRENCY>USD</CURRENCY><APPYMTDETAILS>"
        f"<APPYMTDETAIL><RECORDKEY>{bill['RECORDNO']}</RECORDKEY>"
        "<TRX_PAYMENTAMOUNT>3.00</TRX_PAYMENTAMOUNT></APPYMTDETAIL></APPYMTDETAILS></APPYMT>"
        "</create>"
    )
    return str(re.findall("<RECORDNO>(.*?)</", made)[0])


def _move(result: Result, key: str, *verbs: str) -> None:
    keys = f"<appaymentkeys><appaymentkey>{key}</appaymentkey></appaymentkeys>"
    for verb in verbs:
        answer = result(f"<{verb}_appaymentrequest>{keys}</{verb}_appaymentrequest>")
        assert "<status>success</status>" in answer, answer


def test_a_payment_request_posts_when_it_is_confirmed_and_back_when_it_is_voided(
    result: Result, rows: Callable[..., list[Row]], payment_request: str
) -> None:
    _move(result, payment_request, "approve")
    assert rows("GLBATCH", f"REFERENCENO = '{payment_request}'") == []
    _move(result, payment_request, "confirm")
    batch = _batch(rows, payment_request)
    assert _sides(_entries(rows, batch)) == [("2100", "-1", "3.00"), ("2000", "1", "3.00")]
    _move(result, payment_request, "void")
    (back,) = rows("GLBATCH", f"REVERSEDFROM = {batch['RECORDNO']}")
    assert _sides(_entries(rows, back)) == [("2100", "1", "3.00"), ("2000", "-1", "3.00")]


def test_a_request_that_is_voided_unpaid_posts_nothing(
    result: Result, rows: Callable[..., list[Row]], payment_request: str
) -> None:
    _move(result, payment_request, "void")
    assert rows("GLBATCH", f"REFERENCENO = '{payment_request}'") == []


def test_a_company_that_was_kept_without_batches_gets_them_once(tmp_path: Path) -> None:
    config = SandboxConfig(data=str(tmp_path / "company.db"))
    found = []
    for opening in range(3):
        store = create_app(config).extensions["sandbox"].company.store
        if not opening:
            store.execute("DELETE FROM unposted")
        found.append(len(store.numbers("GLBATCH")))
        store.close()
    assert found[0] == 7
    assert found[1] == found[2] > 30


def test_gl_details_are_found_by_module_and_journal(rows: Callable[..., list[Row]]) -> None:
    found = rows("GLDETAIL", "MODULEKEY = '3.AP'")
    assert found
    assert {row["SYMBOL"] for row in found} == {"APJ"}

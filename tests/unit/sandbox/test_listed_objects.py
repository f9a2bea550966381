"""Objects beside invoices and bills: what clients list, and what is worked out for them."""

import re
from collections.abc import Callable

import pytest

Result = Callable[..., str]


def _rows(result: Result, name: str, *fields: str, more: str = "") -> list[list[str]]:
    select = "".join(f"<field>{field}</field>" for field in fields)
    order = "<orderby><order><field>RECORDNO</field><ascending/></order></orderby>"
    size = "<pagesize>2000</pagesize>"
    function = f"<query><object>{name}</object><select>{select}</select>{more}{order}{size}</query>"
    answer = result(function)
    assert "<status>success</status>" in answer, answer
    rows = re.findall(f"<{name}>(.*?)</{name}>", answer.replace("\n", ""))
    return [
        re.findall(r">([^<>]*)<", re.sub(r"<([\w.]+)/>", r"<\1></\1>", row))[::2] for row in rows
    ]


@pytest.mark.parametrize(
    "name",
    [
        "CONTRACT", "CONTRACTDETAIL", "EEXPENSES", "EPPAYMENT", "CCTRANSACTION", "REVRECSCHEDULE",
        "REVRECSCHEDULEENTRY", "SODOCUMENT", "INVPRICELISTENTRY", "GLDETAIL", "APDETAIL",
        "ARDETAIL",
    ],
)  # fmt: skip
def test_an_object_that_is_only_listed_is_not_written(result: Result, name: str) -> None:
    rows = _rows(result, name, "RECORDNO")
    assert rows
    refused = result(f"<create><{name}><DESCRIPTION>x</DESCRIPTION></{name}></create>")
    assert f"This sandbox only lists {name}" in refused
    keys = f"<object>{name}</object><keys>{rows[0][0]}</keys>"
    assert "only lists" in result(f"<delete>{keys}</delete>")


def test_gl_detail_holds_what_is_posted(result: Result) -> None:
    posted = {row[0] for row in _rows(result, "GLENTRY", "RECORDNO", "STATE") if row[1] != "Draft"}
    drafts = {row[0] for row in _rows(result, "GLENTRY", "RECORDNO", "STATE") if row[1] == "Draft"}
    listed = {row[0] for row in _rows(result, "GLDETAIL", "RECORDNO")}
    assert drafts
    assert listed == posted


def test_gl_detail_tells_debits_from_credits(result: Result) -> None:
    lines = "".join(
        f"<GLENTRY><ACCOUNTNO>6400</ACCOUNTNO><TR_TYPE>{side}</TR_TYPE>"
        f"<TRX_AMOUNT>12.50</TRX_AMOUNT><LOCATION>100</LOCATION></GLENTRY>"
        for side in ("1", "-1")
    )
    made = result(
        "<create><GLBATCH><JOURNAL>GJ</JOURNAL><BATCH_DATE>02/01/2026</BATCH_DATE>"
        f"<BATCH_TITLE>Paper</BATCH_TITLE><ENTRIES>{lines}</ENTRIES></GLBATCH></create>"
    )
    key = re.findall("<RECORDNO>(.*?)</", made)[0]
    names = ("SYMBOL", "DEBITAMOUNT", "CREDITAMOUNT", "LOCATIONID", "LOCATIONNAME")
    mine = f"<filter><equalto><field>BATCHKEY</field><value>{key}</value></equalto></filter>"
    assert _rows(result, "GLDETAIL", *names, more=mine) == [
        ["GJ", "12.50", "0", "100", "North America"],
        ["GJ", "0", "12.50", "100", "North America"],
    ]


def test_a_draft_bill_has_no_ap_detail(result: Result) -> None:
    states = {row[1] for row in _rows(result, "APDETAIL", "RECORDNO", "STATE")}
    assert states
    assert states.isdisjoint({"Draft", "Submitted"})


def test_days_overdue_are_counted_from_the_due_date(
    result: Result, advance: Callable[[float], None]
) -> None:
    """The clock of the tests stands at March 2."""
    day = "<year>2026</year><month>{}</month><day>{}</day>"
    result(
        "<create_invoice><customerid>C-00001</customerid>"
        f"<datecreated>{day.format('02', '20')}</datecreated>"
        f"<datedue>{day.format('03', '05')}</datedue><invoiceno>LATE-1</invoiceno><invoiceitems>"
        "<lineitem><glaccountno>4000</glaccountno><amount>9</amount></lineitem></invoiceitems>"
        "</create_invoice>"
    )
    mine = "<filter><equalto><field>RECORDID</field><value>LATE-1</value></equalto></filter>"
    assert _rows(result, "ARINVOICE", "RECORDID", "DUE_IN_DAYS", more=mine) == [["LATE-1", "-3"]]
    advance(5 * 24 * 3600)
    assert _rows(result, "ARINVOICE", "RECORDID", "DUE_IN_DAYS", more=mine) == [["LATE-1", "2"]]


def test_an_employee_has_a_contact_by_two_names(result: Result) -> None:
    names = ("EMPLOYEEID", "CONTACT.LASTNAME", "PERSONALINFO.LASTNAME", "CONTACTKEY")
    first, *_ = _rows(result, "EMPLOYEE", *names)
    assert first[:3] == ["EMP-1", "Smith", "Smith"]
    assert first[3].isdecimal()


def test_an_invoice_shows_the_contact_of_its_customer(result: Result) -> None:
    names = ("CUSTOMERID", "CONTACT.EMAIL1", "CUSTOMER.DISPLAYCONTACT.EMAIL1")
    for customer, shown, own in _rows(result, "ARINVOICE", *names):
        assert shown == own == f"billing{int(customer[2:])}@example.com"


def test_an_allocation_by_percent_adds_up(result: Result) -> None:
    def allocation(*shares: str) -> str:
        entries = "".join(
            f"<ALLOCATIONENTRY><VALUE>{share}</VALUE><LOCATIONID>100</LOCATIONID></ALLOCATIONENTRY>"
            for share in shares
        )
        return result(
            "<create><ALLOCATION><ALLOCATIONID>A-1</ALLOCATIONID>"
            f"<ALLOCATIONENTRIES>{entries}</ALLOCATIONENTRIES></ALLOCATION></create>"
        )

    assert "add up to 90 percent, not to 100." in allocation("60", "30")
    assert "An allocation needs at least one entry." in allocation()
    assert "<ALLOCATIONID>A-1</ALLOCATIONID>" in allocation("60", "40")
    entries = _rows(result, "ALLOCATIONENTRY", "ALLOCATIONID", "VALUE")
    assert [row for row in entries if row[0] == "A-1"] == [["A-1", "60"], ["A-1", "40"]]


def test_a_payment_says_where_the_money_went(result: Result) -> None:
    fields = ("FINANCIALENTITYTYPE", "FINANCIALACCOUNTNAME", "DISPLAYSTATE", "WHENCREATED")
    rows = _rows(result, "ARPYMT", *fields)
    assert rows[0] == ["ba", "First Example Bank", "Posted", "03/02/2026"]

"""A line that names an allocation becomes one line for each of its entries."""

import re
from collections.abc import Callable

import pytest

Result = Callable[..., str]
THIRDS = "".join(
    f"<ALLOCATIONENTRY><VALUE>{share}</VALUE><LOCATIONID>{place}</LOCATIONID>"
    f"<DEPARTMENTID>{part}</DEPARTMENTID></ALLOCATIONENTRY>"
    for share, place, part in (("33.33", "100", "10"), ("33.33", "110", "20"), ("33.34", "120", ""))
)


@pytest.fixture
def thirds(result: Result) -> None:
    """Make an allocation by percentage."""
    result(
        "<create><ALLOCATION><ALLOCATIONID>THIRDS</ALLOCATIONID><ALLOCATIONENTRIES>"
        f"{THIRDS}</ALLOCATIONENTRIES></ALLOCATION></create>"
    )


def _bill(result: Result, amount: str, allocation: str) -> str:
    return result(
        "<create><APBILL><VENDORID>V-100</VENDORID><WHENCREATED>03/02/2026</WHENCREATED>"
        "<WHENDUE>04/02/2026</WHENDUE><APBILLITEMS><APBILLITEM><ACCOUNTNO>6700</ACCOUNTNO>"
        f"<TRX_AMOUNT>{amount}</TRX_AMOUNT><ALLOCATION>{allocation}</ALLOCATION>"
        "<LOCATIONID>200</LOCATIONID><DEPARTMENTID>30</DEPARTMENTID><ENTRYDESCRIPTION>Rent</ENTRYDESCRIPTION></APBILLITEM>"
        "</APBILLITEMS></APBILL></create>"
    )


def _lines(result: Result, made: str, name: str, *fields: str) -> list[tuple[str, ...]]:
    key = re.findall("<(?:RECORDNO|key)>(.*?)</", made)[0]
    answer = result(f"<read><object>{name}</object><keys>{key}</keys></read>")
    found = [re.findall(f"<{field}>(.*?)</{field}>", answer) for field in fields]
    return list(zip(*found, strict=True))


@pytest.mark.usefixtures("thirds")
def test_a_line_of_a_bill_is_split_by_percentage_to_the_cent(result: Result) -> None:
    made = _bill(result, "100.01", "THIRDS")
    fields = ("TRX_AMOUNT", "LOCATIONID", "ALLOCATION", "ENTRYDESCRIPTION")
    assert _lines(result, made, "APBILL", *fields) == [
        ("33.33", "100", "THIRDS", "Rent"),
        ("33.33", "110", "THIRDS", "Rent"),
        ("33.35", "120", "THIRDS", "Rent"),
    ]
    key = re.findall("<RECORDNO>(.*?)</", made)[0]
    whole = result(f"<read><object>APBILL</object><keys>{key}</keys></read>")
    assert "<DEPARTMENTID>10</DEPARTMENTID>" in whole
    assert "<DEPARTMENTID>30</DEPARTMENTID>" not in whole
    read = (
        f"<read><object>APBILL</object><keys>{key}</keys><fields>TRX_TOTALENTERED</fields></read>"
    )
    assert "<TRX_TOTALENTERED>100.01</TRX_TOTALENTERED>" in result(read)


@pytest.mark.usefixtures("thirds")
def test_a_line_of_an_invoice_is_split_when_an_update_adds_it(result: Result) -> None:
    day = "<year>2026</year><month>03</month><day>02</day>"
    made = result(
        f"<create_invoice><customerid>C-00001</customerid><datecreated>{day}</datecreated>"
        "<termname>Net 30</termname><invoiceno>AL-1</invoiceno><invoiceitems><lineitem>"
        "<glaccountno>4000</glaccountno><amount>5.00</amount><locationid>100</locationid>"
        "</lineitem></invoiceitems></create_invoice>"
    )
    key = re.findall("<key>(.*?)</key>", made)[0]
    line = (
        "<lineitem><glaccountno>4010</glaccountno><amount>9.00</amount>"
        "<allocationid>THIRDS</allocationid></lineitem>"
    )
    changed = result(
        f'<update_invoice key="{key}"><updateinvoiceitems>{line}</updateinvoiceitems>'
        "</update_invoice>"
    )
    assert "<status>success</status>" in changed
    assert _lines(result, made, "ARINVOICE", "TRX_AMOUNT") == [
        ("5.00",), ("3.00",), ("3.00",), ("3.00",)
    ]  # fmt: skip


@pytest.mark.usefixtures("thirds")
def test_a_line_of_a_journal_entry_is_split_on_its_side(result: Result) -> None:
    made = result(
        "<create><GLBATCH><JOURNAL>GJ</JOURNAL><BATCH_DATE>03/02/2026</BATCH_DATE>"
        "<BATCH_TITLE>Rent</BATCH_TITLE><ENTRIES><GLENTRY><ACCOUNTNO>6400</ACCOUNTNO>"
        "<TR_TYPE>1</TR_TYPE><TRX_AMOUNT>90.00</TRX_AMOUNT><ALLOCATION>THIRDS</ALLOCATION>"
        "</GLENTRY><GLENTRY><ACCOUNTNO>1300</ACCOUNTNO><TR_TYPE>-1</TR_TYPE>"
        "<TRX_AMOUNT>90.00</TRX_AMOUNT><LOCATION>100</LOCATION></GLENTRY></ENTRIES></GLBATCH>"
        "</create>"
    )
    assert _lines(result, made, "GLBATCH", "TRX_AMOUNT", "TR_TYPE", "LOCATION") == [
        ("30.00", "1", "100"),
        ("30.00", "1", "110"),
        ("30.00", "1", "120"),
        ("90.00", "-1", "100"),
    ]


def test_an_allocation_of_amounts_is_for_their_sum_only(result: Result) -> None:
    entries = "".join(
        f"<ALLOCATIONENTRY><VALUE>{value}</VALUE><LOCATIONID>100</LOCATIONID></ALLOCATIONENTRY>"
        for value in ("40", "60")
    )
    result(
        "<create><ALLOCATION><ALLOCATIONID>FIXED</ALLOCATIONID><TYPE>Absolute</TYPE>"
        f"<ALLOCATIONENTRIES>{entries}</ALLOCATIONENTRIES></ALLOCATION></create>"
    )
    assert "add up to 100.00, the line is 90.00." in _bill(result, "90", "FIXED")
    made = _bill(result, "100", "FIXED")
    assert _lines(result, made, "APBILL", "TRX_AMOUNT") == [("40.00",), ("60.00",)]


def test_an_unknown_allocation_is_refused(result: Result) -> None:
    assert "Allocation 'NONE' specified is not valid." in _bill(result, "1", "NONE")

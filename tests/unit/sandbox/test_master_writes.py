"""Vendors, employees, projects, accounts, terms and periods when they are written."""

import re
from collections.abc import Callable

import pytest

Result = Callable[..., str]
Policy = Callable[..., None]


def _create(name: str, **fields: str) -> str:
    inner = "".join(f"<{field}>{value}</{field}>" for field, value in fields.items())
    return f"<create><{name}>{inner}</{name}></create>"


def _vendor(identifier: str = "N-1", contact: str = "<PRINTAS>Ink</PRINTAS>") -> str:
    return _create("VENDOR", VENDORID=identifier, NAME="Ink", DISPLAYCONTACT=contact)


def _read(result: Result, name: str, key: str, names: str) -> str:
    named = f"<object>{name}</object><keys>{key}</keys><fields>{names}</fields>"
    return result(f"<readByName>{named}</readByName>")


def test_a_vendor_brings_its_contact(result: Result, policy: Policy) -> None:
    address = "<PRINTAS>Ink</PRINTAS><MAILADDRESS><CITY>Austin</CITY></MAILADDRESS>"
    assert "<VENDORID>N-1</VENDORID>" in result(_vendor(contact=address))
    answer = _read(
        result, "VENDOR", "N-1", "ENTITY,DISPLAYCONTACT.CONTACTNAME,DISPLAYCONTACT.MAILADDRESS.CITY"
    )
    assert "<ENTITY>VN-1</ENTITY>" in answer
    assert "<CONTACTNAME>Ink(VN-1)</CONTACTNAME>" in answer
    assert "<CITY>Austin</CITY>" in answer
    policy(vendor_contact_name="plain")
    result(_vendor("N-2"))
    assert "<CONTACTNAME>Ink</CONTACTNAME>" in _read(
        result, "VENDOR", "N-2", "DISPLAYCONTACT.CONTACTNAME"
    )


def test_a_vendor_needs_a_name_to_print(result: Result) -> None:
    answer = result(_vendor(contact=""))
    assert "Required field PRINTAS is missing for Contact." in answer
    assert re.findall("<errorno>(.*?)</", answer) == ["BL01001973"] * 4


@pytest.mark.parametrize(
    ("name", "fields", "number"),
    [
        ("VENDOR", {"NAME": "N", "DISPLAYCONTACT": "<PRINTAS>N</PRINTAS>"}, "V-10001"),
        ("PROJECT", {"NAME": "N", "PROJECTCATEGORY": "Contract"}, "P-10001"),
        ("EMPLOYEE", {"PERSONALINFO": "<CONTACTNAME>Ortiz, Ana</CONTACTNAME>"}, "E-10001"),
    ],
)
def test_a_blank_id_is_numbered_only_where_the_company_does_so(
    result: Result, policy: Policy, name: str, fields: dict[str, str], number: str
) -> None:
    assert f"Required field {name}ID is missing" in result(_create(name, **fields))
    policy(**{f"number_{name.lower()}s": "true"})
    assert f"<{name}ID>{number}</{name}ID>" in result(_create(name, **fields))


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        (
            _create("GLACCOUNT", ACCOUNTNO="4000", TITLE="T"),
            "BL01001973",
            "Duplicate account number",
        ),
        (
            _create("PROJECT", PROJECTID="P-100", NAME="N", PROJECTCATEGORY="Contract"),
            "BL34000061",
            "Another Project with the given value(s) P-100 already exists.",
        ),
        (
            _create(
                "EMPLOYEE", EMPLOYEEID="EMP-1", PERSONALINFO="<CONTACTNAME>Ortiz, Ana</CONTACTNAME>"
            ),
            "PL05000104",
            "Another Employee with the given value(s) EMP-1 already exists.",
        ),
        (
            _create("EMPLOYEE", EMPLOYEEID="E", PERSONALINFO="<CONTACTNAME>Nobody</CONTACTNAME>"),
            "BL01001973",
            "Contact 'Nobody' specified is not valid.",
        ),
        (
            _create("PROJECT", PROJECTID="X", NAME="N", PROJECTCATEGORY="Castle"),
            "BL01001973",
            "is not a valid value for PROJECTCATEGORY",
        ),
        (_create("DEPARTMENT", DEPARTMENTID="X"), "BL01001973", "Required field TITLE"),
        (_create("LOCATION", LOCATIONID="X"), "BL01001973", "Required field NAME"),
        (
            _create("CLASS", CLASSID="X", NAME="N", PARENTID="Y"),
            "BL01001973",
            "Class 'Y' specified",
        ),
    ],
)
def test_a_wrong_record_is_refused(result: Result, text: str, code: str, sentence: str) -> None:
    answer = result(text)
    assert sentence in answer
    assert re.findall("<errorno>(.*?)</", answer)[0] == code
    assert re.search("Could not create .* record!", answer)


def test_a_new_term_computes_due_dates(result: Result) -> None:
    assert "success" in result(_create("APTERM", NAME="Net 10", DUEDATE="10"))
    assert "<VALUE>::#10#:O:</VALUE>" in _read(result, "APTERM", "Net 10", "VALUE")


def test_budgetable_periods_do_not_overlap(result: Result) -> None:
    def period(name: str, first: str, last: str, budgeting: str) -> str:
        fields = {"NAME": name, "HEADER1": name, "START_DATE": first, "END_DATE": last}
        return result(_create("REPORTINGPERIOD", **fields, BUDGETING=budgeting))

    assert "success" in period("Quarter 1", "01/01/2026", "03/31/2026", "false")
    assert "overlaps with the period Month Ended January 2026." in period(
        "Half", "01/01/2026", "06/30/2026", "true"
    )
    assert "success" in period("Year 2030", "01/01/2030", "12/31/2030", "true")
    assert "is not before its start date" in period("Wrong", "02/01/2031", "01/01/2031", "false")


def test_a_record_of_an_entity_is_unseen_by_another_one(result: Result) -> None:
    result(_vendor(), entity="100")
    bill = (
        "<create><APBILL><VENDORID>N-1</VENDORID><WHENCREATED>02/01/2026</WHENCREATED>"
        "<WHENDUE>02/01/2026</WHENDUE><APBILLITEMS><APBILLITEM><ACCOUNTNO>6700</ACCOUNTNO>"
        "<TRX_AMOUNT>1</TRX_AMOUNT></APBILLITEM></APBILLITEMS></APBILL></create>"
    )
    assert "success" in result(bill, entity="100")
    assert "Vendor 'N-1' specified is not valid." in result(bill, entity="200")
    update = "<update><VENDOR><VENDORID>N-1</VENDORID><COMMENTS>c</COMMENTS></VENDOR></update>"
    assert "Cannot find Vendor with key 'N-1'" in result(update, entity="200")
    assert "success" in result(update, entity="100")
    number = re.findall("<RECORDNO>(.*?)</", _read(result, "VENDOR", "N-1", "RECORDNO"))[0]
    by_number = update.replace("<VENDORID>N-1</VENDORID>", f"<RECORDNO>{number}</RECORDNO>")
    assert f"Cannot find Vendor with key '{number}'" in result(by_number, entity="200")

from __future__ import annotations

from typing import Any

import pytest

from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.records import normal_row, to_record


def test_rows_are_upper_case_with_nested_columns(deal: ObjectSchema) -> None:
    raw = {
        "recordno": "1",
        "DISPLAYCONTACT.MAILADDRESS.CITY": "Bern",
        "displaycontact.printas": None,
        "TAXGROUP": "x",
        "TAXGROUP.NAME": "y",
        "@id": "7",
    }
    assert normal_row(raw, deal) == {
        "RECORDNO": "1",
        "TAXGROUP": "x",
        "TAXGROUP.NAME": "y",
        "@id": "7",
        "DISPLAYCONTACT": {"MAILADDRESS": {"CITY": "Bern"}, "PRINTAS": ""},
    }


@pytest.mark.parametrize("wrapper", ["ARINVOICEITEMS/arinvoiceitem", "ENTRIES/dealentry"])
@pytest.mark.parametrize("count", [1, 2])
def test_owned_lines_are_always_a_list(deal: ObjectSchema, wrapper: str, count: int) -> None:
    """By the names where they tell, by the schema where they do not (xml-api 8.1)."""
    outer, inner = wrapper.split("/")
    line = {"ACCOUNTNO": "4000", "memo": None}
    raw = {outer: {inner: line if count == 1 else [line, line]}}
    assert normal_row(raw, deal) == {outer: [{"ACCOUNTNO": "4000", "MEMO": ""}] * count}


def test_a_nested_object_is_not_taken_for_lines(deal: ObjectSchema) -> None:
    raw = {"DISPLAYCONTACT": {"MAILADDRESS": {"CITY": "Bern"}}}
    assert normal_row(raw, deal) == raw


def test_rows_that_are_no_records_keep_their_text(deal: ObjectSchema) -> None:
    assert normal_row("Asset", deal) == {"#text": "Asset"}
    assert normal_row(None, deal) == {}


def test_a_record_has_our_names_and_keeps_what_we_do_not_know(deal: ObjectSchema) -> None:
    row = {
        "RECORDNO": "1",
        "CUSTOMERID": "C-1",
        "STATUS": "Inactive",
        "ONHOLD": "T",
        "COPIES": "3",
        "RESTRICTEDLOCATIONS": "100#~#200",
        "DISPLAYCONTACT": {"MAILADDRESS": {"CITY": "Bern", "ZIP": "3000"}, "PRINTAS": "P"},
        "BILLTO": "",
        "HUBSPOT_ID": "77",
        "ENTRIES": [{"TRX_AMOUNT": "5000.00", "STARTDATE": "04/01/2026", "LOCATIONID": "100"}],
    }
    before = repr(row)
    assert to_record(deal, row) == {
        "recordNo": "1",
        "customerId": "C-1",
        "active": False,
        "onHold": True,
        "copies": 3,
        "places": ["100", "200"],
        "city": "Bern",
        "printAs": "P",
        "lineItems": [{"amount": "5000.00", "startDate": "2026-04-01", "LOCATIONID": "100"}],
        "DISPLAYCONTACT": {"MAILADDRESS": {"ZIP": "3000"}},
        "BILLTO": "",
        "HUBSPOT_ID": "77",
    }
    assert repr(row) == before


@pytest.mark.parametrize(
    ("came", "iso"),
    [
        ("2026-01-31", "2026-01-31"),
        ("01/31/2026", "2026-01-31"),
        ("1/5/2026", "2026-01-05"),
        ({"YEAR": "2026", "MONTH": "1", "DAY": "5"}, "2026-01-05"),
        ({"YEAR": "", "MONTH": "", "DAY": ""}, ""),
        ("", ""),
    ],
)
def test_dates_are_iso_whatever_the_family_wrote(deal: ObjectSchema, came: Any, iso: str) -> None:
    assert to_record(deal, {"WHENCREATED": came}) == {"dateCreated": iso}


@pytest.mark.parametrize(
    ("came", "meant"),
    [("true", True), ("false", False), ("T", True), ("F", False), ("", None), ("odd", "odd")],
)
def test_yes_or_no_is_a_boolean_whatever_the_family_wrote(
    deal: ObjectSchema, came: str, meant: object
) -> None:
    assert to_record(deal, {"ONHOLD": came}) == {"onHold": meant}


@pytest.mark.parametrize(
    ("came", "lines"),
    [
        ("", []),
        ({"DEALENTRY": {"TRX_AMOUNT": "1"}}, [{"amount": "1.00"}]),
        ([{"TRX_AMOUNT": "1"}], [{"amount": "1.00"}]),
    ],
)
def test_lines_are_a_list_in_every_shape(deal: ObjectSchema, came: Any, lines: list[Any]) -> None:
    assert to_record(deal, {"ENTRIES": came}) == {"lineItems": lines}


@pytest.mark.parametrize(
    ("came", "amount"),
    [
        ("0", "0.00"),
        ("-3.5", "-3.50"),
        ("7.", "7.00"),
        ("12.10", "12.10"),
        ("1.125", "1.125"),
        ("1e3", "1e3"),
        ("1.x", "1.x"),
        ("", ""),
    ],
)
def test_amounts_have_two_decimals_whatever_the_api_wrote(
    deal: ObjectSchema, came: str, amount: str
) -> None:
    record = to_record(deal, {"ENTRIES": [{"TRX_AMOUNT": came}]})
    assert record == {"lineItems": [{"amount": amount}]}


def test_what_the_row_does_not_hold_stays_absent(deal: ObjectSchema) -> None:
    assert to_record(deal, {"RECORDNO": "1"}) == {"recordNo": "1"}


def test_an_unknown_object_keeps_every_name() -> None:
    row = {"RECORDNO": "1", "WHENCREATED": "01/31/2026"}
    assert to_record(ObjectSchema("ODD", {}), row) == row

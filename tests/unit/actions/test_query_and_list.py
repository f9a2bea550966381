from __future__ import annotations

from typing import Any

import pytest

from actions.query.query_and_list import ACTION
from connector.component import Context
from connector.errors import InputError

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]


@pytest.mark.accepts("C61", "C62")
def test_all_records_come_back_under_native_names(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["read_by_query"] = [{"RECORDNO": "1"}, {"RECORDNO": "2"}]
    result = ACTION.run(ctx, {"objectName": "VENDOR", "query": "VENDOR.CREDITLIMIT > 10000"})
    assert result == {
        "records": [{"RECORDNO": "1"}, {"RECORDNO": "2"}],
        "count": 2,
        "totalCount": 2,
    }
    expected = {"expression": "CREDITLIMIT > 10000", "fields": ("*",)}
    assert calls == [("read_by_query", ("VENDOR",), expected)]


@pytest.mark.accepts("A38")
def test_names_may_be_written_in_any_case(ctx: Context, calls: Calls) -> None:
    ACTION.run(ctx, {"objectName": "customer", "query": "name = 'acme'", "fields": "name, Status"})
    expected = {"expression": "NAME = 'acme'", "fields": ("NAME", "STATUS")}
    assert calls == [("read_by_query", ("CUSTOMER",), expected)]


@pytest.mark.accepts("A36")
@pytest.mark.parametrize(("given", "sent"), [("ARPAYMENT", "ARPYMT"), ("appayment", "APPYMT")])
def test_both_spellings_of_payments_are_understood(
    ctx: Context, calls: Calls, given: str, sent: str
) -> None:
    ACTION.run(ctx, {"objectName": given})
    assert calls[0][1] == (sent,)


@pytest.mark.accepts("A36")
def test_picker_offers_the_usual_objects_and_takes_any_other() -> None:
    field = ACTION.form.schema["properties"]["objectName"]
    offered = {each["key"] for each in field["x-form"]["suggestions"]}
    assert offered >= {
        *("CUSTOMER", "VENDOR", "ARINVOICE", "APBILL", "ARPYMT", "APPYMT", "GLBATCH"),
        *("GLACCOUNT", "PROJECT", "EMPLOYEE", "ITEM", "LOCATION", "DEPARTMENT", "CLASS"),
    }
    assert "enum" not in field


@pytest.mark.accepts("A37", "A38")
@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("status = 'T' and name like 'a%'", "(STATUS = 'T' AND NAME like 'a%')"),
        ("status = 'active'", "STATUS = 'T'"),
        ("active = false", "STATUS = 'F'"),
        ("NOT (whendue IS NULL OR total >= -1.5)", "(WHENDUE IS NOT NULL AND TOTAL < -1.5)"),
        (r"name = 'O\'Brien and sons'", r"NAME = 'O\'Brien and sons'"),
        (r"name = 'a\\b'", r"NAME = 'a\\b'"),
        ("vendor.creditlimit > 10", "CREDITLIMIT > 10"),
        ("vendorid = '0010'", "VENDORID = '0010'"),
        ("name in ('a', '(b')", "NAME in ('a', '(b')"),
        ("total between 1 and 2", "(TOTAL >= 1 AND TOTAL <= 2)"),
        ("", ""),
    ],
)
def test_filters_travel_in_the_words_of_the_database(
    ctx: Context, calls: Calls, given: str, sent: str
) -> None:
    ACTION.run(ctx, {"objectName": "VENDOR", "query": given})
    assert calls == [("read_by_query", ("VENDOR",), {"expression": sent, "fields": ("*",)})]


@pytest.mark.parametrize(
    "query", ["NAME = 'x", r"NAME = 'x\'", "(NAME = 'x'", "NAME = 'x')", ")A = 1("]
)
def test_open_quotes_and_brackets_are_refused(ctx: Context, calls: Calls, query: str) -> None:
    with pytest.raises(InputError) as refused:
        ACTION.run(ctx, {"objectName": "VENDOR", "query": query})
    assert refused.value.field == "query"
    assert calls == []


@pytest.mark.parametrize("name", ["VEN DOR", "<x>", "A" * 81, "1A", "A;B"])
def test_what_is_no_object_name_is_refused(ctx: Context, calls: Calls, name: str) -> None:
    with pytest.raises(InputError) as refused:
        ACTION.run(ctx, {"objectName": name})
    assert refused.value.field == "objectName"
    assert calls == []

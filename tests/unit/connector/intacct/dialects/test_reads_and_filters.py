from __future__ import annotations

from typing import Any

import pytest

from connector.errors import InputError
from connector.intacct.dialects.xml import XmlDialect
from connector.intacct.operation import AllOf, AnyOf, Condition, Filter, Operation, Page, Verb


def _payload(dialect: XmlDialect, verb: Verb, object_name: str = "deal", **rest: Any) -> str:
    return dialect.freeze(Operation(verb, object_name, **rest)).payload


def _filter(dialect: XmlDialect, where: Filter) -> str:
    payload = _payload(dialect, Verb.QUERY, fields=("customerId",), where=where)
    return payload.partition("<filter>")[2].partition("</filter>")[0]


def test_read_asks_by_record_number(generic: XmlDialect) -> None:
    frozen = generic.freeze(Operation(Verb.READ, "deal", keys=("12",)))
    assert frozen.payload == ("<read><object>DEAL</object><keys>12</keys><fields>*</fields></read>")
    assert not frozen.is_write


def test_read_by_id_always_brings_number_and_id(generic: XmlDialect) -> None:
    payload = _payload(
        generic, Verb.READ_BY_ID, keys=("C&A",), fields=("city", "lineItems", "OTHER", "customerId")
    )
    assert payload == (
        "<readByName><object>DEAL</object><keys>C&amp;A</keys><fields>RECORDNO,CUSTOMERID,"
        "DISPLAYCONTACT.MAILADDRESS.CITY,ENTRIES,OTHER</fields></readByName>"
    )


@pytest.mark.parametrize("keys", [(), ("",), ("a,b",), tuple("x" * 101), ("a\x00",)])
def test_keys_that_mean_something_else_are_refused(
    generic: XmlDialect, keys: tuple[str, ...]
) -> None:
    for verb in (Verb.READ, Verb.READ_BY_ID, Verb.DELETE):
        with pytest.raises(InputError):
            _payload(generic, verb, keys=keys)


def test_delete_takes_a_comma_list_and_is_a_write(generic: XmlDialect) -> None:
    frozen = generic.freeze(Operation(Verb.DELETE, "deal", keys=("1", " 2 ")))
    assert frozen.payload == "<delete><object>DEAL</object><keys>1,2</keys></delete>"
    assert frozen.is_write


def test_a_text_filter_loses_the_object_before_its_fields_only(generic: XmlDialect) -> None:
    """The prefix is how some people write it; Intacct does not take it (xml-api 3.2)."""
    payload = _payload(
        generic,
        Verb.READ_BY_QUERY,
        "VENDOR",
        expression=r"vendor.CREDITLIMIT > 10 and NAME = 'VENDOR.X \' VENDOR.Y' or A.VENDOR.B = '<'",
        page=Page(size=500),
    )
    assert payload == (
        "<readByQuery><object>VENDOR</object><fields>*</fields>"
        r"<query>CREDITLIMIT &gt; 10 and NAME = 'VENDOR.X \' VENDOR.Y' or A.VENDOR.B = '&lt;'"
        "</query><pagesize>500</pagesize></readByQuery>"
    )


def test_an_empty_text_filter_is_still_an_element(generic: XmlDialect) -> None:
    assert "<query/>" in _payload(generic, Verb.READ_BY_QUERY)


def test_an_open_quote_is_refused(generic: XmlDialect) -> None:
    with pytest.raises(InputError, match="never closes"):
        _payload(generic, Verb.READ_BY_QUERY, expression="NAME = 'O'Hara'")


def test_read_more_continues_by_cursor(generic: XmlDialect) -> None:
    payload = _payload(generic, Verb.READ_MORE, page=Page(cursor="7765623332A5=&"))
    assert payload == "<readMore><resultId>7765623332A5=&amp;</resultId></readMore>"
    with pytest.raises(InputError, match="no next page"):
        _payload(generic, Verb.READ_MORE)


def test_a_query_is_ordered_with_the_record_number_last(generic: XmlDialect) -> None:
    payload = _payload(
        generic,
        Verb.QUERY,
        fields=("recordNo", "city"),
        where=AllOf(
            (
                Condition("dateCreated", "greaterThanOrEqualTo", ("2026-01-31",)),
                AnyOf((Condition("active", "equalTo", ("true",)), Condition("memo", "isNull"))),
                AllOf((Condition("VENDOR.NAME", "like", ("%x' OR 1=1 <%",)),)),
            )
        ),
        order_by=("-dateCreated",),
        page=Page(size=2000, offset=4000),
    )
    assert payload == (
        "<query><object>DEAL</object>"
        "<select><field>RECORDNO</field><field>DISPLAYCONTACT.MAILADDRESS.CITY</field></select>"
        "<filter><and>"
        "<greaterthanorequalto><field>WHENCREATED</field><value>01/31/2026</value>"
        "</greaterthanorequalto>"
        "<or><equalto><field>STATUS</field><value>active</value></equalto>"
        "<isnull><field>memo</field></isnull></or>"
        "<like><field>VENDOR.NAME</field><value>%x' OR 1=1 &lt;%</value></like>"
        "</and></filter>"
        "<orderby><order><field>WHENCREATED</field><descending/></order>"
        "<order><field>RECORDNO</field><ascending/></order></orderby>"
        "<options><caseinsensitive>true</caseinsensitive></options>"
        "<pagesize>2000</pagesize><offset>4000</offset></query>"
    )


def test_the_record_number_is_ordered_once(generic: XmlDialect) -> None:
    payload = _payload(generic, Verb.QUERY, fields=("city",), order_by=("-recordNo",))
    assert payload.count("<order>") == 1
    assert "<field>RECORDNO</field><descending/>" in payload


def test_a_query_needs_named_fields(generic: XmlDialect) -> None:
    with pytest.raises(InputError, match="only the fields it names"):
        _payload(generic, Verb.QUERY, fields=("*",))
    with pytest.raises(InputError, match="No field"):
        _payload(generic, Verb.QUERY, fields=())


@pytest.mark.parametrize("size", [0, -1, 2001])
def test_page_sizes_out_of_range_are_refused(generic: XmlDialect, size: int) -> None:
    with pytest.raises(InputError, match="between 1 and 2000"):
        _payload(generic, Verb.QUERY, fields=("city",), page=Page(size=size))
    with pytest.raises(InputError, match="between 1 and 1000"):
        _payload(generic, Verb.READ_BY_QUERY, page=Page(size=size))


def test_a_negative_offset_is_refused(generic: XmlDialect) -> None:
    with pytest.raises(InputError, match="offset"):
        _payload(generic, Verb.QUERY, fields=("city",), page=Page(offset=-1))


def test_a_thousand_values_fit_and_one_more_does_not(generic: XmlDialect) -> None:
    values = tuple(str(number) for number in range(1001))
    assert _filter(generic, Condition("city", "in", values[:1000])).count("<value>") == 1000
    with pytest.raises(InputError, match="1 to 1000"):
        _filter(generic, Condition("city", "in", values))


@pytest.mark.parametrize(
    ("operator", "values"),
    [("between", ("1",)), ("isNull", ("1",)), ("equalTo", ()), ("in", ()), ("OR 1=1", ("1",))],
)
def test_comparisons_know_how_many_values_they_take(
    generic: XmlDialect, operator: str, values: tuple[str, ...]
) -> None:
    with pytest.raises(InputError) as caught:
        _filter(generic, Condition("city", operator, values))
    assert caught.value.field == "filter"


def test_deep_and_empty_filters_are_refused(generic: XmlDialect) -> None:
    where: Filter = Condition("city", "isNull")
    for _ in range(100):
        where = AnyOf((where, where))
        if where.parts[0] is not where.parts[1]:
            break
    with pytest.raises(InputError, match="nested too deeply"):
        _filter(generic, where)
    with pytest.raises(InputError, match="without any condition"):
        _filter(generic, AllOf(()))


@pytest.mark.parametrize("name", ["a b", "x</field>", "@a", "a..b", "1", "a.b." * 9])
def test_field_names_cannot_carry_anything_else(generic: XmlDialect, name: str) -> None:
    with pytest.raises(InputError, match="not a name"):
        _payload(generic, Verb.QUERY, fields=(name,))
    with pytest.raises(InputError, match="not a name"):
        _filter(generic, Condition(name, "isNull"))
    with pytest.raises(InputError, match="not a name"):
        _payload(generic, Verb.READ, keys=("1",), fields=(name,))


@pytest.mark.parametrize("name", ["../invoice", "a/b", "", "DEAL><x"])
def test_object_names_cannot_carry_anything_else(name: str) -> None:
    with pytest.raises(InputError, match="not a name"):
        XmlDialect().freeze(Operation(Verb.READ, name, keys=("1",)))

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import xmltodict

from connector.errors import InputError
from connector.intacct.dialects.xml import XmlDialect
from connector.intacct.operation import Operation, Verb


def _create(dialect: XmlDialect, **values: Any) -> str:
    return dialect.freeze(Operation(Verb.CREATE, "deal", values)).payload


def test_a_record_is_nested_by_path_in_the_order_of_its_schema(generic: XmlDialect) -> None:
    payload = _create(
        generic,
        additionalFields={"GLDIMREGION": "7", "currency": "EUR"},
        customFields={"ZONE": "north", "HUBSPOT_ID": "77"},
        city="Zürich",
        printAs="Tea & Co",
        active=False,
        onHold=True,
        copies=2,
        places=["100", "200"],
        dateCreated="2026-03-02",
        customerId="C-1",
        sendNow=True,
    )
    assert payload == (
        "<create><DEAL>"
        "<CUSTOMERID>C-1</CUSTOMERID>"
        "<WHENCREATED>03/02/2026</WHENCREATED>"
        "<STATUS>inactive</STATUS>"
        "<ONHOLD>true</ONHOLD>"
        "<COPIES>2</COPIES>"
        "<DISPLAYCONTACT><MAILADDRESS><CITY>Zürich</CITY></MAILADDRESS>"
        "<PRINTAS>Tea &amp; Co</PRINTAS></DISPLAYCONTACT>"
        "<RESTRICTEDLOCATIONS>100#~#200</RESTRICTEDLOCATIONS>"
        "<HUBSPOT_ID>77</HUBSPOT_ID><ZONE>north</ZONE>"
        "<GLDIMREGION>7</GLDIMREGION><CURRENCY>EUR</CURRENCY>"
        "</DEAL></create>"
    )


def test_lines_are_written_inside_their_wrapper(generic: XmlDialect) -> None:
    payload = _create(
        generic,
        lineItems=[
            {"amount": "12.10", "accountNumber": "4000", "quantity": "2", "customFields": {"X": 1}},
            "<dealentry><TRX_AMOUNT>1</TRX_AMOUNT><SPLIT><A>1</A></SPLIT><SPLIT/></dealentry>",
        ],
    )
    assert payload == (
        "<create><DEAL><ENTRIES>"
        "<DEALENTRY><ACCOUNTNO>4000</ACCOUNTNO><TRX_AMOUNT>12.10</TRX_AMOUNT><X>1</X></DEALENTRY>"
        "<DEALENTRY><TRX_AMOUNT>1</TRX_AMOUNT><SPLIT><A>1</A></SPLIT><SPLIT/></DEALENTRY>"
        "</ENTRIES></DEAL></create>"
    )


def test_the_same_values_in_another_order_give_the_same_bytes(generic: XmlDialect) -> None:
    """A run that starts again must not look like a different request."""
    values = {"customerId": "C-1", "customFields": {"B": "2", "A": "1"}, "city": "Bern"}
    turned = {"city": "Bern", "customFields": {"A": "1", "B": "2"}, "customerId": "C-1"}
    assert _create(generic, **values) == _create(generic, **turned)


def test_an_update_carries_the_record_number(generic: XmlDialect) -> None:
    frozen = generic.freeze(Operation(Verb.UPDATE, "deal", {"city": "Bern"}, keys=("33",)))
    assert frozen.payload == (
        "<update><DEAL><RECORDNO>33</RECORDNO><DISPLAYCONTACT><MAILADDRESS><CITY>Bern</CITY>"
        "</MAILADDRESS></DISPLAYCONTACT></DEAL></update>"
    )
    assert frozen.is_write
    assert frozen.function == "update"


def test_an_object_without_schema_takes_its_own_names(generic: XmlDialect) -> None:
    frozen = generic.freeze(
        Operation(Verb.CREATE, "PROJECT", {"NAME": "P", "RATE": Decimal("1E+2")})
    )
    assert frozen.payload == "<create><PROJECT><NAME>P</NAME><RATE>100</RATE></PROJECT></create>"


def test_nested_additional_fields_join_what_is_there(generic: XmlDialect) -> None:
    extra = {"displaycontact": {"EMAIL1": "a@b.c"}, "TAX": {"ENTRY": [{"ID": "1"}, {"ID": "2"}]}}
    assert _create(generic, printAs="P", additionalFields=extra) == (
        "<create><DEAL><DISPLAYCONTACT><PRINTAS>P</PRINTAS><EMAIL1>a@b.c</EMAIL1></DISPLAYCONTACT>"
        "<TAX><ENTRY><ID>1</ID></ENTRY><ENTRY><ID>2</ID></ENTRY></TAX></DEAL></create>"
    )


def test_blank_text_is_written_and_none_is_not(generic: XmlDialect) -> None:
    assert _create(generic, currency="", city=None) == "<create><DEAL><CURRENCY/></DEAL></create>"


def test_a_field_given_twice_is_refused(generic: XmlDialect) -> None:
    with pytest.raises(InputError, match="twice") as caught:
        _create(generic, customerId="C-1", additionalFields={"CustomerId": "C-2"})
    assert caught.value.field == "additionalFields.CustomerId"


HOSTILE = [
    "]]></memo><amount>0</amount>",
    "C&A <Ltd> \"x\" 'y'",
    "&x;",
    "a\r\nb\tc",
    "<!DOCTYPE a>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_never_becomes_structure(generic: XmlDialect, text: str) -> None:
    """Bad inputs 14 and 15: what was written arrives, and only as text."""
    payload = _create(
        generic, customerId=text, customFields={"X": text}, lineItems=[{"memo": text}]
    )
    record = xmltodict.parse(payload, strip_whitespace=False)["create"]["DEAL"]
    assert record == {
        "CUSTOMERID": text,
        "ENTRIES": {"DEALENTRY": {"ENTRYDESCRIPTION": text}},
        "X": text,
    }


@pytest.mark.parametrize("name", ["@attr", "#text", "a b", "1a", "x><y", "", "ns:a", "Ä", "a" * 81])
@pytest.mark.parametrize("place", ["customFields", "additionalFields"])
def test_keys_that_are_no_names_are_refused(generic: XmlDialect, place: str, name: str) -> None:
    with pytest.raises(InputError, match="not a name"):
        _create(generic, customerId="C", **{place: {name: "v"}})
    with pytest.raises(InputError, match="not a name"):
        _create(generic, additionalFields={"A": {name: "v"}})


@pytest.mark.parametrize("text", ["a\x00b", "\x08", "\x0b", "\x1f", "\ud800", "\uffff"])
def test_characters_that_cannot_travel_name_their_field(generic: XmlDialect, text: str) -> None:
    with pytest.raises(InputError, match="cannot be sent") as caught:
        _create(generic, lineItems=[{"memo": "fine"}, {"memo": text}])
    assert caught.value.field == "lineItems[1].memo"


@pytest.mark.parametrize("value", [0.1, {"a": 1}, ["x"], object()])
def test_only_exact_single_values_are_written(generic: XmlDialect, value: object) -> None:
    with pytest.raises(InputError) as caught:
        _create(generic, currency=value)
    assert caught.value.field == "currency"


@pytest.mark.parametrize(
    "text",
    [
        "<DEALENTRY><A></DEALENTRY>",
        "</ENTRIES><ENTRIES>",
        '<!DOCTYPE a [<!ENTITY x "y">]><DEALENTRY>&x;</DEALENTRY>',
        "<DEALENTRY>&unknown;</DEALENTRY>",
        '<DEALENTRY xmlns="urn:x"/>',
        '<DEALENTRY key="1"/>',
        "<OTHER/>",
        "loose text",
        "<DEALENTRY>loose<A/></DEALENTRY>",
        "<a>" * 300 + "</a>" * 300,
        "<DEALENTRY>" + "<a>" * 100 + "</a>" * 100 + "</DEALENTRY>",
    ],
)
def test_lines_as_xml_are_parsed_not_pasted(generic: XmlDialect, text: str) -> None:
    with pytest.raises(InputError) as caught:
        _create(generic, lineItems=text)
    assert caught.value.field == "lineItems[0]"


def test_nothing_to_write_is_refused(generic: XmlDialect) -> None:
    with pytest.raises(InputError, match="Nothing is given"):
        _create(generic, sendNow=True)

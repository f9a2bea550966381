from __future__ import annotations

from typing import Any

import pytest

from connector.errors import InputError
from connector.intacct.dialects.xml import XmlDialect
from connector.intacct.operation import Operation, Verb


def _create(dialect: XmlDialect, **values: Any) -> str:
    return dialect.freeze(Operation(Verb.CREATE, "deal", values)).payload


def test_children_stand_in_the_order_of_the_function(legacy: XmlDialect) -> None:
    payload = _create(
        legacy,
        lineItems=[
            {"memo": "Tea & biscuits", "amount": "99.00", "accountNumber": "4000"},
            {"accountNumber": "4010", "startDate": "2026-04-01", "customFields": {"ZONE": "n"}},
        ],
        customFields={"REGION": "west", "HUBSPOT_ID": "7"},
        additionalFields={"NoGL": True, "billto": {"printas": "A"}},
        exchangeRateType="",
        currency="USD",
        dateCreated="2026-02-01",
        customerId="C-100",
    )
    assert payload == (
        "<create_deal>"
        "<customerid>C-100</customerid>"
        "<datecreated><year>2026</year><month>02</month><day>01</day></datecreated>"
        "<billto><printas>A</printas></billto>"
        "<currency>USD</currency>"
        "<exchratetype/>"
        "<nogl>true</nogl>"
        "<customfields>"
        "<customfield><customfieldname>HUBSPOT_ID</customfieldname>"
        "<customfieldvalue>7</customfieldvalue></customfield>"
        "<customfield><customfieldname>REGION</customfieldname>"
        "<customfieldvalue>west</customfieldvalue></customfield>"
        "</customfields>"
        "<dealitems>"
        "<lineitem><glaccountno>4000</glaccountno><amount>99.00</amount>"
        "<memo>Tea &amp; biscuits</memo></lineitem>"
        "<lineitem><glaccountno>4010</glaccountno>"
        "<customfields><customfield><customfieldname>ZONE</customfieldname>"
        "<customfieldvalue>n</customfieldvalue></customfield></customfields>"
        "<startdate><year>2026</year><month>04</month><day>01</day></startdate></lineitem>"
        "</dealitems>"
        "</create_deal>"
    )


def test_a_wrapper_is_written_only_around_something(legacy: XmlDialect) -> None:
    assert "<billto>" not in _create(legacy, customerId="C")
    assert "<billto><contactname>J</contactname></billto>" in _create(legacy, billToContactName="J")


def test_additional_fields_of_a_line_find_their_place(legacy: XmlDialect) -> None:
    extra = {"TaxEntries": {"taxentry": [{"detailid": "D", "trx_tax": "1.00"}]}, "MEMO": "m"}
    line = {"accountNumber": "4000", "additionalFields": extra}
    assert (
        "<lineitem><glaccountno>4000</glaccountno><memo>m</memo><taxentries><taxentry>"
        "<detailid>D</detailid><trx_tax>1.00</trx_tax></taxentry></taxentries></lineitem>"
    ) in _create(legacy, lineItems=[line])


def test_a_date_among_additional_fields_takes_the_form_of_its_place(legacy: XmlDialect) -> None:
    assert "<datecreated><year>2026</year><month>02</month><day>01</day></datecreated>" in _create(
        legacy, additionalFields={"datecreated": "2026-02-01"}
    )


def test_lines_as_xml_are_put_in_order(legacy: XmlDialect) -> None:
    text = (
        "<lineitem><Memo>a &amp; b</Memo><!-- c --><amount>5</amount>"
        "<glaccountno>4000</glaccountno></lineitem><LINEITEM><amount>1</amount></LINEITEM>"
    )
    assert _create(legacy, lineItems=text) == (
        "<create_deal><dealitems>"
        "<lineitem><glaccountno>4000</glaccountno><amount>5</amount>"
        "<memo>a &amp; b</memo></lineitem>"
        "<lineitem><amount>1</amount></lineitem>"
        "</dealitems></create_deal>"
    )


def test_an_update_addresses_record_and_lines(legacy: XmlDialect) -> None:
    lines = [{"lineNumber": "1", "amount": "5"}, {"accountNumber": "4000"}]
    values = {"recordNo": '12"3', "lineItems": lines}
    frozen = legacy.freeze(Operation(Verb.UPDATE, "deal", values))
    assert frozen.payload == (
        '<update_deal key="12&quot;3"><updatedealitems>'
        '<updatelineitem line_num="1"><amount>5</amount></updatelineitem>'
        "<lineitem><glaccountno>4000</glaccountno></lineitem>"
        "</updatedealitems></update_deal>"
    )
    assert frozen.function == "update_deal"
    by_key = Operation(Verb.UPDATE, "deal", {"currency": "EUR"}, keys=("7",))
    assert legacy.freeze(by_key).payload == (
        '<update_deal key="7"><currency>EUR</currency></update_deal>'
    )


def test_an_update_without_record_number_is_refused(legacy: XmlDialect) -> None:
    with pytest.raises(InputError, match="recordNo is required"):
        legacy.freeze(Operation(Verb.UPDATE, "deal", {"currency": "EUR"}))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"onHold": True}, "onHold"),
        ({"unheard": "x"}, "unheard"),
        ({"additionalFields": {"onhold": "x"}}, "additionalFields.onhold"),
        ({"additionalFields": {"billto": {"phone": "x"}}}, "additionalFields.billto.phone"),
        ({"lineItems": [{"lineNumber": "1"}]}, "lineItems[0].lineNumber"),
        ({"lineItems": [{"additionalFields": {"x": "1"}}]}, "lineItems[0].additionalFields.x"),
        ({"lineItems": "<lineitem><x/></lineitem>"}, "lineItems[0]"),
        ({"lineItems": "<other/>"}, "lineItems[0]"),
        ({"lineItems": '<lineitem key="1"/>'}, "lineItems[0]"),
    ],
)
def test_what_has_no_place_is_refused_not_dropped(
    legacy: XmlDialect, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(InputError) as caught:
        _create(legacy, **values)
    assert caught.value.field == field


def test_an_unknown_name_is_answered_with_the_known_ones(legacy: XmlDialect) -> None:
    with pytest.raises(InputError) as caught:
        _create(legacy, additionalFields={"onhold": "x"})
    assert "exchratetype, nogl, customfields" in caught.value.advice


@pytest.mark.parametrize(
    "values",
    [
        {"currency": "USD", "additionalFields": {"Currency": "EUR"}},
        {"customFields": {"A": "1"}, "additionalFields": {"customfields": {"customfield": []}}},
        {"lineItems": [{"amount": "1", "additionalFields": {"AMOUNT": "2"}}]},
        {"additionalFields": {"nogl": True, "NoGL": False}},
    ],
)
def test_a_place_filled_twice_is_refused(legacy: XmlDialect, values: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="twice"):
        _create(legacy, **values)


def test_inputs_for_the_action_alone_do_not_travel(legacy: XmlDialect) -> None:
    values = {"customerId": "C", "sendNow": True, "lineItems": [{"amount": "1", "quantity": "2"}]}
    assert _create(legacy, **values) == (
        "<create_deal><customerid>C</customerid>"
        "<dealitems><lineitem><amount>1</amount></lineitem></dealitems></create_deal>"
    )

"""From a delivery to the input of a workflow: what starts it, what does not, and what it sees."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

import schemas
from connector.component import Context, Event, Webhook
from connector.errors import InputError, Untrusted
from connector.http import OutboundClient
from connector.hubspot.client import HubspotClient
from triggers.hubspot_deal import TRIGGER

CHANGE: dict[str, Any] = {
    "eventId": 3816279340,
    "subscriptionId": 25,
    "portalId": 33,
    "appId": 1160452,
    "occurredAt": 1767225600000,
    "subscriptionType": "deal.propertyChange",
    "attemptNumber": 0,
    "objectId": 42,
    "propertyName": "dealstage",
    "propertyValue": "closedwon",
    "changeSource": "CRM_UI",
    "sourceId": "userId:1",
}
CONFIG = {"stages": ["closedwon"]}


def receive(*events: Any) -> list[Event]:
    return TRIGGER.receive(delivery(json.dumps(list(events)).encode()), {})


def delivery(raw: bytes, headers: Mapping[str, str] | None = None) -> Webhook:
    return Webhook("POST", "https://h.example/x", headers or {}, raw, 1767225600000)


# What arrives


def test_delivery_becomes_one_event_per_deal_event() -> None:
    first, second = receive(CHANGE, {**CHANGE, "objectId": 43})
    assert (first.type, first.occurred_at) == ("deal.propertyChange", 1767225600000)
    assert (first.data["recordId"], second.data["recordId"]) == ("42", "43")
    assert first.data["changeSource"] == "CRM_UI"
    assert first.id != second.id


@pytest.mark.parametrize(
    "change",
    [
        {"attemptNumber": 7},
        {"eventId": 999},
        {"subscriptionId": 26},
        {"objectId": "42", "portalId": "33", "occurredAt": "1767225600000"},
        {"subscriptionType": None, "eventType": "deal.propertyChange"},
        {"subscriptionType": "object.propertyChange", "objectTypeId": "0-3"},
        {"sourceId": "userId:2"},
    ],
)
def test_same_occurrence_keeps_its_id_however_it_is_delivered(change: dict[str, Any]) -> None:
    (original,) = receive(CHANGE)
    (again,) = receive({**CHANGE, **change})
    assert again.id == original.id


@pytest.mark.parametrize(
    "change",
    [
        {"portalId": 34},
        {"objectId": 43},
        {"propertyName": "amount"},
        {"propertyValue": "closedlost"},
        {"occurredAt": 1767225600001},
        {"subscriptionType": "deal.creation"},
    ],
)
def test_other_occurrence_gets_another_id(change: dict[str, Any]) -> None:
    (original,) = receive(CHANGE)
    (other,) = receive({**CHANGE, **change})
    assert other.id != original.id


def test_event_without_a_time_is_told_by_its_number() -> None:
    timeless = {name: value for name, value in CHANGE.items() if name != "occurredAt"}
    first, second = receive(timeless, {**timeless, "eventId": 2})
    assert first.id != second.id
    assert first.occurred_at is None


def test_events_of_other_records_start_nothing_here() -> None:
    contact = {**CHANGE, "subscriptionType": "contact.creation"}
    company = {**CHANGE, "subscriptionType": "object.creation", "objectTypeId": "0-2"}
    assert [event.type for event in receive(contact, company)] == [
        "contact.creation",
        "company.creation",
    ]
    assert not any(TRIGGER.matches(event, CONFIG) for event in receive(contact, company))


def test_changes_of_one_property_replace_one_another_and_other_events_do_not() -> None:
    first, later, other, created = receive(
        CHANGE,
        {**CHANGE, "propertyValue": "closedlost", "occurredAt": 1767225600001},
        {**CHANGE, "propertyName": "amount"},
        {**CHANGE, "subscriptionType": "deal.creation"},
    )
    assert first.order == later.order != ""
    assert other.order not in {"", first.order}
    assert created.order == ""


def test_association_and_merge_events_name_their_deal() -> None:
    change = {"subscriptionType": "deal.associationChange", "occurredAt": 5, "portalId": 33}
    to_company = {"associationType": "DEAL_TO_COMPANY", "fromObjectId": 42, "toObjectId": 55}
    from_company = {"associationType": "COMPANY_TO_DEAL", "fromObjectId": 55, "toObjectId": 42}
    merge = {**CHANGE, "subscriptionType": "deal.merge", "objectId": None, "newObjectId": 42}
    events = receive({**change, **to_company}, {**change, **from_company}, merge)
    assert [event.data["recordId"] for event in events] == ["42", "42", "42"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("text", "not an object"),
        ({**CHANGE, "subscriptionType": 5}, "what happened"),
        ({**CHANGE, "objectId": "../1"}, "name a record"),
        ({**CHANGE, "objectId": 4.5}, "name a record"),
        ({**CHANGE, "objectId": True}, "name a record"),
        ({**CHANGE, "occurredAt": "now", "eventId": None}, "neither a time"),
        ({**CHANGE, "sourceId": "\ud800"}, "cannot be stored"),
    ],
)
def test_bad_event_is_kept_as_rejected_beside_the_good_ones(bad: Any, reason: str) -> None:
    rejected, good = receive(bad, CHANGE)
    assert good.type == "deal.propertyChange"
    assert rejected.type == "rejected"
    assert reason in rejected.data["reason"]
    assert rejected.data["position"] == 1
    assert not TRIGGER.matches(rejected, CONFIG)
    json.dumps(rejected.data).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"{}",
        b"[1, 2]",
        b'"text"',
        b"",
        b"[{]",
        b"\xff",
        b'[{"a":NaN}]',
        b"[" * 5000,
        json.dumps([CHANGE] * 101).encode(),
    ],
)
def test_delivery_that_is_no_list_of_events_is_refused(raw: bytes) -> None:
    with pytest.raises(InputError):
        TRIGGER.receive(delivery(raw), {})


def test_numbers_with_a_point_are_kept_exactly() -> None:
    raw = json.dumps([CHANGE]).replace('"userId:1"', "1234567890123456.10").encode()
    assert TRIGGER.receive(delivery(raw), {})[0].data["sourceId"] == "1234567890123456.10"


def test_number_beyond_the_machines_own_is_kept_digit_for_digit() -> None:
    assert receive({**CHANGE, "sourceId": 2**70})[0].data["sourceId"] == str(2**70)


def test_delivery_that_names_a_value_twice_is_refused() -> None:
    raw = json.dumps([CHANGE]).replace('"objectId": 42', '"objectId": 42, "objectId": 43').encode()
    with pytest.raises(InputError):
        TRIGGER.receive(delivery(raw), {})


def test_empty_delivery_is_no_event() -> None:
    assert receive() == []


def test_legacy_signature_counts_only_with_the_connections_consent() -> None:
    headers = {"x-hubspot-signature": hashlib.sha256(b"key[]").hexdigest()}
    webhook = delivery(b"[]", headers)
    for consent in ("", "false", False):
        with pytest.raises(Untrusted):
            TRIGGER.verify(webhook, {"clientSecret": "key", "legacySignatures": consent})
    TRIGGER.verify(webhook, {"clientSecret": "key", "legacySignatures": "true"})
    TRIGGER.verify(webhook, {"clientSecret": "key", "legacySignatures": True})


# What starts a workflow


@pytest.mark.parametrize(
    ("change", "config", "is_wanted"),
    [
        ({}, CONFIG, True),
        ({}, {}, True),
        ({"propertyValue": "1092471"}, CONFIG, True),  # may be the won stage of a pipeline
        ({"propertyValue": "1092471"}, {"stages": ["1092471"]}, True),
        ({"propertyValue": "qualified"}, {"stages": ["1092471"]}, False),
        ({"propertyValue": ""}, CONFIG, False),
        ({"propertyValue": None}, CONFIG, False),
        ({"propertyName": "amount"}, CONFIG, False),
        ({"subscriptionType": "deal.creation"}, {"stages": ["1092471"]}, True),
        ({"subscriptionType": "deal.deletion"}, CONFIG, False),
    ],
)
def test_event_alone_decides_what_cannot_be_wanted(
    change: dict[str, Any], config: dict[str, Any], *, is_wanted: bool
) -> None:
    (event,) = receive({**CHANGE, **change})
    assert TRIGGER.matches(event, config) is is_wanted


# What a workflow sees


def line(number: str, **properties: str | None) -> dict[str, Any]:
    return {"id": number, "properties": {"name": "Seats", "quantity": "2", **properties}}


class Portal:
    """A HubSpot with one deal in it, changed by the test."""

    def __init__(self, **properties: str | None) -> None:
        self.deal: dict[str, Any] = {
            "id": "42",
            "archived": False,
            "properties": {
                "dealname": "Acme",
                "amount": "1200",
                "dealstage": "closedwon",
                "pipeline": "default",
                "closedate": "2026-03-02T00:00:00Z",
                "deal_currency_code": "USD",
                "hubspot_owner_id": "501",
                "description": None,
                **properties,
            },
            "associations": {
                "companies": {"results": [{"id": "54"}, {"id": "55"}, {"id": "55"}]},
                "contacts": {"results": [{"id": "97"}]},
                "line items": {"results": [{"id": "1"}, {"id": "2"}]},
            },
        }
        self.lines = [line("2", price="0.333", amount=None), line("1", amount="1200", price="600")]
        self.missing_paths: set[str] = set()
        self.asked: list[str] = []

    def context(self) -> Context:
        """Return what a trigger is given."""
        http = OutboundClient(transport=httpx.MockTransport(self._answer))
        client = HubspotClient(http, "https://api.hubapi.com", "t", pause=lambda _: None)
        return Context(hubspot_client=client)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(path)
        if path in self.missing_paths:
            return httpx.Response(404, json={"category": "OBJECT_NOT_FOUND"})
        return httpx.Response(200, json=self._body(path))

    def _body(self, path: str) -> Any:
        primary = {"category": "HUBSPOT_DEFINED", "typeId": 5, "label": "Primary"}
        plain = {"category": "HUBSPOT_DEFINED", "typeId": 341, "label": None}
        return {
            "/crm/v3/objects/deals/42": self.deal,
            "/crm/v3/pipelines/deals": PIPELINES,
            "/crm/v4/objects/deals/42/associations/companies": {
                "results": [
                    {"toObjectId": 54, "associationTypes": [plain]},
                    {"toObjectId": 55, "associationTypes": [primary, plain]},
                ]
            },
            "/crm/v3/objects/companies/55": {
                "id": "55",
                "properties": {"name": "Harbour Café", "zip": "97201", "state": None},
            },
            "/crm/v3/objects/contacts/batch/read": {
                "results": [{"id": "97", "properties": {"email": "ada@x.example"}}]
            },
            "/crm/v3/objects/line_items/batch/read": {"results": self.lines},
        }[path]

    def without_lines(self) -> Portal:
        """Take the line items off the deal."""
        del self.deal["associations"]["line items"]
        return self


def stage(number: str, closed: str, probability: str) -> dict[str, Any]:
    return {
        "id": number,
        "label": number,
        "metadata": {"isClosed": closed, "probability": probability},
    }


PIPELINES = {
    "results": [
        {
            "id": "default",
            "label": "Sales",
            "stages": [stage("closedwon", "true", "1.0"), stage("closedlost", "true", "0.0")],
        },
        {"id": "77", "label": "Renewals", "stages": [stage("1092471", "true", "1.0")]},
        {"id": "78", "label": "Odd", "stages": [stage("closedwon", "false", "0.4")]},
    ]
}


def enrich(portal: Portal, config: Mapping[str, Any] = CONFIG) -> Mapping[str, Any] | None:
    (event,) = receive(CHANGE)
    return TRIGGER.enrich(portal.context(), event, config)


def filled(portal: Portal, config: Mapping[str, Any] = CONFIG) -> Mapping[str, Any]:
    found = enrich(portal, config)
    assert found is not None
    Draft202012Validator(schemas.resolve(TRIGGER.event)).validate(found)
    return found


def test_won_deal_is_filled_with_all_that_an_invoice_needs() -> None:
    found = filled(Portal())
    assert found["deal"] == {
        "id": "42",
        "name": "Acme",
        "amount": "1200.00",
        "stage": "closedwon",
        "pipeline": "default",
        "closedate": "2026-03-02T00:00:00Z",
        "currency": "USD",
        "ownerId": "501",
        "description": "",
        "isWon": True,
    }
    assert found["company"]["id"] == "55"
    assert found["company"]["name"] == "Harbour Café"
    assert found["company"]["state"] == ""
    assert [one["email"] for one in found["contacts"]] == ["ada@x.example"]
    lines = [
        (one["id"], one["quantity"], one["price"], one["amount"]) for one in found["lineItems"]
    ]
    assert lines == [("1", "2", "600", "1200.00"), ("2", "2", "0.333", "0.67")]


def test_won_stage_of_another_pipeline_counts_by_its_metadata() -> None:
    found = filled(Portal(dealstage="1092471", pipeline="77"))
    assert found["deal"]["isWon"] is True


@pytest.mark.parametrize(
    ("properties", "config"),
    [
        ({"dealstage": "closedlost"}, CONFIG),
        ({"dealstage": "closedlost"}, {}),
        ({"dealstage": "closedwon", "pipeline": "78"}, CONFIG),
        ({"dealstage": "1092471", "pipeline": "default"}, CONFIG),
        ({"dealstage": None}, CONFIG),
        ({}, {"stages": ["1092471"]}),
        ({}, {"stages": ["closedwon"], "pipelines": ["77"]}),
    ],
)
def test_deal_that_is_not_in_a_wanted_stage_any_more_starts_nothing(
    properties: dict[str, str | None], config: dict[str, Any]
) -> None:
    portal = Portal(**properties)
    assert enrich(portal, config) is None
    assert not [path for path in portal.asked if "line_items" in path]


def test_stage_named_by_its_id_is_wanted_though_it_is_not_won() -> None:
    found = filled(Portal(dealstage="closedlost"), {"stages": ["closedlost"]})
    assert found["deal"]["isWon"] is False


def test_archived_or_deleted_deal_starts_nothing() -> None:
    archived = Portal()
    archived.deal["archived"] = True
    assert enrich(archived) is None
    deleted = Portal()
    deleted.missing_paths.add("/crm/v3/objects/deals/42")
    assert enrich(deleted) is None


def test_deal_that_has_an_invoice_number_starts_nothing() -> None:
    config = {**CONFIG, "invoiceProperty": "intacct_invoice_number"}
    assert enrich(Portal(intacct_invoice_number="INV-9"), config) is None
    assert filled(Portal(intacct_invoice_number=" "), config)["deal"]["id"] == "42"


def test_deal_in_another_currency_is_not_invoiced_and_says_so() -> None:
    config = {**CONFIG, "currencies": ["EUR", "GBP"]}
    with pytest.raises(InputError, match="'Acme' is in USD"):
        enrich(Portal(), config)
    assert filled(Portal(deal_currency_code="eur"), config)
    assert filled(Portal(deal_currency_code=""), config)


def test_deal_without_company_says_null() -> None:
    portal = Portal()
    del portal.deal["associations"]["companies"]
    assert filled(portal)["company"] is None
    gone = Portal()
    gone.missing_paths.add("/crm/v3/objects/companies/55")
    assert filled(gone)["company"] is None


def test_deal_without_line_items_has_one_line_of_its_amount() -> None:
    (only,) = filled(Portal(amount="99.5").without_lines())["lineItems"]
    assert (only["name"], only["quantity"], only["amount"]) == ("Acme", "1", "99.50")


@pytest.mark.parametrize("amount", ["0", "-5", "", None, "0.004"])
def test_deal_without_positive_total_is_an_error_in_plain_words(amount: str | None) -> None:
    with pytest.raises(InputError, match=r"'Acme'.*nothing to invoice"):
        enrich(Portal(amount=amount).without_lines())


def test_lines_that_cancel_out_are_an_error() -> None:
    portal = Portal()
    portal.lines = [line("1", amount="5"), line("2", amount="-5")]
    with pytest.raises(InputError, match=r"is 0\.00"):
        enrich(portal)


def test_discount_line_is_kept_while_the_total_is_positive() -> None:
    portal = Portal()
    portal.lines = [line("1", amount="5"), line("2", amount="-1")]
    assert [one["amount"] for one in filled(portal)["lineItems"]] == ["5.00", "-1.00"]


def test_deal_with_a_line_item_that_hubspot_does_not_return_is_not_invoiced_in_part() -> None:
    portal = Portal()
    portal.lines.pop()
    with pytest.raises(InputError, match="1 line item"):
        enrich(portal)


# How it describes itself


def test_example_fits_the_schema_of_the_event() -> None:
    Draft202012Validator(schemas.resolve(TRIGGER.event)).validate(TRIGGER.example)


def test_settings_take_stages_and_pipelines_and_nothing_else() -> None:
    assert TRIGGER.form.check({"stages": ["closedwon"]}) == {"stages": ["closedwon"]}
    wrong: list[dict[str, Any]] = [{"stages": []}, {"stages": "closedwon"}, {"stage": ["a"]}]
    for settings in wrong:
        with pytest.raises(InputError):
            TRIGGER.form.check(settings)


def test_connection_form_hides_what_is_secret_and_has_safe_defaults() -> None:
    fields = schemas.resolve("connections/hubspot.json")["properties"]
    secret = {name for name, field in fields.items() if field.get("writeOnly")}
    assert secret == {"token", "clientSecret", "previousClientSecret"}
    assert fields["legacySignatures"]["default"] is False
    assert fields["baseUrl"]["default"] == "https://api.hubapi.com"

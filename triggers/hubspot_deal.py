"""HubSpot Deal: start when a deal reaches a stage, with all that an invoice needs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import schemas
from connector.component import Context, Event, Trigger
from connector.errors import InputError, NotFound
from connector.hubspot import amounts
from connector.hubspot.client import HubspotClient
from connector.hubspot.records import Record
from triggers import hubspot_events

CLOSED_WON = "closedwon"
DEFAULT_STAGES = (CLOSED_WON,)


def matches(event: Event, config: Mapping[str, Any]) -> bool:
    """Say whether a deal may have reached a wanted stage.

    With ``closedwon`` any stage may: which ones are won stands in the portal's pipelines.
    """
    if event.type == "deal.creation":
        return True
    if event.type != "deal.propertyChange" or event.data.get("propertyName") != "dealstage":
        return False
    stage = str(event.data.get("propertyValue") or "")
    stages = _stages(config)
    return bool(stage) and (CLOSED_WON in stages or stage in stages)


def enrich(ctx: Context, event: Event, config: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the deal with its company, contacts and lines, or None when it is not wanted now.

    The deal is read anew: events come late, twice and out of order.

    Raises:
        InputError: The deal has no positive total, a line that cannot be priced, or a currency
            that the workflow does not invoice.
    """
    hubspot = ctx.hubspot
    number_in = config.get("invoiceProperty")
    try:
        deal = hubspot.get_deal(str(event.data["recordId"]), [number_in] if number_in else [])
    except NotFound:
        return None
    if deal.is_archived or not _is_in(deal, "pipeline", config.get("pipelines")):
        return None
    if number_in and deal.properties.get(number_in, "").strip():
        return None  # already invoiced
    is_won = _is_won(hubspot, deal)
    if not _is_wanted(deal, _stages(config), is_won=is_won):
        return None
    _check_currency(deal, config.get("currencies"))
    return {
        "deal": _described_deal(deal, is_won=is_won),
        "company": _company(hubspot, deal),
        "contacts": _contacts(hubspot, deal),
        "lineItems": _line_items(hubspot, deal),
    }


def _stages(config: Mapping[str, Any]) -> list[str]:
    return list(config.get("stages") or DEFAULT_STAGES)


def _is_in(deal: Record, name: str, wanted: Any) -> bool:
    return not wanted or deal.properties.get(name) in wanted


def _is_won(hubspot: HubspotClient, deal: Record) -> bool:
    place = (deal.properties.get("pipeline"), deal.properties.get("dealstage"))
    return any(
        stage.is_won and (stage.pipeline_id, stage.id) == place for stage in hubspot.get_stages()
    )


def _is_wanted(deal: Record, stages: list[str], *, is_won: bool) -> bool:
    stage = deal.properties.get("dealstage")
    # In the settings the word means "won"; an id of that name may have been set up otherwise.
    return (is_won and CLOSED_WON in stages) or (stage != CLOSED_WON and stage in stages)


def _check_currency(deal: Record, wanted: Any) -> None:
    currency = deal.properties.get("deal_currency_code", "").strip().upper()
    # A portal with one currency names none; there is nothing to mix up.
    if wanted and currency and currency not in wanted:
        raise InputError(
            f"The deal {_called(deal)} is in {currency}, and this workflow invoices"
            f" {', '.join(wanted)}.",
            advice="Invoice the deal by another workflow, or add its currency to the trigger.",
            field="deal.currency",
        )


def _described_deal(deal: Record, *, is_won: bool) -> dict[str, Any]:
    read = deal.properties
    name = read.get("dealname", "")
    amount = read.get("amount", "").strip()
    return {
        "id": deal.id,
        "name": name,
        "amount": str(_deal_amount(deal)) if amount else "",
        "stage": read.get("dealstage", ""),
        "pipeline": read.get("pipeline", ""),
        "closedate": read.get("closedate", ""),
        "currency": read.get("deal_currency_code", ""),
        "ownerId": read.get("hubspot_owner_id", ""),
        "description": read.get("description", ""),
        "isWon": is_won,
    }


def _deal_amount(deal: Record) -> Decimal:
    amount = deal.properties.get("amount", "").strip()
    return amounts.round_money(amounts.read_number(amount, "The amount of the deal"))


def _company(hubspot: HubspotClient, deal: Record) -> dict[str, Any] | None:
    if not deal.associated.get("companies"):
        return None
    company_id = hubspot.primary_company_id(deal.id)
    if company_id is None:
        return None
    try:
        company = hubspot.get_company(company_id)
    except NotFound:
        return None
    names = ("name", "domain", "address", "address2", "city", "state", "zip", "country", "phone")
    return {"id": company.id, **{name: company.properties.get(name, "") for name in names}}


def _contacts(hubspot: HubspotClient, deal: Record) -> list[dict[str, Any]]:
    found = hubspot.get_contacts(deal.associated.get("contacts", []))
    return [
        {
            "id": contact.id,
            "email": contact.properties.get("email", ""),
            "firstName": contact.properties.get("firstname", ""),
            "lastName": contact.properties.get("lastname", ""),
            "phone": contact.properties.get("phone", ""),
        }
        for contact in found.records
    ]


def _line_items(hubspot: HubspotClient, deal: Record) -> list[dict[str, Any]]:
    found = hubspot.get_line_items(deal.associated.get("line items", []))
    if found.missing:
        raise InputError(
            f"HubSpot does not return {len(found.missing)} line item(s) of the deal"
            f" {_called(deal)}, so its total is not known.",
            advice="Look at the deal's line items in HubSpot and run it again.",
            field="lineItems",
        )
    lines = [_line(record) for record in found.records] or [_line_of_the_deal(deal)]
    total = sum((Decimal(line["amount"]) for line in lines), Decimal(0))
    if total <= 0:
        raise _not_positive(deal, f"The total of the deal {_called(deal)} is {total}")
    return lines


def _line(record: Record) -> dict[str, Any]:
    read = record.properties
    name = read.get("name") or f"Line item {record.id}"
    price = read.get("price", "").strip()
    return {
        "id": record.id,
        "name": name,
        "quantity": amounts.plain(amounts.read_quantity(read, name)),
        "price": amounts.plain(amounts.read_number(price, f"The price of {name}")) if price else "",
        "amount": str(amounts.net_amount(read, name)),
        "sku": read.get("hs_sku", ""),
        "description": read.get("description", ""),
        "currency": read.get("hs_line_item_currency_code", ""),
    }


def _line_of_the_deal(deal: Record) -> dict[str, Any]:
    read = deal.properties
    if not read.get("amount", "").strip():
        raise _not_positive(deal, f"The deal {_called(deal)} has neither line items nor an amount")
    amount = str(_deal_amount(deal))
    return {
        "id": "",
        "name": read.get("dealname", ""),
        "quantity": "1",
        "price": amount,
        "amount": amount,
        "sku": "",
        "description": read.get("description", ""),
        "currency": read.get("deal_currency_code", ""),
    }


def _not_positive(deal: Record, what: str) -> InputError:
    return InputError(
        f"{what}, so there is nothing to invoice.",
        advice=f"Correct deal {deal.id} in HubSpot and run it again.",
        field="deal.amount",
    )


def _called(deal: Record) -> str:
    return f"'{deal.properties.get('dealname') or deal.id}'"


EVENT = "events/hubspot.deal.json"

TRIGGER = Trigger(
    key="hubspot.deal",
    label="HubSpot Deal",
    description="Starts the workflow when a deal reaches one of the chosen stages.",
    connection="hubspot",
    event=EVENT,
    config="triggers/hubspot.deal.json",
    verify=hubspot_events.verify,
    receive=hubspot_events.receive,
    matches=matches,
    enrich=enrich,
    example=schemas.load(EVENT)["examples"][0],
)

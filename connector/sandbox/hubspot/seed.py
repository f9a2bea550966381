"""The example portal: what HubSpot would hold of a small trading company's sales.

The deals that stories and tests name have fixed ids and contents; the seed chooses the others.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from connector.sandbox.hubspot import examples
from connector.sandbox.hubspot.kinds import (
    BILLING_CONTACT,
    COMPANY_CONTACT,
    DEAL_CONTACT,
    DEAL_LINE_ITEM,
    PLAIN_COMPANY,
    PRIMARY_COMPANY,
)
from connector.sandbox.hubspot.pipelines import (
    CUSTOM_LOST_STAGE,
    CUSTOM_OPEN_STAGE,
    CUSTOM_PIPELINE,
    CUSTOM_WON_STAGE,
    DEFAULT_PIPELINE,
)

FIRST_COMPANY = 5501
FIRST_CONTACT = 9701
FIRST_LINE_ITEM = 28901
FIRST_DEAL = 63252656431  # above 32 bits, as real deals are
DEAL_COUNT = 25

_DAY_ZERO = datetime(2026, 1, 5, 9, tzinfo=UTC)
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class _Line:
    product: tuple[str, str, str]
    quantity: str
    more: dict[str, str] = field(default_factory=dict)
    has_amount: bool = True


@dataclass(frozen=True)
class _Deal:
    name: str
    lines: tuple[_Line, ...]
    company: int | None = 0
    stage: str = "contractsent"
    pipeline: str = DEFAULT_PIPELINE
    company_type: int = PRIMARY_COMPANY
    amount: str | None = None
    is_amount_summed: bool = True
    currency: str | None = "USD"


@dataclass
class ExampleData:
    """Objects as ``(kind, id, properties, created)``, associations as ``(from, type, to)``."""

    objects: list[tuple[str, str, dict[str, str | None], str]] = field(default_factory=list)
    associations: list[tuple[str, int, str]] = field(default_factory=list)

    def add(self, kind: str, number: int, properties: dict[str, str | None]) -> str:
        """Add an object, created one hour after the one before it; return its id."""
        moment = _DAY_ZERO + timedelta(hours=len(self.objects))
        created = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.objects.append((kind, str(number), properties, created))
        return str(number)


_ORDER = (_Line(examples.BEANS, "1"), _Line(examples.CUPS, "3"), _Line(examples.MACHINE, "2.5"))

# In this order they get the ids from FIRST_DEAL on.
_NAMED_DEALS = (
    _Deal("Harbour Café opening order", _ORDER, company=0),
    _Deal(
        "Tasting evening (no line items)", (), company=1, amount="4800.00", is_amount_summed=False
    ),
    _Deal(
        "Kitchen refit (company without a label)",
        (_Line(examples.MACHINE, "1"),),
        company=2,
        company_type=PLAIN_COMPANY,
    ),
    _Deal(
        "Sample parcel (blank amount)",
        (_Line(examples.BEANS, "3"),),
        company=3,
        amount="",
        is_amount_summed=False,
    ),
    _Deal("Quote without anything (no amount)", (), company=4, is_amount_summed=False),
    _Deal(
        "Renewal of the service plan",
        (_Line(examples.SERVICE, "3", {"recurringbillingfrequency": "monthly"}),),
        company=5,
        stage=CUSTOM_OPEN_STAGE,
        pipeline=CUSTOM_PIPELINE,
    ),
    _Deal(
        "Renewal already won",
        (_Line(examples.SERVICE, "1", {"hs_recurring_billing_period": "P12M"}),),
        company=7,
        stage=CUSTOM_WON_STAGE,
        pipeline=CUSTOM_PIPELINE,
    ),
    _Deal(
        "Discounted starter kit",
        (
            _Line(examples.MACHINE, "1", {"discount": "125.50"}, has_amount=False),
            _Line(examples.BEANS, "3", has_amount=False),
        ),
        company=6,
        amount="1160.80",
        is_amount_summed=False,
    ),
    _Deal("Walk-in sale (no company)", (_Line(examples.CUPS, "3"),), company=None),
    _Deal("Münchner Büro", (_Line(examples.FILTERS, "2.5"),), company=2, currency="EUR"),
)
_STAGES = (
    (DEFAULT_PIPELINE, "appointmentscheduled"),
    (DEFAULT_PIPELINE, "qualifiedtobuy"),
    (DEFAULT_PIPELINE, "presentationscheduled"),
    (DEFAULT_PIPELINE, "contractsent"),
    (DEFAULT_PIPELINE, "closedwon"),
    (DEFAULT_PIPELINE, "closedlost"),
    (CUSTOM_PIPELINE, CUSTOM_OPEN_STAGE),
    (CUSTOM_PIPELINE, CUSTOM_LOST_STAGE),
)


def example_data(seed: int) -> ExampleData:
    """Return the example portal; the same seed gives the same data, to the last character."""
    chance = random.Random(seed)  # noqa: S311 - example data, not a secret
    data = ExampleData()
    _add_companies(data)
    _add_contacts(data)
    line_number = FIRST_LINE_ITEM
    for place in range(DEAL_COUNT):
        deal = _NAMED_DEALS[place] if place < len(_NAMED_DEALS) else _make_deal(chance, place)
        _add_deal(data, FIRST_DEAL + place, deal, line_number)
        line_number += len(deal.lines)
    return data


def _add_companies(data: ExampleData) -> None:
    for place, company in enumerate(examples.COMPANIES):
        properties = dict(zip(examples.COMPANY_FIELDS, company, strict=True))
        data.add("companies", FIRST_COMPANY + place, properties)


def _add_contacts(data: ExampleData) -> None:
    for place, (first_name, last_name) in enumerate(examples.PEOPLE):
        company_place = place % len(examples.COMPANIES)
        contact_id = data.add(
            "contacts",
            FIRST_CONTACT + place,
            {
                "email": f"person{place + 1}@{examples.COMPANIES[company_place][1]}",
                "firstname": first_name,
                "lastname": last_name,
                "phone": examples.COMPANIES[company_place][8],
            },
        )
        company_id = str(FIRST_COMPANY + company_place)
        data.associations.append((company_id, COMPANY_CONTACT, contact_id))
        if place < len(examples.COMPANIES):
            data.associations.append((company_id, BILLING_CONTACT, contact_id))


def _make_deal(chance: random.Random, place: int) -> _Deal:
    pipeline, stage = _STAGES[place % len(_STAGES)]
    company = chance.randrange(len(examples.COMPANIES))
    products = chance.sample(examples.PRODUCTS, chance.randint(1, 3))
    return _Deal(
        name=f"{examples.COMPANIES[company][0]}: order {place + 1}",
        lines=tuple(_Line(product, chance.choice(examples.QUANTITIES)) for product in products),
        company=company,
        stage=stage,
        pipeline=pipeline,
        currency=chance.choice(("USD", "USD", None)),
    )


def _add_deal(data: ExampleData, number: int, deal: _Deal, line_number: int) -> None:
    amount = deal.amount
    if deal.is_amount_summed:
        amount = str(sum((_net(line) for line in deal.lines), Decimal(0)))
    closes = _DAY_ZERO + timedelta(days=number - FIRST_DEAL + 14)
    deal_id = data.add(
        "deals",
        number,
        {
            "dealname": deal.name,
            "amount": amount,
            "dealstage": deal.stage,
            "pipeline": deal.pipeline,
            "closedate": closes.isoformat().replace("+00:00", "Z"),
            "deal_currency_code": deal.currency,
            "hubspot_owner_id": "71001",
        },
    )
    for place, line in enumerate(deal.lines):
        properties = _line_properties(line, deal.currency)
        line_id = data.add("line_items", line_number + place, properties)
        data.associations.append((deal_id, DEAL_LINE_ITEM, line_id))
    if deal.company is not None:
        data.associations.append((deal_id, deal.company_type, str(FIRST_COMPANY + deal.company)))
        data.associations.append((deal_id, DEAL_CONTACT, str(FIRST_CONTACT + deal.company)))


def _line_properties(line: _Line, currency: str | None) -> dict[str, str | None]:
    name, stock_number, price = line.product
    properties: dict[str, str | None] = {
        "name": name,
        "quantity": line.quantity,
        "price": price,
        "hs_sku": stock_number,
        "hs_line_item_currency_code": currency,
        **line.more,
    }
    if line.has_amount:
        properties["amount"] = str(_net(line))
    return properties


def _net(line: _Line) -> Decimal:
    whole = Decimal(line.product[2]) * Decimal(line.quantity)
    net = whole - Decimal(line.more.get("discount", "0"))
    return net.quantize(_CENT, rounding=ROUND_HALF_UP)

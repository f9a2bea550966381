"""get_araging: what customers owe, by how many days ago it was invoiced or due.

Names and nesting of the reply are those that published clients read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from connector.sandbox.company import Call
from connector.sandbox.documents import OWED
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.functions.given import needed_day
from connector.sandbox.reader import is_visible
from connector.sandbox.refusal import Refusal, rule
from connector.sandbox.store import Record
from connector.sandbox.values import illegal_format, money
from connector.sandbox.wire.tree import Element, add, element, text_of

_PERIODS = "0-30,31-60,61-90,91-120,121-"
_ENDLESS = 10**9


@dataclass(frozen=True)
class _Period:
    """Days of age from the first to the last, both counted in; `name` is how it was asked for."""

    name: str
    first: int
    last: int


@dataclass(frozen=True)
class _Owed:
    """One open transaction: what is due of it, the day its age counts from, and that age."""

    record: Record
    due: Decimal
    day: str
    age: int


def get_araging(call: Call, request: Element) -> Answer:
    """Say what each customer owes in periods of age; customers who owe nothing are left out."""
    periods = _periods(text_of(request, "agingperiods") or _PERIODS)
    block = request.find("asofdate")
    today = call.at.date() if block is None else _day(needed_day(block, "asofdate", "aging"))
    with_details = text_of(request, "showdetails").lower() == "true"
    owed = list(_open(call, request, today))
    data = element("data")
    for customer in sorted({one.record.body["CUSTOMERID"] for one in owed}):
        own = [one for one in owed if one.record.body["CUSTOMERID"] == customer]
        shown = add(data, "araging")
        add(shown, "customerid", customer)
        for period in periods:
            _add_period(shown, period, own, with_details=with_details)
    return Answer(data)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _periods(text: str) -> list[_Period]:
    """Return the periods of a list like `0-30,31-`; raises Refusal when they overlap."""
    found = []
    for part in text.split(","):
        first, sign, last = (piece.strip() for piece in part.partition("-"))
        if not sign or not first.isdecimal() or (last and not last.isdecimal()):
            raise illegal_format("agingperiods", text)
        found.append(_Period(part.strip(), int(first), int(last) if last else _ENDLESS))
    ordered = sorted(found, key=lambda period: period.first)
    if any(one.last >= two.first for one, two in pairwise(ordered)):
        raise _overlap(text)
    return found


def _overlap(text: str) -> Refusal:
    return rule(f"The aging periods {text} overlap.", field="agingperiods")


def _open(call: Call, request: Element, today: date) -> Iterator[_Owed]:
    """Yield the open invoices and adjustments that the request asks for."""
    customer, number = text_of(request, "customerid"), text_of(request, "invoiceno")
    for name in ("ARINVOICE", "ARADJUSTMENT"):
        for record in call.store.stream(name):
            body = record.body
            is_asked = customer in ("", body.get("CUSTOMERID")) and number in ("", record.id)
            is_seen = is_visible(record, call.scope.entity, with_private=True)
            if not (is_asked and is_seen) or body["STATE"] not in OWED:
                continue
            day = _counted_from(request, record)
            due = _due(call, request, record)
            if due and day <= today.isoformat():
                yield _Owed(record, due, day, (today - _day(day)).days)


def _counted_from(request: Element, record: Record) -> str:
    body = record.body
    if text_of(request, "useduedate").lower() == "true" and body.get("WHENDUE"):
        return body["WHENDUE"]
    if text_of(request, "useglpostdate").lower() == "true" and body.get("WHENPOSTED"):
        return body["WHENPOSTED"]
    return body["WHENCREATED"]


def _due(call: Call, request: Element, record: Record) -> Decimal:
    """Return what is due, of the lines at the location and department that are asked for."""
    asked = {
        name: text_of(request, name.lower())
        for name in ("LOCATIONID", "DEPARTMENTID")
        if text_of(request, name.lower())
    }
    if not asked:
        return Decimal(record.body["TOTALDUE"])
    lines = call.store.owned(f"{record.object}ITEM", record.recordno)
    return sum(
        (
            Decimal(line.body["AMOUNT"]) - Decimal(line.body.get("TOTALPAID", "0"))
            for line in lines
            if all(line.body.get(name) == value for name, value in asked.items())
        ),
        Decimal(0),
    )


def _add_period(block: Element, period: _Period, owed: list[_Owed], *, with_details: bool) -> None:
    own = [one for one in owed if period.first <= one.age <= period.last]
    shown = add(block, "aging")
    add(shown, "agingperiod", period.name)
    add(shown, "totalamount", money(sum((one.due for one in own), Decimal(0))))
    if not with_details:
        return
    details = add(shown, "agingdetails")
    for one in own:
        detail = add(details, "agingdetail")
        add(detail, "invoiceno", one.record.id)
        add(detail, "totaldue", money(one.due))
        day = add(detail, "agingdate")
        for name, part in zip(("year", "month", "day"), one.day.split("-"), strict=True):
            add(day, name, part)
        add(detail, "age", str(one.age))


FUNCTIONS: dict[str, Function] = {"get_araging": get_araging}

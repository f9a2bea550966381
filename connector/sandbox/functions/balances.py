"""Balances of accounts, from what is posted in the general ledger.

The reply of balances by dimension is published; the rows of the other two hold the names that
published readers of them know. Debits are above zero, credits below it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from connector.sandbox.books import BASE_CURRENCY
from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.functions.given import needed_day
from connector.sandbox.refusal import NOT_OFFERED, Fault, Refusal, rule
from connector.sandbox.store import Body, Record
from connector.sandbox.values import money
from connector.sandbox.wire.tree import Element, add, element, text_of
from connector.sandbox.writer import check_reference

ZERO = Decimal(0)
# What a request calls a dimension -> the field of an entry, and the object of its title.
_GROUPS = {
    "location": ("LOCATION", "LOCATION", "NAME"),
    "department": ("DEPARTMENT", "DEPARTMENT", "TITLE"),
    "project": ("PROJECTID", "PROJECT", "NAME"),
    "customer": ("CUSTOMERID", "CUSTOMER", "NAME"),
    "vendor": ("VENDORID", "VENDOR", "NAME"),
    "employee": ("EMPLOYEEID", "EMPLOYEE", "TITLE"),
    "item": ("ITEMID", "ITEM", "NAME"),
    "class": ("CLASSID", "CLASS", "NAME"),
}
_TREES = {"location": "loc_subs", "department": "dept_subs"}
_MISSING = ("accountgroupname", "budgetid", "contentselection", "projecttypeid", "customertypeid")


@dataclass
class _Sums:
    """The sums of one group of entries."""

    start: Decimal = ZERO
    debits: Decimal = ZERO
    credits: Decimal = ZERO
    adjusted: dict[str, Decimal] = field(default_factory=lambda: {"1": ZERO, "-1": ZERO})

    @property
    def change(self) -> Decimal:
        """What the period added."""
        return self.debits - self.credits + self.adjusted["1"] - self.adjusted["-1"]


def get_accountbalances(call: Call, request: Element) -> Answer:
    """List the balances of accounts for a period, each with its debits and credits."""
    groups = tuple(name for name in _TREES if text_of(request, f"{name}id"))
    return _listed(call, request, "accountbalance", groups)


def get_trialbalance(call: Call, request: Element) -> Answer:
    """List the balances of all accounts for a period, by department and location on demand."""
    switches = {"department": "showdeptdetail", "location": "showlocdetail"}
    groups = tuple(n for n, switch in switches.items() if text_of(request, switch) == "true")
    return _listed(call, request, "trialbalance", groups)


def get_accountbalancesbydimensions(call: Call, request: Element) -> Answer:
    """List the balances of accounts for a period, in groups of the named dimensions."""
    names = [name.strip().lower() for name in text_of(request, "groupby").split(",")]
    groups = tuple(name for name in names if name)
    unknown = [name for name in groups if name not in _GROUPS]
    if unknown:
        raise rule(f"Balances cannot be grouped by {unknown[0]}.", field="groupby")
    data = element("data")
    for key, sums in _found(call, request, groups):
        row = add(data, "accountbalance")
        add(row, "glaccountno", key[0])
        add(row, "startbalance", money(sums.start))
        add(row, "periodbalance", money(sums.change))
        add(row, "endbalance", money(sums.start + sums.change))
        add(row, "currency", BASE_CURRENCY)
        _add_groups(call, row, groups, key[1:])
    return Answer(data)


def _listed(call: Call, request: Element, tag: str, groups: tuple[str, ...]) -> Answer:
    data = element("data")
    for key, sums in _found(call, request, groups):
        row = add(data, tag)
        add(row, "glaccountno", key[0])
        add(row, "startbalance", money(sums.start))
        add(row, "debits", money(sums.debits))
        add(row, "credits", money(sums.credits))
        add(row, "adjdebits", money(sums.adjusted["1"]))
        add(row, "adjcredits", money(sums.adjusted["-1"]))
        add(row, "endbalance", money(sums.start + sums.change))
        add(row, "reportingbook", "ACCRUAL")
        add(row, "currency", BASE_CURRENCY)
        _add_groups(call, row, groups, key[1:])
    return Answer(data)


def _add_groups(call: Call, row: Element, groups: tuple[str, ...], values: tuple[str, ...]) -> None:
    for name, value in zip(groups, values, strict=True):
        _, object_name, title = _GROUPS[name]
        found = call.store.by_id(object_name, value) if value else []
        add(row, f"{name}id", value)
        add(row, f"{name}name", found[0].body.get(title, "") if found else "")


def _found(
    call: Call, request: Element, groups: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], _Sums]]:
    """Yield account and values of the groups with their sums, in order."""
    for name in _MISSING:
        if text_of(request, name):
            raise Refusal(Fault(NOT_OFFERED, f"This sandbox has no balances by {name}."))
    first, last = _period(call, request)
    found: dict[tuple[str, ...], _Sums] = defaultdict(_Sums)
    kept = _kept_accounts(call)
    batches: dict[str, Body] = {}
    for entry in _entries(call, request, last):
        body = entry.body
        key = (body["ACCOUNTNO"], *(body.get(_GROUPS[name][0], "") for name in groups))
        sums, amount = found[key], Decimal(body["AMOUNT"])
        batch = batches.setdefault(body["BATCHNO"], _batch(call, entry))
        if body["ENTRY_DATE"] < first:
            # Accounts of income start each year anew.
            if body["ACCOUNTNO"] in kept or body["ENTRY_DATE"][:4] == first[:4]:
                sums.start += amount * int(body["TR_TYPE"])
        elif batch.get("ADJ") == "true":
            sums.adjusted[body["TR_TYPE"]] += amount
        elif body["TR_TYPE"] == "1":
            sums.debits += amount
        else:
            sums.credits += amount
    with_zero = text_of(request, "showzerobalances") == "true"
    for key in sorted(found):
        sums = found[key]
        if with_zero or sums.start or sums.debits or sums.credits or any(sums.adjusted.values()):
            yield key, sums


def _batch(call: Call, entry: Record) -> Body:
    found = call.store.get("GLBATCH", entry.parent or 0)
    return found.body if found else {}


def _kept_accounts(call: Call) -> set[str]:
    """Return the accounts that go on from year to year."""
    accounts = call.store.stream("GLACCOUNT")
    return {one.id for one in accounts if one.body.get("ACCOUNTTYPE") != "incomestatement"}


def _period(call: Call, request: Element) -> tuple[str, str]:
    """Return the first and the last day (ISO) of a request."""
    name = text_of(request, "reportingperiodname")
    if name:
        period = check_reference(call, "REPORTINGPERIOD", name, field="reportingperiodname")
        return period.body["START_DATE"], period.body["END_DATE"]
    first = needed_day(request.find("startdate"), "startdate", "beginning")
    return first, needed_day(request.find("enddate"), "enddate", "end")


def _entries(call: Call, request: Element, last: str) -> Iterator[Record]:
    """Yield the posted entries until a day that meet the filters of a request."""
    number, statistical = text_of(request, "glaccountno"), text_of(request, "statistical").lower()
    start, end = text_of(request, "startaccountno"), text_of(request, "endaccountno")
    asked = {
        name: _with_below(call, request, name) for name in _GROUPS if text_of(request, f"{name}id")
    }
    for entry in call.store.stream("GLDETAIL"):
        body = entry.body
        is_counted = body.get("STATISTICAL") == "true"
        if body["ENTRY_DATE"] > last or (number and body["ACCOUNTNO"] != number):
            continue
        if start and not start <= body["ACCOUNTNO"] <= end:
            continue
        if statistical in ("exclude", "only") and is_counted != (statistical == "only"):
            continue
        if all(body.get(_GROUPS[name][0], "") in values for name, values in asked.items()):
            yield entry


def _with_below(call: Call, request: Element, name: str) -> set[str]:
    """Return the id that a request names, with those below it unless it wants none of them."""
    _, object_name, _ = _GROUPS[name]
    named = check_reference(call, object_name, text_of(request, f"{name}id"), field=f"{name}id")
    found = {named.id}
    if text_of(request, _TREES.get(name, f"{name}id_subs")).lower() == "false":
        return found
    is_growing = True
    while is_growing:
        below = {
            one.id
            for one in call.store.stream(object_name)
            if one.body.get("PARENTID") in found and one.id not in found
        }
        found |= below
        is_growing = bool(below)
    return found


FUNCTIONS: dict[str, Function] = {
    "get_accountbalances": get_accountbalances,
    "get_accountbalancesbydimensions": get_accountbalancesbydimensions,
    "get_trialbalance": get_trialbalance,
}

"""Allocations: how amounts are split, and the entries that say so."""

from decimal import Decimal

from connector.sandbox import ledger
from connector.sandbox.company import Call
from connector.sandbox.ledger_lines import DIMENSIONS
from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.extensions import dimensions
from connector.sandbox.refusal import Refusal, could_not, rule
from connector.sandbox.store import Body, Record
from connector.sandbox.values import decimal_of, money, rounded
from connector.sandbox.writer import (
    Given,
    accepted,
    check_reference,
    create_record,
    find_for_update,
    update_record,
    with_defaults,
)

WHOLE = 100  # percent
CUSTOM = "Custom"
_TYPE, _ENTRY = "ALLOCATION", "ALLOCATIONENTRY"
# Lines of documents and of journals call two of their dimensions differently.
_OWN = ("LOCATIONID", "DEPARTMENTID", *DIMENSIONS)


def create(call: Call, given: Given, entries: list[Given]) -> Record:
    """Create an allocation with its entries; those of a percentage add up to 100."""
    try:
        made = _made(call, given.get("TYPE", "") or "Percentage", entries)
    except Refusal as refusal:
        raise refusal.wrapped(could_not("create", OBJECTS[_TYPE].title)) from None
    record = create_record(call, OBJECTS[_TYPE], given, {})
    _write(call, record, made)
    return record


def update(call: Call, given: Given, entries: list[Given]) -> Record:
    """Change an allocation; entries that are sent replace all."""
    record = find_for_update(call, OBJECTS[_TYPE], given)
    try:
        kind = given.get("TYPE", "") or record.body["TYPE"]
        made = _made(call, kind, entries) if entries else None
    except Refusal as refusal:
        raise refusal.wrapped(could_not("update", OBJECTS[_TYPE].title)) from None
    changed = update_record(call, OBJECTS[_TYPE], record, given)
    if made is not None:
        _write(call, changed, made)
    return changed


def delete(call: Call, record: Record) -> None:
    """Delete an allocation with its entries."""
    _write(call, record, [])
    call.store.remove(record)
    ledger.note(call.store, call.cause, "delete", record)


def is_named(given: Given) -> bool:
    """Return whether a line asks for an allocation that the company has, not for its own splits."""
    return bool(given.get("ALLOCATION", "").strip()) and given["ALLOCATION"] != CUSTOM


def split(call: Call, given: Given) -> list[Given]:
    """Return one line for each entry of the allocation that a line names, with its share.

    The dimensions are those of the entries alone. What a division leaves over goes to the last.
    Raises Refusal for an unknown allocation and for amounts that are not those of the line.
    """
    record = check_reference(call, _TYPE, given["ALLOCATION"].strip(), field="ALLOCATION")
    total = decimal_of(given.get("TRX_AMOUNT", "").strip() or given.get("AMOUNT", "").strip())
    if total is None:
        return [given]
    entries = call.store.owned(_ENTRY, record.recordno)
    shares = _shares(record, rounded(total), entries)
    own = {*_OWN, *(dimension.field for dimension in dimensions())}
    bare = {name: text for name, text in given.items() if name not in own}
    return [
        {
            **bare,
            **{name: entry.body[name] for name in own if entry.body.get(name)},
            "TRX_AMOUNT": money(share),
            "AMOUNT": "",
        }
        for entry, share in zip(entries, shares, strict=True)
    ]


def _shares(record: Record, total: Decimal, entries: list[Record]) -> list[Decimal]:
    values = [decimal_of(entry.body.get("VALUE", "0")) or Decimal(0) for entry in entries]
    if record.body["TYPE"] == "Percentage":
        shares = [rounded(total * value / WHOLE) for value in values]
        return [*shares[:-1], total - sum(shares[:-1], Decimal(0))]
    if sum(values) != total:
        text = f"The amounts of allocation '{record.id}' add up to {money(sum(values, Decimal(0)))}"
        raise rule(f"{text}, the line is {money(total)}.", field="ALLOCATION")
    return values


def _made(call: Call, kind: str, entries: list[Given]) -> list[Body]:
    if not entries:
        raise rule("An allocation needs at least one entry.", object_name=_TYPE)
    described = OBJECTS[_ENTRY]
    made = [with_defaults(described, accepted(call, described, entry)) for entry in entries]
    total = sum(decimal_of(entry.get("VALUE", "0")) or 0 for entry in made)
    if kind.lower() == "percentage" and total != WHOLE:
        raise rule(f"The entries of the allocation add up to {total} percent, not to {WHOLE}.")
    return made


def _write(call: Call, record: Record, entries: list[Body]) -> None:
    for old in call.store.owned(_ENTRY, record.recordno):
        call.store.remove(old)
    for position, entry in enumerate(entries, start=1):
        number = call.store.next_number(_ENTRY, 1)
        own = {"ALLOCATIONKEY": str(record.recordno), "LINENO": str(position)}
        body = {**entry, **own, "WHENMODIFIED": record.body["WHENMODIFIED"]}
        call.store.put(Record(_ENTRY, number, str(number), record.entity, record.recordno, body))

"""Allocations: how amounts are split, and the entries that say so."""

from connector.sandbox import ledger
from connector.sandbox.company import Call
from connector.sandbox.objects import OBJECTS
from connector.sandbox.refusal import Refusal, could_not, rule
from connector.sandbox.store import Body, Record
from connector.sandbox.values import decimal_of
from connector.sandbox.writer import (
    Given,
    accepted,
    create_record,
    find_for_update,
    update_record,
    with_defaults,
)

WHOLE = 100  # percent
_TYPE, _ENTRY = "ALLOCATION", "ALLOCATIONENTRY"


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

"""Paying documents: amounts are taken from what is due, line by line, and can be given back."""

from dataclasses import dataclass, replace
from decimal import Decimal

from connector.sandbox.company import Call
from connector.sandbox.document_kinds import BILL, KINDS, Kind
from connector.sandbox.documents import OWED, owe, set_state
from connector.sandbox.reader import is_visible
from connector.sandbox.refusal import rule
from connector.sandbox.store import Body, Record
from connector.sandbox.values import money, rounded
from connector.sandbox.writer import save

PAID = "PAID"
SELECTED = "SELECTED"  # reserved by a payment that is not posted yet


@dataclass(frozen=True)
class Target:
    """What an amount goes to: a document, and one of its lines or, empty, all in their order."""

    object: str
    key: str
    entry: str = ""


@dataclass(frozen=True)
class Change:
    """An amount above zero that counts as PAID or SELECTED, from a day (ISO) on."""

    amount: Decimal
    counts_as: str
    day: str


def find(call: Call, target: Target) -> Record:
    """Return the open document of a target; raises Refusal when there is none to pay."""
    kind = KINDS[target.object]
    record = call.store.get(target.object, target.key)
    if record is None or not is_visible(record, call.scope.entity, with_private=True):
        raise rule(f"Cannot find {kind.title} with key '{target.key}'.", object_name=target.object)
    state = record.body["STATE"]
    if state not in OWED:
        raise rule(f"The {kind.title} {_name(record)} cannot be paid because it is {state}.")
    if record.body.get("ONHOLD") == "true":
        raise rule(f"The {kind.title} {_name(record)} is on hold.", field="ONHOLD")
    return record


def open_amount(record: Record) -> Decimal:
    """Return what is left of a document for payments; below zero for credits."""
    due, selected = (record.body.get(f"TRX_TOTAL{name}", "0") for name in ("DUE", SELECTED))
    return Decimal(due) - _sign(record) * Decimal(selected)


def take(call: Call, target: Target, change: Change, *, is_line_credit: bool = False) -> str:
    """Pay an amount of a document and return how it spreads over its lines.

    Raises Refusal for more than there is. The text is for `give_back`. A line credit is what a
    line below zero takes from the others: using it makes more of the document due.
    """
    record = find(call, target)
    kind, available = KINDS[target.object], abs(open_amount(record))
    if change.amount > available and not is_line_credit:
        text = (
            f"The amount {money(change.amount)} is more than the {money(available)} that is open"
            f" on {kind.title} {_name(record)}."
        )
        raise rule(text, field="TRX_PAYMENTAMOUNT")
    sign = -1 if is_line_credit else _sign(record)
    spread = _spread(call, kind, target, change.amount, sign)
    used = sum((amount for _, amount in spread), Decimal(0))
    if is_line_credit and not spread:
        raise rule(f"The record {target.key} is not a credit.", object_name=target.object)
    if is_line_credit and used < change.amount:
        text = f"The {kind.title} {_name(record)} has credit lines of {money(used)} only."
        raise rule(text, field="TRX_INLINEAMOUNT")
    _apply(call, kind, record, spread, _of_document(change, is_line_credit=is_line_credit))
    return " ".join(f"{number}:{amount}" for number, amount in spread)


def _of_document(change: Change, *, is_line_credit: bool) -> Change:
    return replace(change, amount=-change.amount) if is_line_credit else change


def give_back(
    call: Call, target: Target, spread: str, change: Change, *, is_line_credit: bool = False
) -> None:
    """Undo a `take` of the same change: what it paid is due again."""
    record = call.store.get(target.object, target.key)
    if record is None:
        return
    pairs = [pair.split(":") for pair in spread.split()]
    undone = _of_document(
        Change(-change.amount, change.counts_as, change.day), is_line_credit=is_line_credit
    )
    taken = [(int(number), -Decimal(amount)) for number, amount in pairs]
    _apply(call, KINDS[target.object], record, taken, undone)


def _spread(
    call: Call, kind: Kind, target: Target, amount: Decimal, sign: int
) -> list[tuple[int, Decimal]]:
    """Return amounts per line: of the named one, or one after the other until all is used.

    `sign` tells the lines that count: those above zero, or those below it.
    """
    entry, lines = target.entry, call.store.owned(kind.line.name, int(target.key))
    if entry:
        lines = [line for line in lines if str(line.recordno) == entry]
        if not lines:
            raise rule(f"The {kind.title} {target.key} has no line {entry}.", field="ENTRYKEY")
    left, spread = amount, []
    for line in lines:
        part = min(left, max(_left_of_line(line, sign), Decimal(0)))
        if part:
            spread.append((line.recordno, part))
            left -= part
    if left and entry:
        raise rule(f"The amount {money(amount)} is more than is open on line {entry}.")
    return spread


def _left_of_line(line: Record, sign: int) -> Decimal:
    body = line.body
    entered = Decimal(body.get("TRX_AMOUNT", "0")) + Decimal(body.get("TRX_TAX", "0"))
    used = sum(Decimal(body.get(f"TRX_TOTAL{name}", "0")) for name in (PAID, SELECTED))
    return sign * entered - used


def _apply(
    call: Call, kind: Kind, record: Record, spread: list[tuple[int, Decimal]], change: Change
) -> None:
    for number, amount in spread:
        line = call.store.get(kind.line.name, number)
        if line is not None:
            _add(line.body, change.counts_as, amount, line.body)
            call.store.put(line)
    owe(call, kind, record, Decimal(-1))
    body = dict(record.body)
    sign = _sign(record)
    _add(body, change.counts_as, change.amount, body)
    if change.counts_as == PAID:
        _add(body, "DUE", -sign * change.amount, body)
    set_state(kind, body, _state(kind, body))
    if body["STATE"] == "Paid":
        body["WHENPAID"] = change.day
    else:
        body.pop("WHENPAID", None)
    owe(call, kind, save(call, record, body), Decimal(1))


def _add(body: Body, name: str, amount: Decimal, rated: Body) -> None:
    """Add to a total in the document's currency, and to its twin in the base currency."""
    rate = Decimal(rated.get("EXCHANGE_RATE", "1"))
    total = Decimal(body.get(f"TRX_TOTAL{name}", "0")) + amount
    body.update({f"TRX_TOTAL{name}": money(total), f"TOTAL{name}": money(rounded(total * rate))})


def _state(kind: Kind, body: Body) -> str:
    if not Decimal(body["TRX_TOTALDUE"]):
        return "Paid"
    if Decimal(body.get("TRX_TOTALSELECTED", "0")) and kind is BILL:
        return "Selected"
    return "Partially Paid" if Decimal(body.get("TRX_TOTALPAID", "0")) else "Posted"


def _sign(record: Record) -> int:
    return -1 if Decimal(record.body["TRX_TOTALENTERED"]) < 0 else 1


def _name(record: Record) -> str:
    return record.id or str(record.recordno)

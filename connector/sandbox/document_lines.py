"""The lines of a document: amounts, dimensions, and what an update does to them."""

from dataclasses import dataclass
from decimal import Decimal

from connector.sandbox import allocations
from connector.sandbox.books import check_dimensions
from connector.sandbox.company import Call
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.reader import closest
from connector.sandbox.refusal import MISSING_AMOUNT, TRY_AGAIN, Fault, Refusal, rule
from connector.sandbox.store import Body, Record
from connector.sandbox.values import decimal_of, illegal_format, money, rounded
from connector.sandbox.writer import Given, accepted, check_reference, with_defaults

# What a line that gets an allocation keeps of what it was.
_ALLOCATED = ("ACCOUNTNO", "ACCOUNTLABEL", "TRX_AMOUNT", "ENTRYDESCRIPTION", "OFFSETGLACCOUNTNO")


@dataclass
class LineChange:
    """A line of an update: `number` names the line it changes (from 1), None adds one."""

    given: Given
    number: int | None = None


def make_line(
    call: Call, described: ObjectType, header: Body, given: Given, kept: Body | None = None
) -> Body:
    """Return the fields of one line, calculated; `kept` is what it was before an update.

    Raises Refusal, for a blank amount with the misleading text that Intacct has for it.
    """
    before = kept or {}
    amount = given.get("TRX_AMOUNT", before.get("TRX_AMOUNT", ""))
    if not amount.strip():
        text = "Remove the extra line item from the transaction, then reclassify the bill."
        raise Refusal(Fault(MISSING_AMOUNT, text, TRY_AGAIN, field="TRX_AMOUNT"))
    number = decimal_of(amount)
    if number is None:
        raise illegal_format("TRX_AMOUNT", amount)
    tax = given.get("TRX_TAX", before.get("TRX_TAX", "0"))
    if tax and decimal_of(tax) is None:
        raise illegal_format("TRX_TAX", tax)
    body = with_defaults(described, {**before, **accepted(call, described, given)})
    rate = Decimal(header.get("EXCHANGE_RATE", "1"))
    if "EXCHANGE_RATE" in header:
        body["EXCHANGE_RATE"] = header["EXCHANGE_RATE"]
    body.update({"TRX_AMOUNT": money(number), "AMOUNT": money(rounded(number) * rate)})
    body.update({"TRX_TAX": money(Decimal(tax or "0")), "CURRENCY": header["CURRENCY"]})
    body["ENTRY_DATE"] = header.get("WHENPOSTED", "")
    _settle_account(call, described, body, given)
    return body


def new_lines(
    call: Call, described: ObjectType, header: Body, given: Given, kept: Body | None = None
) -> list[Body]:
    """Return the line that is given, or those that the allocation it names makes of it."""
    if not allocations.is_named(given):
        return [make_line(call, described, header, given, kept)]
    before = {name: (kept or {})[name] for name in _ALLOCATED if (kept or {}).get(name)}
    parts = allocations.split(call, {**before, **given})
    return [make_line(call, described, header, part) for part in parts]


def _settle_account(call: Call, described: ObjectType, body: Body, given: Given) -> None:
    if given.get("ACCOUNTNO") and given.get("ACCOUNTLABEL"):
        text = "Enter an account or an account label for each line, not both."
        raise rule(text, field="ACCOUNTLABEL")
    if given.get("ACCOUNTNO"):
        body.pop("ACCOUNTLABEL", None)
    elif body.get("ACCOUNTLABEL"):
        labels = described.relations["LABEL"].object
        label = closest(call.store.by_id(labels, body["ACCOUNTLABEL"]), call.scope.entity)
        if label is None or label.body.get("STATUS") == "inactive":
            text = f"Account label '{body['ACCOUNTLABEL']}' specified is not valid."
            raise rule(text, field="ACCOUNTLABEL")
        body["ACCOUNTNO"] = label.body["GLACCOUNTNO"]
    if not body.get("ACCOUNTNO"):
        raise rule("Enter an account for each line.", field="ACCOUNTNO")
    if call.scope.entity:
        body.setdefault("LOCATIONID", call.scope.entity)
    account = check_reference(call, "GLACCOUNT", body["ACCOUNTNO"], field="ACCOUNTNO")
    check_dimensions(call, account, body)


def add_line(call: Call, line_object: str, record: Record, line: Body, position: int) -> None:
    """Store a new line of a document at a position, counted from 1."""
    extra = {"LINE_NO": str(position), "RECORDKEY": str(record.recordno)}
    number = call.store.next_number(line_object, 10000)
    body = {**line, **extra, "WHENMODIFIED": record.body["WHENMODIFIED"]}
    call.store.put(Record(line_object, number, str(number), record.entity, record.recordno, body))


def write_lines(call: Call, line_object: str, record: Record, made: list[Body]) -> None:
    """Make these the lines of a document; a line that stays keeps its record number."""
    kept = call.store.owned(line_object, record.recordno)
    for old in kept[len(made) :]:
        call.store.remove(old)
    for position, line in enumerate(made, start=1):
        if position <= len(kept):
            old = kept[position - 1]
            old.body = {**line, "LINE_NO": str(position), "RECORDKEY": str(record.recordno)}
            call.store.put(old)
        else:
            add_line(call, line_object, record, line, position)


def changed_lines(
    call: Call,
    described: ObjectType,
    record: Record,
    header: Body,
    changes: list[LineChange],
) -> list[Body]:
    """Return all lines after an update that merges its changes by number, calculated anew."""
    old = [line.body for line in call.store.owned(described.name, record.recordno)]
    given: list[tuple[Given, Body | None]] = [({}, body) for body in old]
    for change in changes:
        if change.number is None:
            given.append((change.given, None))
        elif 1 <= change.number <= len(old):
            given[change.number - 1] = (change.given, old[change.number - 1])
        else:
            raise rule(f"The transaction has no line {change.number}.", field="LINE_NO")
    return [made for line, body in given for made in new_lines(call, described, header, line, body)]


def replaced_lines(
    call: Call,
    described: ObjectType,
    record: Record,
    header: Body,
    changes: list[LineChange],
) -> list[Body]:
    """Return the lines of an update that replaces the whole set.

    A line with a number goes on with the fields of that line, one without is new.
    """
    old = [line.body for line in call.store.owned(described.name, record.recordno)]
    made = []
    for change in changes:
        if change.number is not None and not 1 <= change.number <= len(old):
            raise rule(f"The transaction has no line {change.number}.", field="LINE_NO")
        kept = None if change.number is None else old[change.number - 1]
        made += new_lines(call, described, header, change.given, kept)
    return made

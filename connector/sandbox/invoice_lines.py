"""The lines of a customer invoice: amounts, dimensions, and what an update does to them."""

from dataclasses import dataclass
from decimal import Decimal

from connector.sandbox.company import Call
from connector.sandbox.objects import OBJECTS
from connector.sandbox.refusal import MISSING_AMOUNT, TRY_AGAIN, Fault, Refusal, rule
from connector.sandbox.store import Body, Record
from connector.sandbox.values import decimal_of, illegal_format, money, rounded
from connector.sandbox.writer import Given, accepted, check_reference, with_defaults


@dataclass
class LineChange:
    """A line of an update: `number` names the line it changes (from 1), None adds one."""

    given: Given
    number: int | None = None


def make_line(call: Call, header: Body, given: Given, kept: Body | None = None) -> Body:
    """Return the fields of one line, calculated; `kept` is what it was before an update.

    Raises Refusal, for a blank amount with the misleading text that Intacct has for it.
    """
    described = OBJECTS["ARINVOICEITEM"]
    amount = given.get("TRX_AMOUNT", (kept or {}).get("TRX_AMOUNT", ""))
    if not amount.strip():
        text = "Remove the extra line item from the transaction, then reclassify the bill."
        raise Refusal(Fault(MISSING_AMOUNT, text, TRY_AGAIN, field="TRX_AMOUNT"))
    number = decimal_of(amount)
    if number is None:
        raise illegal_format("TRX_AMOUNT", amount)
    tax = given.get("TRX_TAX", (kept or {}).get("TRX_TAX", "0"))
    if tax and decimal_of(tax) is None:
        raise illegal_format("TRX_TAX", tax)
    body = with_defaults(described, {**(kept or {}), **accepted(call, described, given)})
    rate = Decimal(header.get("EXCHANGE_RATE", "1"))
    body.update({"TRX_AMOUNT": money(number), "AMOUNT": money(rounded(number) * rate)})
    body.update({"TRX_TAX": money(Decimal(tax or "0")), "CURRENCY": header["CURRENCY"]})
    body["ENTRY_DATE"] = header["WHENPOSTED"]
    _settle_dimensions(call, body)
    return body


def _settle_dimensions(call: Call, body: Body) -> None:
    if body.get("ACCOUNTLABEL"):
        label = body["ACCOUNTLABEL"]
        raise rule(f"Account label '{label}' specified is not valid.", field="ACCOUNTLABEL")
    if not body.get("ACCOUNTNO"):
        raise rule("Enter an account for each line of the invoice.", field="ACCOUNTNO")
    if call.scope.entity:
        body.setdefault("LOCATIONID", call.scope.entity)
    account = check_reference(call, "GLACCOUNT", body["ACCOUNTNO"], field="ACCOUNTNO")
    is_located = call.company.policies.is_on("line_location_required")
    wanted = {
        "LOCATIONID": is_located or account.body.get("REQUIRELOC") == "true",
        "DEPARTMENTID": account.body.get("REQUIREDEPT") == "true",
    }
    for name, is_wanted in wanted.items():
        if is_wanted and not body.get(name):
            title = name.removesuffix("ID").capitalize()
            text = (
                f"This transaction is missing the {title} dimension for the Account {account.id}."
            )
            raise rule(text, field=name)


def add_line(call: Call, record: Record, line: Body, position: int) -> None:
    """Store a new line of an invoice at a position, counted from 1."""
    extra = {"LINE_NO": str(position), "RECORDKEY": str(record.recordno)}
    number = call.store.next_number("ARINVOICEITEM", 10000)
    body = {**line, **extra, "WHENMODIFIED": record.body["WHENMODIFIED"]}
    call.store.put(
        Record("ARINVOICEITEM", number, str(number), record.entity, record.recordno, body)
    )


def changed_lines(
    call: Call, record: Record, header: Body, changes: list[LineChange], *, replaces_lines: bool
) -> list[Body]:
    """Return all lines after the changes, each calculated anew."""
    old = [line.body for line in call.store.owned("ARINVOICEITEM", record.recordno)]
    if replaces_lines and changes:
        return [make_line(call, header, change.given) for change in changes]
    given: list[tuple[Given, Body | None]] = [({}, body) for body in old]
    for change in changes:
        if change.number is None:
            given.append((change.given, None))
        elif 1 <= change.number <= len(old):
            given[change.number - 1] = (change.given, old[change.number - 1])
        else:
            raise rule(f"The invoice has no line {change.number}.", field="LINE_NO")
    return [make_line(call, header, line, body) for line, body in given]

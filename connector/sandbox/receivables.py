"""The rules of a customer invoice: dates, terms, periods, currencies, lines, totals and states."""

from datetime import date, timedelta
from decimal import Decimal

from connector.sandbox import ledger
from connector.sandbox.company import Call
from connector.sandbox.invoice_lines import LineChange, add_line, changed_lines, make_line
from connector.sandbox.objects import OBJECTS
from connector.sandbox.refusal import (
    NUMBER_MISSING,
    NUMBER_TAKEN,
    TRY_AGAIN,
    Fault,
    Refusal,
    could_not,
    rule,
)
from connector.sandbox.store import Body, Record
from connector.sandbox.values import illegal_format, money, rounded
from connector.sandbox.writer import (
    Given,
    accepted,
    add_record,
    check_reference,
    check_required,
    save,
    with_defaults,
)

BASE_CURRENCY = "USD"
# Made-up daily rates to the base currency; other currencies are refused.
DAILY_RATES = {
    "USD": "1",
    "EUR": "1.10",
    "GBP": "1.25",
    "CAD": "0.75",
    "AUD": "0.65",
    "ZAR": "0.055",
}
DAILY_RATE = "Intacct Daily Rate"
STATES = {"Draft": "D", "Posted": "A", "Partially Paid": "PP", "Paid": "P", "Reversed": "V"}


def create_invoice(call: Call, given: Given, lines: list[Given]) -> Record:
    """Create an invoice, posted unless ACTION is Draft; raises Refusal with the chain of errors."""
    try:
        body = _header(call, given)
        _settle_number(call, body, None)
        if not lines:
            raise rule("An invoice needs at least one line.", object_name="ARINVOICE")  # one chain
        made = [make_line(call, body, line) for line in lines]
    except Refusal as refusal:
        raise refusal.wrapped(could_not("create", "invoice")) from None
    _total(body, made)
    record = add_record(call, OBJECTS["ARINVOICE"], body)
    for position, line in enumerate(made, start=1):
        add_line(call, record, line, position)
    _owe(call, record, Decimal(1))
    return record


def update_invoice(
    call: Call, record: Record, given: Given, lines: list[LineChange], *, replaces_lines: bool
) -> Record:
    """Change an invoice that is not paid or reversed; ACTION Submit posts a draft."""
    try:
        _check_changeable(record, given)
        body = _header(call, given, kept=_independent(record.body, given))
        _settle_number(call, body, record)
        made = changed_lines(call, record, body, lines, replaces_lines=replaces_lines)
    except Refusal as refusal:
        raise refusal.wrapped(could_not("update", "invoice")) from None
    _owe(call, record, Decimal(-1))
    _total(body, made)
    for old in call.store.owned("ARINVOICEITEM", record.recordno)[len(made) :]:
        call.store.remove(old)
    changed = save(call, record, body)
    changed.id = body.get("RECORDID", "")
    call.store.put(changed)
    kept = call.store.owned("ARINVOICEITEM", record.recordno)
    for position, line in enumerate(made, start=1):
        if position <= len(kept):
            old = kept[position - 1]
            old.body = {**line, "LINE_NO": str(position), "RECORDKEY": str(record.recordno)}
            call.store.put(old)
        else:
            add_line(call, changed, line, position)
    _owe(call, changed, Decimal(1))
    return changed


def reverse_invoice(call: Call, record: Record, day: str, description: str) -> Record:
    """Reverse a posted invoice on a day of an open period."""
    if record.body["STATE"] != "Posted":
        raise rule(f"Only a posted invoice can be reversed, this one is {record.body['STATE']}.")
    if day < record.body["WHENCREATED"]:
        raise rule("The reversal date is before the date of the invoice.")
    _check_period(call, day)
    _owe(call, record, Decimal(-1))
    body = {**record.body, "STATE": "Reversed", "RAWSTATE": STATES["Reversed"], "DATEREVERSED": day}
    body.update({"TOTALDUE": "0", "TRX_TOTALDUE": "0"})
    if description:
        body["DESCRIPTION"] = description
    return save(call, record, body)


def delete_invoice(call: Call, record: Record) -> None:
    """Delete an invoice that nobody has paid and that was not reversed."""
    if record.body["STATE"] not in ("Draft", "Posted"):
        raise rule(f"The invoice cannot be deleted because it is {record.body['STATE']}.")
    _owe(call, record, Decimal(-1))
    for line in call.store.owned("ARINVOICEITEM", record.recordno):
        call.store.remove(line)
    call.store.remove(record)
    ledger.note(call.store, call.cause, "delete", record)


def _header(call: Call, given: Given, kept: Body | None = None) -> Body:
    described = OBJECTS["ARINVOICE"]
    fields = {name: text for name, text in given.items() if name != "ACTION"}
    own = accepted(call, described, fields)
    body = with_defaults(described, {**(kept or {}), **own})
    for name in (name for name, value in own.items() if not value):
        body.pop(name, None)
    check_required(described, body)
    body.setdefault("WHENPOSTED", body["WHENCREATED"])
    _check_period(call, body["WHENPOSTED"])
    _settle_due_date(call, body)
    _settle_rate(body)
    state = _state(given.get("ACTION", ""), (kept or {}).get("STATE", ""))
    body.update({"STATE": state, "RAWSTATE": STATES[state]})
    if not body.get("PRBATCH"):
        body["PRBATCH"] = f"Invoices: {body['WHENPOSTED']} Batch"
    return body


def _state(action: str, current: str) -> str:
    if action.lower() == "draft":
        if current == "Posted":
            raise rule("A posted invoice cannot become a draft again.", field="ACTION")
        return "Draft"
    if action.lower() == "submit" or (not action and not current):
        return "Posted"
    if not action:
        return current
    raise rule(f"'{action}' is not a valid action. Use Submit or Draft.", field="ACTION")


def _check_period(call: Call, day: str) -> None:
    closed = call.company.policies["books_closed_through"]
    if day <= closed:
        raise rule(
            f"The period of {day} is closed. The books are closed through {closed}.",
            field="WHENPOSTED",
            message_id="IA.PERIOD_IS_CLOSED",
        )


def _settle_due_date(call: Call, body: Body) -> None:
    if body.get("WHENDUE"):
        return
    if not body.get("TERMNAME"):
        raise rule("Enter a due date or a term for the invoice.", field="WHENDUE")
    term = check_reference(call, "ARTERM", body["TERMNAME"], field="TERMNAME")
    days = timedelta(days=int(term.body.get("DUEDATE", "0")))
    try:
        body["WHENDUE"] = (date.fromisoformat(body["WHENCREATED"]) + days).isoformat()
    except OverflowError:
        raise illegal_format("WHENCREATED", body["WHENCREATED"]) from None


def _settle_rate(body: Body) -> None:
    currency = body.get("CURRENCY", BASE_CURRENCY)
    if currency not in DAILY_RATES:
        raise rule(f"Currency '{currency}' specified is not valid.", field="CURRENCY")
    if body.get("EXCHANGE_RATE"):
        if Decimal(body["EXCHANGE_RATE"]) <= 0:
            raise rule("The exchange rate must be above zero.", field="EXCHANGE_RATE")
        return
    if currency != body["BASECURR"]:
        body.setdefault("EXCH_RATE_TYPE_ID", DAILY_RATE)
        body.setdefault("EXCH_RATE_DATE", body["WHENCREATED"])
        body["EXCHANGE_RATE"] = DAILY_RATES[currency]


def _settle_number(call: Call, body: Body, own: Record | None) -> None:
    policies = call.company.policies
    if not body.get("RECORDID") and policies["number_invoices"] == "refused":
        raise Refusal(Fault(NUMBER_MISSING, "The document number is missing.", TRY_AGAIN))
    while not body.get("RECORDID") and policies["number_invoices"] == "made":
        number = f"INV-{call.store.next_number('ARINVOICE id', 20001)}"
        if not call.store.by_id("ARINVOICE", number):
            body["RECORDID"] = number
    if not body.get("RECORDID") or not policies.is_on("unique_invoice_numbers"):
        return
    others = call.store.by_id("ARINVOICE", body["RECORDID"])
    if any(own is None or other.recordno != own.recordno for other in others):
        text = f"A transaction with the number {body['RECORDID']} already exists."
        correction = "Enter another number."
        raise Refusal(Fault(NUMBER_TAKEN, text, correction, field="RECORDID"))


def _total(body: Body, lines: list[Body]) -> None:
    """Fill in the totals; tax of the lines is part of them."""
    rate = Decimal(body.get("EXCHANGE_RATE", "1"))
    entered = sum((Decimal(line["TRX_AMOUNT"]) for line in lines), Decimal(0))
    entered += sum((Decimal(line["TRX_TAX"]) for line in lines), Decimal(0))
    base = rounded(entered * rate)
    body.update({"TRX_TOTALENTERED": money(entered), "TRX_TOTALDUE": money(entered)})
    body.update({"TOTALENTERED": money(base), "TOTALDUE": money(base)})


def _check_changeable(record: Record, given: Given) -> None:
    state = record.body["STATE"]
    if state not in ("Draft", "Posted"):
        raise rule(f"The invoice cannot be changed because it is {state}.")
    if state == "Posted" and given.get("ACTION", "").lower() == "submit":
        raise rule("The invoice is already posted.", field="ACTION")


def _independent(body: Body, given: Given) -> Body:
    """Return the fields of an invoice without those that follow from what an update changes."""
    kept = dict(body)
    if "CURRENCY" in given and "EXCHANGE_RATE" not in given:
        kept.pop("EXCHANGE_RATE", None)
    if "TERMNAME" in given and "WHENDUE" not in given:
        kept.pop("WHENDUE", None)
    return kept


def _owe(call: Call, record: Record, sign: Decimal) -> None:
    """Add what a posted invoice leaves due to the customer's balance, or take it away."""
    if record.body["STATE"] != "Posted":
        return
    identifier = record.body["CUSTOMERID"]
    customer = _customer_of(call, identifier)
    if customer is not None:
        due = Decimal(customer.body.get("TOTALDUE", "0")) + sign * Decimal(record.body["TOTALDUE"])
        customer.body["TOTALDUE"] = money(due)
        if sign > 0:
            customer.body["LAST_INVOICEDATE"] = record.body["WHENCREATED"]
        call.store.put(customer)


def _customer_of(call: Call, identifier: str) -> Record | None:
    """Return the customer of an invoice even when it has become inactive."""
    found = call.store.by_id("CUSTOMER", identifier)
    return found[0] if found else None

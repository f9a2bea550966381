"""What bills, invoices, adjustments and advances have in common when they are written.

A document belongs to a party, has lines and totals, is a draft or posted, and is paid later.
"""

from datetime import date, timedelta
from decimal import Decimal

from connector.sandbox import ledger
from connector.sandbox.books import check_period, settle_rate
from connector.sandbox.company import Call
from connector.sandbox.discounts import last_day
from connector.sandbox.document_kinds import Kind
from connector.sandbox.document_lines import (
    LineChange,
    changed_lines,
    new_lines,
    replaced_lines,
    write_lines,
)
from connector.sandbox.refusal import (
    NUMBER_TAKEN,
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

CHANGEABLE = frozenset({"Draft", "Posted", "Declined"})
OWED = frozenset({"Posted", "Selected", "Partially Paid"})  # states that leave something due
_TOTALS = ("ENTERED", "DUE")


def create(call: Call, kind: Kind, given: Given, lines: list[Given]) -> Record:
    """Create a document, posted unless ACTION is Draft; raises Refusal with the chain of errors."""
    try:
        body = _header(call, kind, given)
        _settle_number(call, kind, body, None)
        if not lines:
            raise rule(
                f"The {kind.title} needs at least one line.", object_name=kind.object
            )  # one chain
        made = [line for item in lines for line in new_lines(call, kind.line, body, item)]
    except Refusal as refusal:
        raise refusal.wrapped(could_not("create", kind.title)) from None
    _total(body, made)
    record = add_record(call, kind.described, body)
    write_lines(call, kind.line.name, record, made)
    owe(call, kind, record, Decimal(1))
    return record


def update(
    call: Call,
    kind: Kind,
    record: Record,
    given: Given,
    changes: list[LineChange],
    *,
    replaces_lines: bool,
) -> Record:
    """Change a document that is not paid or reversed; ACTION Submit posts a draft."""
    try:
        _check_changeable(kind, record, given)
        body = _header(call, kind, given, kept=_independent(record.body, given))
        _settle_number(call, kind, body, record)
        renew = replaced_lines if replaces_lines and changes else changed_lines
        made = renew(call, kind.line, record, body, changes)
    except Refusal as refusal:
        raise refusal.wrapped(could_not("update", kind.title)) from None
    owe(call, kind, record, Decimal(-1))
    _total(body, made)
    changed = save(call, record, body)
    if kind.described.id_field != "RECORDNO":
        changed.id = body.get(kind.described.id_field, "")
        call.store.put(changed)
    write_lines(call, kind.line.name, changed, made)
    owe(call, kind, changed, Decimal(1))
    return changed


def reverse(call: Call, kind: Kind, record: Record, day: str, description: str) -> Record:
    """Reverse a posted document that nobody has paid, on a day (ISO) of an open period."""
    try:
        if record.body["STATE"] != "Posted":
            state = record.body["STATE"]
            raise rule(
                f"Only a posted {kind.title} can be reversed, this one is {state}."
            )  # one chain
        if day < record.body[kind.created]:
            raise rule(f"The reversal date is before the date of the {kind.title}.")
        check_period(call, day)
    except Refusal as refusal:
        raise refusal.wrapped(could_not("reverse", kind.title)) from None
    owe(call, kind, record, Decimal(-1))
    body = {**record.body, "DATEREVERSED": day, "TOTALDUE": "0", "TRX_TOTALDUE": "0"}
    set_state(kind, body, "Reversed")
    if description:
        body["DESCRIPTION"] = description
    return save(call, record, body)


def delete(call: Call, kind: Kind, record: Record) -> None:
    """Delete a document that nobody has paid, that waits for nobody and was not reversed."""
    if record.body["STATE"] not in CHANGEABLE:
        raise rule(f"The {kind.title} cannot be deleted because it is {record.body['STATE']}.")
    owe(call, kind, record, Decimal(-1))
    for line in call.store.owned(kind.line.name, record.recordno):
        call.store.remove(line)
    call.store.remove(record)
    ledger.note(call.store, call.cause, "delete", record)


def set_state(kind: Kind, body: Body, state: str) -> None:
    """Write a state and its code into a body."""
    body.update({"STATE": state, "RAWSTATE": kind.described.fields["STATE"].codes[state]})


def owe(call: Call, kind: Kind, record: Record, sign: Decimal) -> None:
    """Add what a posted document leaves due to the balance of its party, or take it away."""
    if not kind.is_owed or record.body["STATE"] not in OWED:
        return
    # The party may have become inactive since.
    found = call.store.by_id(kind.party, record.body.get(kind.party_field, ""))
    if not found:
        return
    party = found[0]
    due = Decimal(party.body.get("TOTALDUE", "0")) + sign * Decimal(record.body["TOTALDUE"])
    party.body["TOTALDUE"] = money(due)
    if sign > 0 and kind.object == "ARINVOICE":
        party.body["LAST_INVOICEDATE"] = record.body["WHENCREATED"]
    call.store.put(party)


def _header(call: Call, kind: Kind, given: Given, kept: Body | None = None) -> Body:
    fields = {name: text for name, text in given.items() if name != "ACTION"}
    own = accepted(call, kind.described, fields)
    body = with_defaults(kind.described, {**(kept or {}), **own})
    for name in (name for name, value in own.items() if not value):
        body.pop(name, None)
    check_required(kind.described, body)
    state = _state(call, kind, given.get("ACTION", ""), (kept or {}).get("STATE", ""))
    if state != "Draft":
        _check_needed(kind, body)
        _check_approved(call, kind, body)
    _settle_dates(call, kind, body, is_draft=state == "Draft")
    settle_rate(body, body.get(kind.created, ""))
    set_state(kind, body, state)
    if not body.get("PRBATCH") and body.get(kind.posted):
        body["PRBATCH"] = f"{kind.batch}: {body[kind.posted]} Batch"
    return body


def _check_needed(kind: Kind, body: Body) -> None:
    for name in kind.needed_unless_draft:
        if not body.get(name):
            raise rule(
                f"Required field {name} is missing for {kind.described.title}.",
                field=name,
                object_name=kind.object,
                message_id="IA.REQUIRED_FIELD_MISSING",
            )


def _check_approved(call: Call, kind: Kind, body: Body) -> None:
    """Raise Refusal for a vendor that has not been approved; drafts may name it."""
    if kind.party != "VENDOR":
        return
    vendor = check_reference(call, "VENDOR", body.get(kind.party_field, ""), field=kind.party_field)
    if vendor.body.get("STATE", "Approved") != "Approved":
        raise rule(f"Vendor '{vendor.id}' is not approved.", field=kind.party_field)


def _settle_dates(call: Call, kind: Kind, body: Body, *, is_draft: bool) -> None:
    if body.get(kind.created):
        body.setdefault(kind.posted, body[kind.created])
    if body.get(kind.posted):
        check_period(call, body[kind.posted], field=kind.posted)
    if kind.term:
        _settle_discount_date(call, kind, body)
        _settle_due_date(call, kind, body, is_needed=not is_draft or kind.party == "CUSTOMER")


def _settle_discount_date(call: Call, kind: Kind, body: Body) -> None:
    body.pop("WHENDISCOUNT", None)
    if body.get("TERMNAME") and body.get(kind.created):
        term = check_reference(call, kind.term, body["TERMNAME"], field="TERMNAME")
        body["WHENDISCOUNT"] = last_day(term, body[kind.created])


def _settle_due_date(call: Call, kind: Kind, body: Body, *, is_needed: bool) -> None:
    if body.get("WHENDUE"):
        return
    if not body.get("TERMNAME"):
        if is_needed:
            raise rule(f"Enter a due date or a term for the {kind.title}.", field="WHENDUE")
        return
    term = check_reference(call, kind.term, body["TERMNAME"], field="TERMNAME")
    if not body.get(kind.created):
        return
    days = timedelta(days=int(term.body.get("DUEDATE", "0")))
    try:
        body["WHENDUE"] = (date.fromisoformat(body[kind.created]) + days).isoformat()
    except OverflowError:
        raise illegal_format(kind.created, body[kind.created]) from None


def _state(call: Call, kind: Kind, action: str, current: str) -> str:
    word = action.lower()
    if word == "draft":
        if current == "Posted":
            raise rule(f"A posted {kind.title} cannot become a draft again.", field="ACTION")
        return "Draft"
    if word in kind.submit_words or (not word and not current):
        waits = kind.approvals_policy and call.company.policies[kind.approvals_policy] != "0"
        return "Submitted" if waits else "Posted"
    if not word:
        return current
    raise rule(f"'{action}' is not a valid action. Use Submit or Draft.", field="ACTION")


def _settle_number(call: Call, kind: Kind, body: Body, own: Record | None) -> None:
    policies = call.company.policies
    how = policies[kind.number_policy] if kind.number_policy else "blank"
    if not body.get("RECORDID") and how == "refused":
        raise Refusal(kind.missing_number)
    while not body.get("RECORDID") and how == "made":
        number = f"{kind.number_prefix}{call.store.next_number(f'{kind.object} id', 20001)}"
        if not call.store.by_id(kind.object, number):
            body["RECORDID"] = number
    if not body.get("RECORDID") or not kind.unique_policy or not policies.is_on(kind.unique_policy):
        return
    others = call.store.by_id(kind.object, body["RECORDID"])
    if any(_is_same_number(kind, body, own, other) for other in others):
        text = f"A transaction with the number {body['RECORDID']} already exists."
        raise Refusal(Fault(NUMBER_TAKEN, text, "Enter another number.", field="RECORDID"))


def _is_same_number(kind: Kind, body: Body, own: Record | None, other: Record) -> bool:
    if own is not None and other.recordno == own.recordno:
        return False
    party = kind.party_field
    return not kind.is_unique_per_party or other.body.get(party) == body.get(party)


def _total(body: Body, lines: list[Body]) -> None:
    """Fill in the totals; tax of the lines is part of them."""
    rate = Decimal(body.get("EXCHANGE_RATE", "1"))
    entered = sum((Decimal(line["TRX_AMOUNT"]) for line in lines), Decimal(0))
    entered += sum((Decimal(line["TRX_TAX"]) for line in lines), Decimal(0))
    base = rounded(entered * rate)
    for name in _TOTALS:
        body.update({f"TRX_TOTAL{name}": money(entered), f"TOTAL{name}": money(base)})


def _check_changeable(kind: Kind, record: Record, given: Given) -> None:
    state = record.body["STATE"]
    if state not in CHANGEABLE:
        raise rule(f"The {kind.title} cannot be changed because it is {state}.")
    if state == "Posted" and given.get("ACTION", "").lower() in kind.submit_words:
        raise rule(f"The {kind.title} is already posted.", field="ACTION")


def _independent(body: Body, given: Given) -> Body:
    """Return the fields of a document without those that follow from what an update changes."""
    kept = dict(body)
    if "CURRENCY" in given and "EXCHANGE_RATE" not in given:
        kept.pop("EXCHANGE_RATE", None)
    if "TERMNAME" in given and "WHENDUE" not in given:
        kept.pop("WHENDUE", None)
    return kept

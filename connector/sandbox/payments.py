"""Payments of customers and to vendors: how they are written, and what becomes of them."""

from decimal import Decimal

from connector.sandbox import ledger
from connector.sandbox.books import check_period, settle_rate
from connector.sandbox.company import Call
from connector.sandbox.financial_entities import check_financial_entity
from connector.sandbox.objects import OBJECTS
from connector.sandbox.payment_details import (
    MADE,
    RECEIVED,
    Side,
    put_back,
    settle,
    use_overpayment,
)
from connector.sandbox.refusal import Refusal, could_not, rule
from connector.sandbox.settlement import PAID, SELECTED, Change, Target, take
from connector.sandbox.store import Body, Record
from connector.sandbox.values import money, rounded
from connector.sandbox.writer import (
    Given,
    accepted,
    add_record,
    check_reference,
    check_required,
    save,
    with_defaults,
)

_ON_THE_WAY = frozenset({"Draft", "Submitted", "Approved"})
# Where received money goes when no bank account is named.
_PLACES = ("UNDEPOSITEDACCOUNTNO", "PRBATCH", "PRBATCHKEY")
_KINDS_OF_BANK = {"CHECKINGACCOUNT": "ba", "SAVINGSACCOUNT": "sa", "CREDITCARD": "ca"}
_LANDS = {"posted": "Posted", "approved": "Approved", "submitted": "Submitted"}


def create(call: Call, side: Side, given: Given, details: list[Given]) -> Record:
    """Create a payment and settle what its details name; raises Refusal."""
    try:
        wanted = [accepted(call, OBJECTS[side.detail], detail) for detail in details]
        body = _header(call, side, given, wanted)
        made = [settle(call, side, body, detail, _counts_as(body)) for detail in wanted]
    except Refusal as refusal:
        raise refusal.wrapped(could_not("create", side.title)) from None
    _total(body, made)
    record = add_record(call, OBJECTS[side.object], body)
    _write_details(call, side, record, made)
    return record


def update(call: Call, side: Side, record: Record, given: Given, details: list[Given]) -> Record:
    """Change a draft: details that are sent replace all; ACTION Submit posts it.

    Without details a payment of a customer keeps its own, one to a vendor is refused.
    """
    try:
        if record.body["STATE"] != "Draft":
            state = record.body["STATE"]
            raise rule(f"Only a draft payment can be changed, this one is {state}.")  # one chain
        if not details and side is MADE:
            raise rule("Send all details of the payment: an update replaces them.")
        own = [line.body for line in call.store.owned(side.detail, record.recordno)]
        _release(call, side, record)
        wanted = [accepted(call, OBJECTS[side.detail], detail) for detail in details] or own
        body = _header(call, side, given, wanted, kept=record.body)
        made = [settle(call, side, body, detail, _counts_as(body)) for detail in wanted]
    except Refusal as refusal:
        raise refusal.wrapped(could_not("update", side.title)) from None
    _total(body, made)
    changed = save(call, record, body)
    for line in call.store.owned(side.detail, record.recordno):
        call.store.remove(line)
    _write_details(call, side, changed, made)
    return changed


def delete(call: Call, side: Side, record: Record) -> None:
    """Delete a draft; what it reserved is open again."""
    if record.body["STATE"] != "Draft":
        raise rule(f"Only a draft payment can be deleted, this one is {record.body['STATE']}.")
    _release(call, side, record)
    for line in call.store.owned(side.detail, record.recordno):
        call.store.remove(line)
    call.store.remove(record)
    ledger.note(call.store, call.cause, "delete", record)


def reverse(call: Call, side: Side, record: Record, day: str, description: str) -> Record:
    """Undo a posted payment on a day (ISO) of an open period: what it paid is due again."""
    state = record.body["STATE"]
    try:
        if state != "Posted":
            raise rule(f"Only a posted payment can be reversed, this one is {state}.")  # one chain
        if day < record.body[side.day]:
            raise rule("The reversal date is before the date of the payment.")
        check_period(call, day)
        if record.body["TRX_TOTALDUE"] != record.body.get("TRX_OVERPAID", "0"):
            raise rule("The overpayment of this payment has been used already.")
    except Refusal as refusal:
        raise refusal.wrapped(could_not("reverse", side.title)) from None
    more = {"DATEREVERSED": day, "TRX_TOTALDUE": "0", "TOTALDUE": "0"}
    if description:
        more["DESCRIPTION"] = description
    return _undo(call, side, record, side.undone, more)


def apply_left_over(call: Call, payment: Record, target: Target, change: Change) -> None:
    """Pay a document with what a payment has left over, or with an advance; raises Refusal."""
    if payment.object != RECEIVED.object:
        take(call, Target(payment.object, str(payment.recordno)), change)
        take(call, target, change)
        return
    use_overpayment(call, str(payment.recordno), change.amount)
    detail = {
        "RECORDKEY": target.key,
        "TRX_PAYMENTAMOUNT": money(change.amount),
        "SPREAD": take(call, target, change),
        "SETTLED": money(change.amount),
        "CREDITED": "0",
    }
    used = call.store.get(payment.object, payment.recordno)
    if used is not None:
        # It is part of the payment from now on, not of what is left over.
        own = Decimal(used.body["TRX_OVERPAID"]) - change.amount
        used.body["TRX_OVERPAID"] = money(own)
        call.store.put(used)
        add_detail(call, RECEIVED, used, detail)


def move(call: Call, record: Record, verb: str) -> Record:
    """Let an AP payment request go on: approve, decline, send, confirm or void it."""
    state = record.body["STATE"]
    if state not in _FROM[verb]:
        raise rule(f"The payment request cannot be {_DONE[verb]} because it is {state}.")
    if verb == "confirm":
        return _post(call, MADE, record)
    if verb == "void":
        return _undo(call, MADE, record, "Voided", {})
    body = dict(record.body)
    if verb == "send":
        body["SENT"] = "true"
    else:
        _set_state(MADE, body, "Approved" if verb == "approve" else "Draft")
    return save(call, record, body)


_FROM = {
    "approve": frozenset({"Submitted"}),
    "decline": frozenset({"Submitted", "Approved"}),
    "send": frozenset({"Approved"}),
    "confirm": frozenset({"Approved"}),
    "void": frozenset({"Submitted", "Approved", "Posted"}),
}
_DONE = {
    "approve": "approved",
    "decline": "declined",
    "send": "sent",
    "confirm": "confirmed",
    "void": "voided",
}


def _header(
    call: Call, side: Side, given: Given, details: list[Body], kept: Body | None = None
) -> Body:
    described = OBJECTS[side.object]
    own = accepted(call, described, {n: text for n, text in given.items() if n != "ACTION"})
    body = with_defaults(described, {**(kept or {}), **own})
    for name in (name for name, value in own.items() if not value):
        body.pop(name, None)
    check_required(described, body)
    if not body.get(side.party_field) and not body.get("PAYERNAME"):
        raise rule(f"Enter a {side.party.lower()} or a payer.", field=side.party_field)
    if not details and not body.get("OVERPAYMENTAMOUNT"):
        raise rule("A payment needs at least one detail.", object_name=side.object)
    check_period(call, body[side.day], field=side.day)
    _check_means(call, side, body, details)
    settle_rate(body, body[side.day])
    if side is MADE:
        body["WHENCREATED"] = body[side.day]
        vendor = check_reference(call, "VENDOR", body["VENDORID"], field="VENDORID")
        if vendor.body.get("ONHOLD") == "true":
            raise rule(f"Vendor '{vendor.id}' is on hold.", field="VENDORID")
    _set_state(side, body, _state(call, side, given.get("ACTION", ""), kept))
    return body


def _check_means(call: Call, side: Side, body: Body, details: list[Body]) -> None:
    bank, method = body.get("FINANCIALENTITY", ""), body.get("PAYMENTMETHOD", "")
    if bank:
        found = check_financial_entity(call, bank, with_cards=side.with_cards)
        body["FINANCIALENTITYTYPE"] = _KINDS_OF_BANK[found.object]
        body["FINANCIALACCOUNTNAME"] = found.body.get("BANKNAME") or found.id
        body["FINANCIALACCOUNTCURRENCY"] = found.body.get("CURRENCY", "")
    if method and side.methods and method not in side.methods:
        choices = ", ".join(sorted(side.methods))
        text = f"'{method}' is not a valid value for PAYMENTMETHOD. Valid values are {choices}."
        raise rule(text, field="PAYMENTMETHOD")
    if side is MADE:
        is_paid = any(detail.get("TRX_PAYMENTAMOUNT") for detail in details)
        if is_paid and not (bank and method):
            raise rule("Enter a financial entity and a payment method.", field="FINANCIALENTITY")
    elif not (bank or any(body.get(name) for name in _PLACES)):
        text = "Enter a financial entity, an undeposited funds account or a summary."
        raise rule(text, field="FINANCIALENTITY")


def _state(call: Call, side: Side, action: str, kept: Body | None) -> str:
    word = action.lower()
    if word == "draft" or (kept and not word):
        return "Draft"
    if word in ("", "submit"):
        return _LANDS[call.company.policies["bill_payments"]] if side is MADE else "Posted"
    raise rule(f"'{action}' is not a valid action. Use Submit or Draft.", field="ACTION")


def _set_state(side: Side, body: Body, state: str) -> None:
    body.update({"STATE": state, "RAWSTATE": OBJECTS[side.object].fields["STATE"].codes[state]})
    if side is RECEIVED:
        body.update({"DISPLAYSTATE": state, "WHENCREATED": body[side.day]})
    if state == "Posted":
        body["WHENPAID"] = body[side.day]


def _counts_as(body: Body) -> str:
    return SELECTED if body["STATE"] in _ON_THE_WAY else PAID


def _total(body: Body, details: list[Body]) -> None:
    """Fill in the totals: the cash, and what of it is left over."""
    paid = sum((Decimal(detail.get("TRX_PAYMENTAMOUNT") or "0") for detail in details), Decimal(0))
    over, rate = (
        Decimal(body.get("OVERPAYMENTAMOUNT") or "0"),
        Decimal(body.get("EXCHANGE_RATE", "1")),
    )
    for name, amount in (("ENTERED", paid + over), ("PAID", paid), ("DUE", over)):
        body[f"TRX_TOTAL{name}"] = money(amount)
        body[f"TOTAL{name}"] = money(rounded(amount * rate))
    body["TRX_OVERPAID"] = money(over)


def _write_details(call: Call, side: Side, record: Record, details: list[Body]) -> None:
    for detail in details:
        add_detail(call, side, record, detail)


def add_detail(call: Call, side: Side, record: Record, detail: Body) -> None:
    """Store one settled detail of a payment."""
    number = call.store.next_number(side.detail, 20000)
    body = {
        **detail,
        "PAYMENTKEY": str(record.recordno),
        "WHENMODIFIED": record.body["WHENMODIFIED"],
    }
    call.store.put(Record(side.detail, number, str(number), record.entity, record.recordno, body))


def _release(call: Call, side: Side, record: Record) -> None:
    counts_as = _counts_as(record.body)
    for line in call.store.owned(side.detail, record.recordno):
        put_back(call, side, line.body, counts_as)


def _undo(call: Call, side: Side, record: Record, state: str, more: Body) -> Record:
    _release(call, side, record)
    body = {**record.body, **more}
    _set_state(side, body, state)
    return save(call, record, body)


def _post(call: Call, side: Side, record: Record) -> Record:
    """Turn what a payment reserved into what it paid."""
    _release(call, side, record)
    body = dict(record.body)
    _set_state(side, body, "Posted")
    for line in call.store.owned(side.detail, record.recordno):
        line.body = {
            **settle(call, side, body, line.body, PAID),
            "PAYMENTKEY": str(record.recordno),
        }
        call.store.put(line)
    return save(call, record, body)

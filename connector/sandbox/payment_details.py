"""One detail of a payment: a document it pays, with cash, a credit or a discount."""

from dataclasses import dataclass, field
from decimal import Decimal

from connector.sandbox.company import Call
from connector.sandbox.objects import OBJECTS
from connector.sandbox.refusal import rule
from connector.sandbox.settlement import (
    Change,
    Target,
    find,
    give_back,
    open_amount,
    take,
)
from connector.sandbox.store import Body, Record
from connector.sandbox.values import money, rounded
from connector.sandbox.writer import save

ZERO = Decimal(0)
DISCOUNT = "TRX_TOTALDISCOUNTTOAPPLY"
# The totals of a payment that hold an overpayment, and what has been used of it.
_OVERPAID = "TRX_TOTALDUE"


@dataclass(frozen=True)
class Means:
    """Fields of a detail that name a document, a line of it, and an amount from it."""

    key: str
    entry: str
    object: str
    amount: str = "TRX_PAYMENTAMOUNT"


@dataclass(frozen=True)
class Side:
    """Payments of customers or to vendors: their objects and what they can settle."""

    object: str
    detail: str
    title: str
    party: str
    day: str  # the field with the date of posting
    undone: str  # the state after a reversal
    documents: tuple[Means, ...]
    credits: tuple[Means, ...]
    with_cards: bool = False
    methods: frozenset[str] = field(default_factory=frozenset)

    @property
    def party_field(self) -> str:
        """The field that names the party."""
        return OBJECTS[self.party].id_field


RECEIVED = Side(
    object="ARPYMT",
    detail="ARPYMTDETAIL",
    title="AR payment",
    party="CUSTOMER",
    day="RECEIPTDATE",
    undone="Reversed",
    documents=(
        Means("RECORDKEY", "ENTRYKEY", "ARINVOICE"),
        Means("POSADJKEY", "POSADJENTRYKEY", "ARADJUSTMENT"),
    ),
    credits=(
        Means("ADJUSTMENTKEY", "ADJUSTMENTENTRYKEY", "ARADJUSTMENT", "TRX_ADJUSTMENTAMOUNT"),
        Means("ADVANCEKEY", "ADVANCEENTRYKEY", "ARADVANCE", "TRX_POSTEDADVANCEAMOUNT"),
        Means("OVERPAYMENTKEY", "OVERPAYMENTENTRYKEY", "ARPYMT", "TRX_POSTEDOVERPAYMENTAMOUNT"),
        Means(
            "NEGATIVEINVOICEKEY",
            "NEGATIVEINVOICEENTRYKEY",
            "ARINVOICE",
            "TRX_NEGATIVEINVOICEAMOUNT",
        ),
    ),
)
MADE = Side(
    object="APPYMT",
    detail="APPYMTDETAIL",
    title="AP payment",
    party="VENDOR",
    day="PAYMENTDATE",
    undone="Voided",
    documents=(
        Means("RECORDKEY", "ENTRYKEY", "APBILL"),
        Means("POSADJKEY", "POSADJENTRYKEY", "APADJUSTMENT"),
    ),
    credits=(
        Means("INLINEKEY", "INLINEENTRYKEY", "APBILL", "TRX_INLINEAMOUNT"),
        Means("ADJUSTMENTKEY", "ADJUSTMENTENTRYKEY", "APADJUSTMENT", "TRX_ADJUSTMENTAMOUNT"),
    ),
    with_cards=True,
    methods=frozenset(
        {
            "Printed Check", "Joint Check", "Cash", "EFT", "Credit Card", "ACH", "Check Delivery",
            "WF Check", "WF Domestic ACH", "WF USD Wire",
        }
    ),
)  # fmt: skip
# Keys of a detail that this company cannot settle, and why.
_CLOSED = {
    "ARPYMT": {"INLINEKEY": "Inline credits are not enabled in the AR configuration."},
    "APPYMT": {"ADVANCEKEY": "There are no AP advances in this company."},
}


def settle(call: Call, side: Side, payment: Body, detail: Body, counts_as: str) -> Body:
    """Pay what an accepted detail names and return the detail as it is kept; raises Refusal."""
    body = dict(detail)
    for key, reason in _CLOSED[side.object].items():
        if body.get(key):
            raise rule(reason, field=key)
    target = _target(side, body)
    document = find(call, target)
    _check_belongs(side, payment, document)
    if open_amount(document) < 0:
        raise rule(f"The record {target.key} is a credit and cannot be paid.", field="RECORDKEY")
    cash, discount = _amount(body, "TRX_PAYMENTAMOUNT"), _amount(body, DISCOUNT)
    credit = _credit(side, body)
    credited = _amount(body, credit.amount) if credit else ZERO
    total = cash + discount + credited
    if not total:
        raise rule("Enter an amount for each detail of the payment.", field="TRX_PAYMENTAMOUNT")
    change = Change(total, counts_as, payment[side.day])
    body["SPREAD"] = take(call, target, change)
    if credit is not None:
        source = Target(credit.object, body[credit.key], body.get(credit.entry, ""))
        body["CREDITSPREAD"] = _use_credit(call, side, payment, source, credited, counts_as)
    rate = Decimal(payment.get("EXCHANGE_RATE", "1"))
    body["PAYMENTAMOUNT"] = money(rounded(cash * rate))
    return body | {
        "SETTLED": money(total),
        "CREDITED": money(credited),
        "CURRENCY": _currency(payment),
    }


def put_back(call: Call, side: Side, detail: Body, counts_as: str) -> None:
    """Undo what `settle` did for a detail."""
    change = Change(Decimal(detail["SETTLED"]), counts_as, "")
    give_back(call, _target(side, detail), detail.get("SPREAD", ""), change)
    credit = _credit(side, detail)
    if credit is None:
        return
    change = Change(Decimal(detail["CREDITED"]), counts_as, "")
    if credit.object == side.object:
        use_overpayment(call, detail[credit.key], -change.amount)
    else:
        source = Target(credit.object, detail[credit.key])
        give_back(call, source, detail.get("CREDITSPREAD", ""), change)


def use_overpayment(call: Call, key: str, amount: Decimal) -> None:
    """Use up a part of what a posted payment has left over; raises Refusal for more than that."""
    payment = call.store.get("ARPYMT", key)
    if payment is None or payment.body["STATE"] != "Posted":
        raise rule(f"Cannot find a posted AR payment with key '{key}'.", object_name="ARPYMT")
    left = Decimal(payment.body.get(_OVERPAID, "0")) - amount
    if left < 0:
        open_text = money(left + amount)
        raise rule(f"The amount {money(amount)} is more than the {open_text} that is left over.")
    rate = Decimal(payment.body.get("EXCHANGE_RATE", "1"))
    totals = {_OVERPAID: money(left), "TOTALDUE": money(rounded(left * rate))}
    save(call, payment, {**payment.body, **totals})


def _use_credit(
    call: Call, side: Side, payment: Body, source: Target, amount: Decimal, counts_as: str
) -> str:
    if source.object == side.object:
        use_overpayment(call, source.key, amount)
        return ""
    record = find(call, source)
    _check_belongs(side, payment, record)
    if source.object != "ARADVANCE" and open_amount(record) >= 0:
        raise rule(f"The record {source.key} is not a credit.", object_name=source.object)
    return take(call, source, Change(amount, counts_as, payment[side.day]))


def _target(side: Side, body: Body) -> Target:
    named = [means for means in side.documents if body.get(means.key)]
    if len(named) != 1:
        keys = " or ".join(means.key for means in side.documents)
        raise rule(f"Each detail of a payment names one document: {keys}.", field="RECORDKEY")
    return Target(named[0].object, body[named[0].key], body.get(named[0].entry, ""))


def _credit(side: Side, body: Body) -> Means | None:
    used = [means for means in side.credits if body.get(means.key)]
    if len(used) > 1:
        raise rule("A detail of a payment applies one kind of credit.", field=used[1].key)
    return used[0] if used else None


def _amount(body: Body, name: str) -> Decimal:
    amount = Decimal(body.get(name) or "0")
    if amount < 0:
        raise rule("The amount of a payment is not below zero.", field=name)
    return amount


def _check_belongs(side: Side, payment: Body, record: Record) -> None:
    party = payment.get(side.party_field, "")
    if party and record.body.get(side.party_field) != party:
        text = (
            f"The transaction {record.id} does not belong to {OBJECTS[side.party].title} {party}."
        )
        raise rule(text, field=side.party_field)
    if record.body.get("CURRENCY") != _currency(payment):
        text = f"The transaction {record.id} is in {record.body.get('CURRENCY')}."
        raise rule(f"{text} The payment is in {_currency(payment)}.", field="CURRENCY")


def _currency(payment: Body) -> str:
    return payment["CURRENCY"]

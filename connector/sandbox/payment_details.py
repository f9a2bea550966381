"""One detail of a payment: a document it pays, with cash, a credit or a discount."""

from dataclasses import dataclass, field
from decimal import Decimal

from connector.sandbox.company import Call
from connector.sandbox.discounts import discount_of
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
INLINE_POLICY = "ar_inline_credits"
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
        Means("INLINEKEY", "INLINEENTRYKEY", "ARINVOICE", "TRX_INLINEAMOUNT"),
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
        Means("ADVANCEKEY", "ADVANCEENTRYKEY", "APADVANCE", "TRX_POSTEDADVANCEAMOUNT"),
    ),
    with_cards=True,
    methods=frozenset(
        {
            "Printed Check", "Joint Check", "Cash", "EFT", "Credit Card", "ACH", "Check Delivery",
            "WF Check", "WF Domestic ACH", "WF USD Wire",
        }
    ),
)  # fmt: skip
_ADVANCES = frozenset({"ARADVANCE", "APADVANCE"})
_INLINE = "INLINEKEY"
_OF_LINE = "CREDITOFLINE"


def settle(call: Call, side: Side, payment: Body, detail: Body, counts_as: str) -> Body:
    """Pay what an accepted detail names and return the detail as it is kept; raises Refusal."""
    body = dict(detail)
    if side is RECEIVED and body.get(_INLINE) and not call.company.policies.is_on(INLINE_POLICY):
        text = "Inline credits are not enabled in the AR configuration."
        raise rule(text, field=_INLINE)
    target = _target(side, body)
    document = find(call, target)
    _check_belongs(side, payment, document)
    if open_amount(document) < 0:
        raise rule(f"The record {target.key} is a credit and cannot be paid.", field="RECORDKEY")
    cash = _amount(body, "TRX_PAYMENTAMOUNT")
    discount = _discount(call, body, document, cash)
    credit = _credit(side, body)
    credited = _amount(body, credit.amount) if credit else ZERO
    total = cash + discount + credited
    if not total:
        raise rule("Enter an amount for each detail of the payment.", field="TRX_PAYMENTAMOUNT")
    change = Change(total, counts_as, payment[side.day])
    if credit is not None:
        # A credit line of the document itself must be used before more than its rest can be paid.
        source = Target(credit.object, body[credit.key], body.get(credit.entry, ""))
        used = Change(credited, counts_as, payment[side.day])
        body[_OF_LINE] = "true" if _is_line_credit(call, credit, source) else "false"
        body["CREDITSPREAD"] = _use_credit(
            call, side, payment, source, used, is_line=body[_OF_LINE] == "true"
        )
    body["SPREAD"] = take(call, target, change)
    rate = Decimal(payment.get("EXCHANGE_RATE", "1"))
    body["PAYMENTAMOUNT"] = money(rounded(cash * rate))
    return body | {
        "SETTLED": money(total),
        "CREDITED": money(credited),
        "DISCOUNTED": money(discount),
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
        is_line = detail.get(_OF_LINE) == "true"
        give_back(call, source, detail.get("CREDITSPREAD", ""), change, is_line_credit=is_line)


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
    call: Call, side: Side, payment: Body, source: Target, change: Change, *, is_line: bool
) -> str:
    if source.object == side.object:
        use_overpayment(call, source.key, change.amount)
        return ""
    record = find(call, source)
    _check_belongs(side, payment, record)
    if not is_line and source.object not in _ADVANCES and open_amount(record) >= 0:
        raise rule(f"The record {source.key} is not a credit.", object_name=source.object)
    return take(call, source, change, is_line_credit=is_line)


def _is_line_credit(call: Call, credit: Means, source: Target) -> bool:
    """Return whether an inline credit is a line below zero of a document that is due as a whole."""
    record = call.store.get(source.object, source.key)
    return credit.key == _INLINE and record is not None and open_amount(record) >= 0


def _discount(call: Call, body: Body, document: Record, cash: Decimal) -> Decimal:
    """Return the discount of a detail: the one it names, or what the term grants until a day."""
    day = body.get("DISCOUNTDATE", "")
    if not day:
        return _amount(body, DISCOUNT)
    if body.get(DISCOUNT):
        raise rule("Enter a discount date or a discount, not both.", field="DISCOUNTDATE")
    granted = ZERO
    if day <= document.body.get("WHENDISCOUNT", ""):
        granted = discount_of(call, document)
    due = abs(open_amount(document))
    if granted and cash + granted != due:
        text = f"The payment must be the {money(due)} that is due less the discount of"
        raise rule(f"{text} {money(granted)}.", field="TRX_PAYMENTAMOUNT")
    return granted


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

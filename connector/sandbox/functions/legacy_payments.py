"""Payments of customers in the older form, and the reversal of payments to vendors."""

from decimal import Decimal
from functools import partial

from connector.sandbox import payments, settlement
from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.functions.given import addressed, mapped, needed_day
from connector.sandbox.payment_details import MADE, RECEIVED, Side
from connector.sandbox.reader import is_visible
from connector.sandbox.refusal import Refusal, could_not, rule
from connector.sandbox.settlement import PAID, Change, Target
from connector.sandbox.store import Record
from connector.sandbox.values import decimal_of, illegal_format, money
from connector.sandbox.wire.tree import Element, text_of
from connector.sandbox.writer import Given

_HEADER = {
    "customerid": "CUSTOMERID", "batchkey": "PRBATCHKEY", "bankaccountid": "FINANCIALENTITY",
    "undepfundsacct": "UNDEPOSITEDACCOUNTNO", "refid": "DOCNUMBER",
    "overpaylocid": "OVERPAYMENTLOCATIONID", "overpaydeptid": "OVERPAYMENTDEPARTMENTID",
    "datereceived": "RECEIPTDATE", "paymentmethod": "PAYMENTMETHOD", "basecurr": "BASECURR",
    "currency": "CURRENCY", "exchratedate": "EXCH_RATE_DATE", "exchratetype": "EXCH_RATE_TYPE_ID",
    "exchrate": "EXCHANGE_RATE",
}  # fmt: skip


def create_arpayment(call: Call, request: Element) -> Answer:
    """Receive a payment; what its items leave over is an overpayment.

    Without a date it is received today, without a method it is a printed check.
    """
    given = mapped(request, _HEADER)
    given["RECEIPTDATE"] = given.get("RECEIPTDATE") or f"{call.at:%m/%d/%Y}"
    given["PAYMENTDATE"] = given["RECEIPTDATE"]
    given["PAYMENTMETHOD"] = given.get("PAYMENTMETHOD") or "Printed Check"
    details = _items(request.findall("arpaymentitem"))
    try:
        given["OVERPAYMENTAMOUNT"] = _left_over(text_of(request, "paymentamount"), details)
    except Refusal as refusal:
        raise refusal.wrapped(could_not("create", RECEIVED.title)) from None
    return Answer(key=str(payments.create(call, RECEIVED, given, details).recordno))


def _items(items: list[Element]) -> list[Given]:
    return [
        {"RECORDKEY": text_of(item, "invoicekey"), "TRX_PAYMENTAMOUNT": text_of(item, "amount")}
        for item in items
    ]


def _left_over(amount: str, details: list[Given]) -> str:
    left = _number("paymentamount", amount)
    for detail in details:
        left -= _number("amount", detail["TRX_PAYMENTAMOUNT"])
    if left < 0:
        text = f"The items of the payment add up to {money(-left)} more than the payment."
        raise rule(text, field="OVERPAYMENTAMOUNT")
    return str(left)


def _number(name: str, text: str) -> Decimal:
    number = decimal_of(text)
    if number is None:
        raise illegal_format(name, text)
    return number


def apply_arpayment(call: Call, request: Element) -> Answer:
    """Pay invoices with what an earlier payment left over, or with an advance."""
    key = text_of(request, "arpaymentkey")
    day = needed_day(request.find("paymentdate"), "PAYMENTDATE", "payment")
    payment = call.store.get(RECEIVED.object, key) or call.store.get("ARADVANCE", key)
    if payment is None or not is_visible(payment, call.scope.entity, with_private=True):
        raise rule(f"Cannot find AR payment with key '{key}'.", object_name=RECEIVED.object)
    items = _items(request.findall("arpaymentitems/arpaymentitem"))
    try:
        for item in items:
            _apply(call, payment, item, day)
    except Refusal as refusal:
        raise refusal.wrapped(could_not("update", RECEIVED.title)) from None
    return Answer(key=str(payment.recordno))


def _apply(call: Call, payment: Record, item: Given, day: str) -> None:
    amount = _number("amount", item["TRX_PAYMENTAMOUNT"])
    target = Target("ARINVOICE", item["RECORDKEY"])
    invoice = settlement.find(call, target)
    if invoice.body["CUSTOMERID"] != payment.body.get("CUSTOMERID"):
        raise rule(f"The invoice {invoice.id} belongs to another customer.", field="RECORDKEY")
    payments.apply_left_over(call, payment, target, Change(amount, PAID, day))


def _reverse(side: Side, call: Call, request: Element) -> Answer:
    """Reverse a payment on a day; what it paid is due again."""
    record = addressed(call, request, side.object, side.title, "reverse")
    day = needed_day(request.find("datereversed"), "DATEREVERSED", "reversal")
    payments.reverse(call, side, record, day, text_of(request, "description"))
    return Answer(key=str(record.recordno))


def delete_arpayment(call: Call, request: Element) -> Answer:
    """Delete a draft payment."""
    record = addressed(call, request, RECEIVED.object, RECEIVED.title, "delete")
    payments.delete(call, RECEIVED, record)
    return Answer(key=str(record.recordno))


FUNCTIONS: dict[str, Function] = {
    "create_arpayment": create_arpayment,
    "apply_arpayment": apply_arpayment,
    "reverse_arpayment": partial(_reverse, RECEIVED),
    "delete_arpayment": delete_arpayment,
    "reverse_appayment": partial(_reverse, MADE),
}

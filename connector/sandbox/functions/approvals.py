"""approve, decline and recallApBill: what approvers do with a submitted bill."""

from connector.sandbox import payables
from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.reader import is_visible
from connector.sandbox.refusal import NOT_OFFERED, Fault, Refusal, rule
from connector.sandbox.store import Record
from connector.sandbox.wire.tree import Element, text_of


def approve(call: Call, request: Element) -> Answer:
    """Approve a bill."""
    item = _bill_element(request)
    record = _bill(call, text_of(item, "RECORDNO"), "approve")
    return Answer(key=str(payables.approve(call, record, text_of(item, "COMMENT")).recordno))


def decline(call: Call, request: Element) -> Answer:
    """Decline a bill."""
    item = _bill_element(request)
    record = _bill(call, text_of(item, "RECORDNO"), "decline")
    return Answer(key=str(payables.decline(call, record, text_of(item, "COMMENT")).recordno))


def recall(call: Call, request: Element) -> Answer:
    """Pull a submitted bill back."""
    number = text_of(request, "recordno") or text_of(request, "RECORDNO")
    return Answer(key=str(payables.recall(call, _bill(call, number, "recall")).recordno))


def _bill_element(request: Element) -> Element:
    item = request[0]
    if item.tag != "APBILL":
        text = f"This sandbox has no approvals of {item.tag}, only of APBILL."
        raise Refusal(Fault(NOT_OFFERED, text))
    return item


def _bill(call: Call, number: str, verb: str) -> Record:
    record = call.store.get("APBILL", number)
    if record is None or not is_visible(record, call.scope.entity, with_private=True):
        raise rule(f"Cannot find bill with key '{number}' to {verb}.", object_name="APBILL")
    return record


FUNCTIONS: dict[str, Function] = {"approve": approve, "decline": decline, "recallApBill": recall}

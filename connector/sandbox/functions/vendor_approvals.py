"""approveVendor and declineVendor: what approvers do with a vendor that waits for them."""

from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.reader import is_visible
from connector.sandbox.refusal import could_not, rule
from connector.sandbox.wire.tree import Element, text_of
from connector.sandbox.writer import save

_WAITING = "Submitted"


def approve_vendor(call: Call, request: Element) -> Answer:
    """Approve a vendor."""
    return _decided(call, request, "Approved")


def decline_vendor(call: Call, request: Element) -> Answer:
    """Decline a vendor."""
    return _decided(call, request, "Declined")


def _decided(call: Call, request: Element, state: str) -> Answer:
    number = text_of(request, "recordno")
    record = call.store.get("VENDOR", number)
    if record is None or not is_visible(record, call.scope.entity, with_private=True):
        raise rule(f"Cannot find vendor with key '{number}'.", object_name="VENDOR")
    current = record.body.get("STATE", "Approved")
    if current != _WAITING:
        text = f"Only a submitted vendor can be {state.lower()}, this one is {current}."
        raise rule(text, object_name="VENDOR").wrapped(could_not("update", "Vendor"))
    return Answer(key=str(save(call, record, {**record.body, "STATE": state}).recordno))


FUNCTIONS: dict[str, Function] = {
    "approveVendor": approve_vendor,
    "declineVendor": decline_vendor,
}

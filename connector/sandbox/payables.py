"""The approval that bills may need."""

from decimal import Decimal

from connector.sandbox.company import Call
from connector.sandbox.document_kinds import BILL
from connector.sandbox.documents import owe, set_state
from connector.sandbox.refusal import could_not, rule
from connector.sandbox.store import Body, Record
from connector.sandbox.writer import save

WAITING = frozenset({"Submitted", "Partially Approved"})


def approve(call: Call, record: Record, comment: str) -> Record:
    """Approve a submitted bill; the last of the approvals it needs posts it."""
    _check_waiting(record, "approved")
    done = int(record.body.get("APPROVALS", "0")) + 1
    is_last = done >= int(call.company.policies["bill_approvals"])
    body = _noted(record, comment) | {"APPROVALS": str(done)}
    set_state(BILL, body, "Posted" if is_last else "Partially Approved")
    changed = save(call, record, body)
    owe(call, BILL, changed, Decimal(1))
    return changed


def decline(call: Call, record: Record, comment: str) -> Record:
    """Decline a submitted bill; it can be changed and submitted again."""
    _check_waiting(record, "declined")
    return _back(call, record, "Declined", comment)


def recall(call: Call, record: Record) -> Record:
    """Pull a submitted bill back; it is a draft again."""
    _check_waiting(record, "recalled")
    return _back(call, record, "Draft", "")


def _back(call: Call, record: Record, state: str, comment: str) -> Record:
    body = _noted(record, comment)
    body.pop("APPROVALS", None)
    set_state(BILL, body, state)
    return save(call, record, body)


def _noted(record: Record, comment: str) -> Body:
    return {**record.body, "COMMENT": comment} if comment else dict(record.body)


def _check_waiting(record: Record, what: str) -> None:
    state = record.body["STATE"]
    if state not in WAITING:
        raise rule(
            f"Only a submitted bill can be {what}, this one is {state}.", object_name="APBILL"
        ).wrapped(could_not("update", "bill"))

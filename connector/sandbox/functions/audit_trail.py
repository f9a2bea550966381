"""getAuditTrail: who changed a record, and when, as the ledger of the company has it."""

from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function, object_type
from connector.sandbox.wire.tree import Element, add, element, text_of

_MODES = {"create": "create", "update": "modify", "delete": "delete"}
_SERVER = "sandbox"


def get_audit_trail(call: Call, request: Element) -> Answer:
    """List the changes of one record, oldest first; nothing known is an empty list."""
    described = object_type(text_of(request, "object"), "WS")
    number, key = text_of(request, "recordNo"), text_of(request, "objectKey")
    shown = number if number or described.id_field == "RECORDNO" else key
    column = "key" if number or not described.is_unique else "id"
    rows = call.store.execute(
        "SELECT seq, at, operation, coalesce(user, '') FROM ledger"  # noqa: S608 # own text
        " LEFT JOIN ledger_user USING (seq)"
        f" WHERE object = ? AND {column} = ? ORDER BY seq",
        (described.name, number or key),
    )
    data = element("data")
    for sequence, at, operation, user in rows:
        block = add(data, "auditTrailDetail")
        add(block, "userId", user)
        add(block, "object", described.name.lower())
        add(block, "objectKey", shown)
        add(block, "accessTime", at)
        add(block, "accessMode", _MODES[operation])
        add(block, "workflowAction")
        add(block, "webServer", _SERVER)
        add(block, "trackingId", f"{_SERVER}-{sequence}")
        add(block, "ipAddress")
        add(block, "source", "api")
    return Answer(data)


FUNCTIONS: dict[str, Function] = {"getAuditTrail": get_audit_trail}

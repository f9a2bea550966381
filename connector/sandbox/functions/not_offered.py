"""Functions that are refused in words, because answering them would be made up."""

from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.refusal import NOT_OFFERED, Fault, Refusal
from connector.sandbox.wire.tree import Element

REFUSED = {
    "readRelated": "This sandbox has no custom objects, and readRelated reads only those.",
    "readView": "This sandbox has no views. Use query or readByQuery.",
    "readReport": "This sandbox has no reports: what a report answers is not published.",
}


def refuse(call: Call, _request: Element) -> Answer:
    """Refuse the function with the reason for it."""
    raise Refusal(Fault(NOT_OFFERED, REFUSED[call.function]))


FUNCTIONS: dict[str, Function] = dict.fromkeys(REFUSED, refuse)

"""Reversals that the XML API has no function for, but the REST API has a workflow."""

from functools import partial

from connector.sandbox import documents
from connector.sandbox.company import Call
from connector.sandbox.document_kinds import ADJUSTMENT, ADVANCE, AP_ADJUSTMENT, AP_ADVANCE, Kind
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.functions.given import addressed, needed_day
from connector.sandbox.wire.tree import Element, text_of


def _reverse(kind: Kind, call: Call, request: Element) -> Answer:
    record = addressed(call, request, kind.object, kind.title, "reverse")
    day = needed_day(request.find("datereversed"), "DATEREVERSED", "reversal")
    documents.reverse(call, kind, record, day, text_of(request, "description"))
    return Answer(key=str(record.recordno))


# No schema knows these names, so no XML request reaches them.
REVERSALS: dict[str, Function] = {
    f"reverse_{kind.object.lower()}": partial(_reverse, kind)
    for kind in (ADJUSTMENT, AP_ADJUSTMENT, ADVANCE, AP_ADVANCE)
}

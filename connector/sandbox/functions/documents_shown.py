"""retrievepdf: an invoice as people see it."""

import base64

from connector.sandbox import invoice_pdf
from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.reader import is_visible
from connector.sandbox.refusal import NOT_OFFERED, Fault, Refusal, rule
from connector.sandbox.wire.tree import Element, add, element, text_of


def retrieve_pdf(call: Call, request: Element) -> Answer:
    """Return an invoice as a PDF, in base64."""
    item = request[0]
    if item.tag != "ARINVOICE":
        raise Refusal(Fault(NOT_OFFERED, f"This sandbox has no PDF of {item.tag}."))
    number = text_of(item, "RECORDNO")
    record = call.store.get("ARINVOICE", number)
    if record is None or not is_visible(record, call.scope.entity, with_private=True):
        raise rule(f"Cannot find invoice with key '{number}'.", object_name="ARINVOICE")
    data = element("data", listtype="arinvoice", count="1")
    row = add(data, "arinvoice")
    add(row, "recordno", number)
    add(row, "pdfdata", base64.b64encode(invoice_pdf.made(call, record)).decode())
    return Answer(data)


FUNCTIONS: dict[str, Function] = {"retrievepdf": retrieve_pdf}

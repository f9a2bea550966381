"""/workflows/...: what changes the state of a transaction, through the company's functions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from connector.sandbox.company import Call
from connector.sandbox.rest import batches, documents, records
from connector.sandbox.rest.catalogue import rest_object
from connector.sandbox.rest.description import RestObject
from connector.sandbox.rest.errors import (
    BAD_VALUE,
    NOT_OFFERED,
    OPERATION,
    REQUIRED_FIELD,
    Detail,
    Json,
    RestError,
    bad_payload,
    enveloped,
    invalid,
    not_found,
)
from connector.sandbox.rest.exchange import Reply, Request
from connector.sandbox.store import Record
from connector.sandbox.wire.tree import Element, add, element

Build = Callable[[RestObject, Record, Json], tuple[str, Element]]


@dataclass(frozen=True)
class Workflow:
    """One action: what its body takes besides the key, which of that is needed, what it runs."""

    build: Build
    fields: tuple[str, ...] = ()
    date_field: str = ""
    is_date_needed: bool = False
    result: Callable[[RestObject, Record], Json] | None = None  # instead of the state


def answer(request: Request) -> Reply:
    """Run a workflow for one record, or for each of a list; raises RestError."""
    parts = request.path.strip("/").split("/")
    if request.method != "POST" or len(parts) != 4:  # noqa: PLR2004 # workflows/app/object/action
        raise not_found(f"The address {request.path} is not found")
    shape, action = rest_object("/".join(parts[1:3])), parts[3]
    workflow = WORKFLOWS.get((shape.path, action))
    if (reason := NOT_OFFERED_HERE.get((shape.path, action))) is not None:
        raise _not_offered(shape, action, reason)
    if workflow is None:
        raise not_found(f"The workflow {action} of {shape.path} is not found")

    def one(call: Call, body: Any) -> Json:
        return _run(call, shape, workflow, body)

    body = request.document()
    if isinstance(body, list):
        return batches.many(request, body, one, 200)
    return Reply(200, enveloped(one(request.call(), body)))


def _not_offered(shape: RestObject, action: str, reason: str) -> RestError:
    text = f"Operation {action} object {shape.path} failed"
    details = [Detail(NOT_OFFERED, reason)]
    return RestError(422, "operationFailed", text, error_id=OPERATION, details=details)


def _run(call: Call, shape: RestObject, workflow: Workflow, body: Any) -> Json:
    _check(workflow, body)
    record = documents.found(call, shape, body["key"])
    function, request = workflow.build(shape, record, body)
    records.run(call, shape, function, request)
    changed = documents.found(call, shape, body["key"])
    if workflow.result is not None:
        return {**documents.identity(shape, changed), **workflow.result(shape, changed)}
    words = {label: word for word, label in shape.fields["state"].words.items()}
    return {**documents.identity(shape, changed), "state": words.get(changed.body["STATE"])}


def _check(workflow: Workflow, body: Any) -> None:
    if not isinstance(body, dict):
        raise invalid("The payload is not an object")
    details = []
    known = ("key", workflow.date_field, *workflow.fields)
    for name, value in body.items():
        if name not in known:
            text = f"The field /{name} is not a valid field"
            details.append(
                Detail("invalidRequest", text, "REST-1043", f"/{name}", "IA.NOT_A_VALID_FIELD")
            )
        elif value is not None and not isinstance(value, str):
            text = f"The value of /{name} is a text"
            details.append(Detail("invalidRequest", text, BAD_VALUE, f"/{name}"))
    needed = ("key", workflow.date_field) if workflow.is_date_needed else ("key",)
    for name in needed:
        if not body.get(name):
            text = f"The required field {name} is missing"
            details.append(Detail("invalidRequest", text, REQUIRED_FIELD, f"/{name}"))
    given = body.get(workflow.date_field)
    if not details and given and _day(given) is None:
        text = f"The value of /{workflow.date_field} is a date like 2026-03-31"
        details.append(Detail("invalidRequest", text, BAD_VALUE, f"/{workflow.date_field}"))
    if details:
        raise bad_payload(details)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _submitted(shape: RestObject, record: Record, _body: Json) -> tuple[str, Element]:
    """Return the update that submits a draft."""
    request = element("update")
    item = add(request, shape.described.name)
    records.fill(item, {"RECORDNO": str(record.recordno), "ACTION": "Submit"})
    return "update", request


def _reversed(function: str, day: str, note: str) -> Build:
    """Return what builds a legacy reversal: the date under its REST name, and the text."""

    def build(_shape: RestObject, record: Record, body: Json) -> tuple[str, Element]:
        request = element(function, key=str(record.recordno))
        if (asked := _day(body.get(day) or "")) is not None:
            block = add(request, "datereversed")
            for name, value in (("year", asked.year), ("month", asked.month), ("day", asked.day)):
                add(block, name, str(value))
        if text := body.get(note):
            add(request, "description", text)
        return function, request

    return build


def _decided(function: str) -> Build:
    """Return what builds an approval or its refusal."""

    def build(shape: RestObject, record: Record, body: Json) -> tuple[str, Element]:
        request = element(function)
        given = {"RECORDNO": str(record.recordno), "COMMENT": body.get("notes") or ""}
        records.fill(add(request, shape.described.name), given)
        return function, request

    return build


def _moved(verb: str) -> Build:
    """Return what builds the next step of a payment request."""

    def build(_shape: RestObject, record: Record, _body: Json) -> tuple[str, Element]:
        function = f"{verb}_appaymentrequest"
        request = element(function)
        add(add(request, "appaymentkeys"), "appaymentkey", str(record.recordno))
        return function, request

    return build


def _decided_on_vendor(function: str) -> Build:
    """Return what builds the approval of a vendor or its refusal."""

    def build(_shape: RestObject, record: Record, body: Json) -> tuple[str, Element]:
        request = element(function)
        add(request, "recordno", str(record.recordno))
        add(request, "reviewcomments", body.get("notes") or "")
        return function, request

    return build


def _shown(_shape: RestObject, record: Record, _body: Json) -> tuple[str, Element]:
    request = element("retrievepdf")
    add(add(request, "ARINVOICE"), "RECORDNO", str(record.recordno))
    return "retrievepdf", request


def _download(shape: RestObject, record: Record) -> Json:
    place = f"key={record.recordno}&resource=objects/{shape.path}&field=/downloadURL"
    return {"downloadURL": f"{DOWNLOAD}?{place}"}


def _recalled(_shape: RestObject, record: Record, _body: Json) -> tuple[str, Element]:
    request = element("recallApBill")
    add(request, "recordno", str(record.recordno))
    return "recallApBill", request


_INVOICE = "accounts-receivable/invoice"
_PAYMENT = "accounts-receivable/payment"
_BILL = "accounts-payable/bill"
_MADE = "accounts-payable/payment"
_CREDIT, _DEBIT = "accounts-receivable/adjustment", "accounts-payable/adjustment"
_RECEIVED_ADVANCE, _PAID_ADVANCE = "accounts-receivable/advance", "accounts-payable/advance"

_VENDOR = "accounts-payable/vendor"
DOWNLOAD = "/services/core/content/download"
_NO_RECLASSIFY = "This sandbox does not reclassify: change the lines of a posted document instead."
# Workflows that Sage documents and this sandbox refuses in words.
NOT_OFFERED_HERE: dict[tuple[str, str], str] = {
    (_INVOICE, "reclassify"): _NO_RECLASSIFY,
    (_CREDIT, "reclassify"): _NO_RECLASSIFY,
    ("accounts-payable/bill-line", "release"): "This sandbox pays bills whole: it holds no lines.",
    (_MADE, "print"): "This sandbox prints no checks.",
}
WORKFLOWS: dict[tuple[str, str], Workflow] = {
    (_INVOICE, "submit"): Workflow(_submitted),
    (_INVOICE, "reverse"): Workflow(
        _reversed("reverse_invoice", "reversedDate", "memo"),
        ("memo",),
        "reversedDate",
        is_date_needed=True,
    ),
    (_INVOICE, "generate-pdf"): Workflow(_shown, result=_download),
    (_VENDOR, "approve"): Workflow(_decided_on_vendor("approveVendor"), ("notes",)),
    (_VENDOR, "decline"): Workflow(_decided_on_vendor("declineVendor"), ("notes",)),
    (_BILL, "submit"): Workflow(_submitted),
    (_BILL, "reverse"): Workflow(
        _reversed("reverse_bill", "reverseDate", "notes"),
        ("notes",),
        "reverseDate",
        is_date_needed=True,
    ),
    (_BILL, "approve"): Workflow(_decided("approve"), ("notes",)),
    (_BILL, "decline"): Workflow(_decided("decline"), ("notes",)),
    (_BILL, "recall"): Workflow(_recalled, ("notes",)),
    (_PAYMENT, "submit"): Workflow(_submitted),
    (_PAYMENT, "reverse"): Workflow(
        _reversed("reverse_arpayment", "reversedDate", "memo"),
        ("memo",),
        "reversedDate",
        is_date_needed=True,
    ),
    **{
        (path, "submit"): Workflow(_submitted)
        for path in (_CREDIT, _DEBIT, _RECEIVED_ADVANCE, _PAID_ADVANCE)
    },
    (_CREDIT, "reverse"): Workflow(
        _reversed("reverse_aradjustment", "reversedDate", "memo"),
        ("memo",),
        "reversedDate",
        is_date_needed=True,
    ),
    (_DEBIT, "reverse"): Workflow(
        _reversed("reverse_apadjustment", "reverseDate", "notes"),
        ("notes",),
        "reverseDate",
        is_date_needed=True,
    ),
    (_RECEIVED_ADVANCE, "reverse"): Workflow(
        _reversed("reverse_aradvance", "reversedDate", "memo"),
        ("memo",),
        "reversedDate",
        is_date_needed=True,
    ),
    (_PAID_ADVANCE, "reverse"): Workflow(
        _reversed("reverse_apadvance", "reversedDate", "memo"),
        ("memo",),
        "reversedDate",
        is_date_needed=True,
    ),
    (_MADE, "submit"): Workflow(_submitted),
    (_MADE, "approve"): Workflow(_moved("approve"), ("notes",)),
    (_MADE, "decline"): Workflow(_moved("decline"), ("notes",)),
    (_MADE, "confirm"): Workflow(_moved("confirm")),
    (_MADE, "reverse"): Workflow(
        _reversed("reverse_appayment", "paymentDate", "description"),
        ("description",),
        "paymentDate",
        is_date_needed=True,
    ),
}

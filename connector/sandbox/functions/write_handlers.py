"""How the objects are written that have rules of their own; all others follow their description."""

from collections.abc import Callable
from dataclasses import dataclass

from connector.sandbox import (
    advances,
    allocations,
    attachments,
    documents,
    journals,
    masters,
    payments,
    writer,
)
from connector.sandbox.company import Call
from connector.sandbox.document_kinds import (
    ADJUSTMENT,
    ADVANCE,
    AP_ADJUSTMENT,
    AP_ADVANCE,
    BILL,
    INVOICE,
    Kind,
)
from connector.sandbox.document_lines import LineChange
from connector.sandbox.functions.given import flat, generic_lines
from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.definition import Lines, ObjectType
from connector.sandbox.objects.listed import LISTED_OBJECTS
from connector.sandbox.payment_details import MADE, RECEIVED, Side
from connector.sandbox.refusal import NOT_OFFERED, Fault, Refusal, rule
from connector.sandbox.store import Record
from connector.sandbox.wire.tree import Element
from connector.sandbox.writer import Given

# Records that are part of another one, with what that is called.
OWNED = {
    "ARINVOICEITEM": "invoice",
    "ARADJUSTMENTITEM": "adjustment",
    "ARADVANCEITEM": "advance",
    "APADVANCEITEM": "advance",
    "APBILLITEM": "bill",
    "APADJUSTMENTITEM": "adjustment",
    "ARPYMTDETAIL": "payment",
    "APPYMTDETAIL": "payment",
    "GLENTRY": "journal entry",
    "SUPDOCFILE": "attachment",
    "SMARTEVENTLOG": "Smart Event",
    "ALLOCATIONENTRY": "allocation",
}
LISTED = frozenset(described.name for described in LISTED_OBJECTS)


@dataclass(frozen=True)
class Handler:
    """What create, update and delete do for one object."""

    create: Callable[[Call, Element], Record]
    update: Callable[[Call, Element], Record]
    delete: Callable[[Call, Record], None]


def handler_of(described: ObjectType) -> Handler:
    """Return how an object is written; raises Refusal for one that is not written alone."""
    owner = OWNED.get(described.name)
    if owner is not None:
        title = described.title
        raise rule(f"{title} records are written with their {owner}, not on their own.")
    if described.name in LISTED:
        text = f"This sandbox only lists {described.name}: it has no rules for writing it."
        raise Refusal(Fault(NOT_OFFERED, text))
    return _HANDLERS.get(described.name) or _plain(described)


def _lines_of(described: ObjectType) -> Lines:
    if described.lines is None:
        raise TypeError(f"{described.name} has no lines.")
    return described.lines


def _taken_apart(described: ObjectType, item: Element) -> tuple[Given, list[Given]]:
    lines = _lines_of(described)
    return flat(item, lines.wrapper), generic_lines(item, lines.wrapper, lines.object)


_ADVANCES = (ADVANCE, AP_ADVANCE)


def _document(kind: Kind) -> Handler:
    def create(call: Call, item: Element) -> Record:
        given, lines = _taken_apart(kind.described, item)
        if kind in _ADVANCES:
            return advances.create(call, kind, given, lines)
        return documents.create(call, kind, given, lines)

    def update(call: Call, item: Element) -> Record:
        given, lines = _taken_apart(kind.described, item)
        record = writer.find_for_update(call, kind.described, given)
        if kind in _ADVANCES:
            advances.check_update(call, kind, record, given, lines)
        changes = [LineChange(line, _number(line.get("LINE_NO", ""))) for line in lines]
        return documents.update(call, kind, record, given, changes, replaces_lines=True)

    def delete(call: Call, record: Record) -> None:
        documents.delete(call, kind, record)

    return Handler(create, update, delete)


def _number(text: str) -> int | None:
    """Return the number of the line that an update means, None for a new line."""
    if not text.strip():
        return None
    return int(text) if text.strip().isdecimal() else 0


def _adjustment(kind: Kind) -> Handler:
    own = _document(kind)

    def check(call: Call) -> None:
        # The XML API has only the legacy functions for it. REST writes through these as well.
        if call.function in ("create", "update"):
            name = kind.object.lower()
            text = f"Adjustments are written with create_{name} and update_{name}."
            raise rule(text, object_name=kind.object)

    def create(call: Call, item: Element) -> Record:
        check(call)
        return own.create(call, item)

    def update(call: Call, item: Element) -> Record:
        check(call)
        return own.update(call, item)

    return Handler(create, update, own.delete)


def _attachment() -> Handler:
    described = OBJECTS["SUPDOC"]

    def create(call: Call, item: Element) -> Record:
        given, files = _taken_apart(described, item)
        return attachments.create(call, given, attachments.files_of(files))

    def update(call: Call, item: Element) -> Record:
        given, files = _taken_apart(described, item)
        record = writer.find_for_update(call, described, given)
        return attachments.replace(call, record, given, attachments.files_of(files))

    def delete(call: Call, record: Record) -> None:
        attachments.delete(call, record.id)

    return Handler(create, update, delete)


def _payment(side: Side) -> Handler:
    described = OBJECTS[side.object]

    def create(call: Call, item: Element) -> Record:
        return payments.create(call, side, *_taken_apart(described, item))

    def update(call: Call, item: Element) -> Record:
        given, details = _taken_apart(described, item)
        record = writer.find_for_update(call, described, given)
        return payments.update(call, side, record, given, details)

    def delete(call: Call, record: Record) -> None:
        payments.delete(call, side, record)

    return Handler(create, update, delete)


def _journal() -> Handler:
    described = OBJECTS["GLBATCH"]

    def create(call: Call, item: Element) -> Record:
        return journals.create(call, *_taken_apart(described, item))

    def update(call: Call, item: Element) -> Record:
        given, lines = _taken_apart(described, item)
        record = writer.find_for_update(call, described, given)
        return journals.update(call, record, given, lines)

    return Handler(create, update, journals.delete)


def _allocation() -> Handler:
    described = OBJECTS["ALLOCATION"]

    def create(call: Call, item: Element) -> Record:
        return allocations.create(call, *_taken_apart(described, item))

    def update(call: Call, item: Element) -> Record:
        return allocations.update(call, *_taken_apart(described, item))

    return Handler(create, update, allocations.delete)


def _plain(described: ObjectType) -> Handler:
    def create(call: Call, item: Element) -> Record:
        return masters.create(call, described, flat(item))

    def update(call: Call, item: Element) -> Record:
        return masters.update(call, described, flat(item))

    def delete(call: Call, record: Record) -> None:
        writer.delete_record(call, described, record)

    return Handler(create, update, delete)


_HANDLERS = {
    INVOICE.object: _document(INVOICE),
    BILL.object: _document(BILL),
    ADVANCE.object: _document(ADVANCE),
    AP_ADVANCE.object: _document(AP_ADVANCE),
    ADJUSTMENT.object: _adjustment(ADJUSTMENT),
    AP_ADJUSTMENT.object: _adjustment(AP_ADJUSTMENT),
    RECEIVED.object: _payment(RECEIVED),
    MADE.object: _payment(MADE),
    "GLBATCH": _journal(),
    "ALLOCATION": _allocation(),
    "SUPDOC": _attachment(),
}

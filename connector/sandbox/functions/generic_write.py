"""create, update and delete on any object."""

from collections.abc import Callable

from connector.sandbox import masters, receivables, writer
from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function, object_type
from connector.sandbox.invoice_lines import LineChange
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.reader import is_visible
from connector.sandbox.refusal import Refusal, rule
from connector.sandbox.store import Record
from connector.sandbox.wire.tree import Element, add, element, text_of
from connector.sandbox.writer import Given

Writer = Callable[[Call, ObjectType, Element], Record]


def create(call: Call, request: Element) -> Answer:
    """Create the objects one after the other; the first refusal ends it, what was made stays."""
    return _each(call, request, _create_one)


def update(call: Call, request: Element) -> Answer:
    """Change the objects one after the other, in the same way."""
    return _each(call, request, _update_one)


def _each(call: Call, request: Element, write: Writer) -> Answer:
    data = element("data", listtype="objects", count="0")
    for item in request:
        try:
            with call.store.transaction():
                described = object_type(str(item.tag), "WS")
                record = write(call, described, item)
        except Refusal as refusal:
            if not len(data):
                raise
            return Answer(data, faults=refusal.faults)
        row = add(data, described.name.lower())
        add(row, "RECORDNO", str(record.recordno))
        if described.is_unique:
            add(row, described.id_field, record.id)
        data.set("count", str(len(data)))
    return Answer(data)


def flat(item: Element, without: str = "") -> Given:
    """Return the elements below as fields with dotted upper-case names, one wrapper left out."""
    given: Given = {}
    for child in item:
        name = str(child.tag).upper()
        if name == without:
            continue
        if len(child):
            given.update({f"{name}.{rest}": text for rest, text in flat(child).items()})
        else:
            given[name] = child.text or ""
    return given


def _create_one(call: Call, described: ObjectType, item: Element) -> Record:
    if described.name == "ARINVOICE":
        lines = [flat(line) for line in item.iterfind("ARINVOICEITEMS/ARINVOICEITEM")]
        return receivables.create_invoice(call, flat(item, "ARINVOICEITEMS"), lines)
    given = flat(item)
    if described.name in masters.LETTERS:
        return masters.create_party(call, described, given)
    if described.name == "CONTACT":
        return masters.create_contact(call, given)
    _refuse_line(described)
    return writer.create_record(call, described, given, {})


def _update_one(call: Call, described: ObjectType, item: Element) -> Record:
    if described.name == "ARINVOICE":
        return _update_invoice(call, described, item)
    given = flat(item)
    if described.name in masters.LETTERS:
        return masters.update_party(call, described, given)
    if described.name == "CONTACT":
        return masters.update_contact(call, given)
    _refuse_line(described)
    record = writer.find_for_update(call, described, given)
    return writer.update_record(call, described, record, given)


def _update_invoice(call: Call, described: ObjectType, item: Element) -> Record:
    given = flat(item, "ARINVOICEITEMS")
    record = writer.find_for_update(call, described, given)
    changes = [LineChange(flat(line)) for line in item.iterfind("ARINVOICEITEMS/ARINVOICEITEM")]
    return receivables.update_invoice(call, record, given, changes, replaces_lines=True)


def _refuse_line(described: ObjectType) -> None:
    if described.name == "ARINVOICEITEM":
        raise rule("An invoice line is written with its invoice, not on its own.")


def delete(call: Call, request: Element) -> Answer:
    """Delete records by number; the first refusal ends it and undoes the others."""
    described = object_type(text_of(request, "object"), "WS")
    _refuse_line(described)
    for key in text_of(request, "keys").split(","):
        record = call.store.get(described.name, key.strip())
        if record is None or not is_visible(record, call.scope.entity, with_private=True):
            raise rule(f"Cannot find {described.title.lower()} with key '{key.strip()}' to delete.")
        if described.name == "ARINVOICE":
            receivables.delete_invoice(call, record)
        else:
            writer.delete_record(call, described, record)
    return Answer()


FUNCTIONS: dict[str, Function] = {"create": create, "update": update, "delete": delete}

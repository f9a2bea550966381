"""create, update and delete on any object."""

from collections.abc import Callable

from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function, object_type
from connector.sandbox.functions.write_handlers import handler_of
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.reader import is_visible
from connector.sandbox.refusal import Refusal, rule
from connector.sandbox.store import Record
from connector.sandbox.wire.tree import Element, add, element, text_of

Writer = Callable[[Call, ObjectType, Element], Record]


def create(call: Call, request: Element) -> Answer:
    """Create the objects one after the other; the first refusal ends it, what was made stays."""
    return _each(call, request, lambda call, kind, item: handler_of(kind).create(call, item))


def update(call: Call, request: Element) -> Answer:
    """Change the objects one after the other, in the same way."""
    return _each(call, request, lambda call, kind, item: handler_of(kind).update(call, item))


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


def delete(call: Call, request: Element) -> Answer:
    """Delete records by number; the first refusal ends it and undoes the others."""
    described = object_type(text_of(request, "object"), "WS")
    handler = handler_of(described)
    for key in text_of(request, "keys").split(","):
        record = call.store.get(described.name, key.strip())
        if record is None or not is_visible(record, call.scope.entity, with_private=True):
            raise rule(f"Cannot find {described.title.lower()} with key '{key.strip()}' to delete.")
        handler.delete(call, record)
    return Answer()


FUNCTIONS: dict[str, Function] = {"create": create, "update": update, "delete": delete}

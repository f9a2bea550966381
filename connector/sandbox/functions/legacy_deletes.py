"""delete_customer and its like: master records by their id, as the official clients delete them."""

from functools import partial

from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.functions.write_handlers import handler_of
from connector.sandbox.objects import OBJECTS
from connector.sandbox.reader import closest, is_visible
from connector.sandbox.refusal import rule
from connector.sandbox.wire.delete_models import ATTRIBUTES
from connector.sandbox.wire.tree import Element

_OBJECTS = {
    "delete_class": "CLASS",
    "delete_contact": "CONTACT",
    "delete_customer": "CUSTOMER",
    "delete_department": "DEPARTMENT",
    "delete_employee": "EMPLOYEE",
    "delete_glaccount": "GLACCOUNT",
    "delete_item": "ITEM",
    "delete_location": "LOCATION",
    "delete_project": "PROJECT",
    "delete_vendor": "VENDOR",
}


def _delete(object_name: str, attribute: str, call: Call, request: Element) -> Answer:
    """Delete the record with that id; no master record has an id of another system here."""
    described = OBJECTS[object_name]
    identifier = request.get(attribute, "").strip()
    is_external = request.get("externalkey") == "true"
    found = [] if is_external else call.store.by_id(object_name, identifier)
    record = closest(found, call.scope.entity)
    if record is None or not is_visible(record, call.scope.entity, with_private=True):
        raise rule(
            f"Cannot find {described.title} with key '{identifier}' to delete.",
            object_name=object_name,
        )
    handler_of(described).delete(call, record)
    return Answer(key=str(record.recordno))


FUNCTIONS: dict[str, Function] = {
    name: partial(_delete, object_name, ATTRIBUTES[name]) for name, object_name in _OBJECTS.items()
}

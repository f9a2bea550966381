"""Creating, changing and deleting records by the description of their object alone."""

from dataclasses import replace

from connector.sandbox import ledger
from connector.sandbox.company import Call
from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.reader import closest, is_visible
from connector.sandbox.refusal import EMPLOYEE_TAKEN, Refusal, could_not, not_unique, rule
from connector.sandbox.store import Body, Record
from connector.sandbox.values import normal, stamp

Given = dict[str, str]
FIRST_NUMBERS = {
    "ARINVOICE": 4700, "ARINVOICEITEM": 10000, "CUSTOMER": 120, "CONTACT": 300, "APBILL": 2900,
    "APADJUSTMENT": 3900, "ARADJUSTMENT": 6100, "ARADVANCE": 6300, "ARPYMT": 7200, "APPYMT": 8100,
    "GLBATCH": 500,
}  # fmt: skip


def accepted(call: Call, described: ObjectType, given: Given) -> Body:
    """Return the given fields as they are kept.

    Raises Refusal for a wrong format, a reference to nothing, and, if the policy says so, for a
    field that the object does not have. Fields that the system fills in are left out.
    """
    kept: Body = {}
    for name, text in given.items():
        found = described.fields.get(described.aliases.get(name, name))
        if found is None:
            if call.company.policies["unknown_fields"] == "refuse":
                raise rule(f"The field {name} is not a field of {described.title}.", field=name)
            continue
        if found.is_readonly:
            continue
        kept[found.name] = normal(found, text)
        if found.refers_to and kept[found.name]:
            check_reference(call, found.refers_to, kept[found.name], field=found.name)
    return kept


def check_reference(call: Call, object_name: str, identifier: str, *, field: str = "") -> Record:
    """Return the record that an id means here; raises Refusal for none and for an inactive one."""
    found = closest(call.store.by_id(object_name, identifier), call.scope.entity)
    if found is None or found.body.get("STATUS") == "inactive":
        title = OBJECTS[object_name].title
        raise rule(
            f"{title} '{identifier}' specified is not valid.",
            field=field,
            object_name=object_name,
            message_id="IA.VALUE_IS_NOT_VALID",
        )
    return found


def create_record(call: Call, described: ObjectType, given: Given, extra: Body) -> Record:
    """Create one record; `extra` are fields that the system fills in."""
    try:
        body = accepted(call, described, given)
        body.update(extra)
        check_required(described, body)
        identifier = body.get(described.id_field, "")
        if described.is_unique and is_taken(call, described, identifier):
            raise _taken(described, identifier)  # one chain
    except Refusal as refusal:
        raise refusal.wrapped(could_not("create", described.title)) from None
    return add_record(call, described, with_defaults(described, body))


def _taken(described: ObjectType, identifier: str) -> Refusal:
    """Return the refusal of a second record with the same id; two objects have their own."""
    if described.name in ("GLACCOUNT", "STATACCOUNT"):
        return rule(
            f"Duplicate account number {identifier}.",
            field=described.id_field,
            object_name=described.name,
            message_id="IA.DUPLICATE_ACCOUNT_NUMBER",
        )
    refusal = not_unique(described.title, identifier, field=described.id_field)
    if described.name == "EMPLOYEE":
        return Refusal(replace(refusal.faults[0], errorno=EMPLOYEE_TAKEN))
    return refusal


def with_defaults(described: ObjectType, body: Body) -> Body:
    """Return the body with the defaults of the fields that it leaves out."""
    defaults = {name: found.default for name, found in described.fields.items() if found.default}
    return defaults | {name: value for name, value in body.items() if value}


def check_required(described: ObjectType, body: Body) -> None:
    """Raise Refusal for the first required field without a value."""
    for name, found in described.fields.items():
        if found.is_required and not body.get(name):
            raise rule(
                f"Required field {name} is missing for {described.title}.",
                field=name,
                object_name=described.name,
                message_id="IA.REQUIRED_FIELD_MISSING",
            )


def is_taken(call: Call, described: ObjectType, identifier: str) -> bool:
    """Return whether another record that is seen from here has that id."""
    entity = call.scope.entity
    others = call.store.by_id(described.name, identifier)
    return any(entity in ("", other.entity) or not other.entity for other in others)


def add_record(call: Call, described: ObjectType, body: Body, parent: int | None = None) -> Record:
    """Store a new record with its number, stamps and owner, and note it in the ledger."""
    number = call.store.next_number(described.name, FIRST_NUMBERS.get(described.name, 1))
    now = stamp(call.at)
    audit = {"WHENMODIFIED": now, "CREATEDBY": call.scope.user, "MODIFIEDBY": call.scope.user}
    for name in ("WHENCREATED", "AUWHENCREATED"):
        if name in described.fields and described.fields[name].kind == "stamp":
            audit[name] = now
    is_numbered = described.id_field == "RECORDNO"
    identifier = str(number) if is_numbered else body.get(described.id_field, "")
    record = Record(
        described.name, number, identifier, call.scope.entity, parent, {**body, **audit}
    )
    call.store.put(record)
    ledger.note(call.store, call.cause, "create", record)
    return record


def find_for_update(call: Call, described: ObjectType, given: Given) -> Record:
    """Return the record that RECORDNO or the id field of an update names."""
    number, identifier = given.get("RECORDNO", ""), given.get(described.id_field, "")
    found = call.store.get(described.name, number) if number else None
    if found is not None and not is_visible(found, call.scope.entity, with_private=True):
        found = None
    if found is None and identifier:
        found = closest(call.store.by_id(described.name, identifier), call.scope.entity)
    if found is None:
        raise rule(
            f"Cannot find {described.title} with key '{number or identifier}' to update.",
            object_name=described.name,
        ).wrapped(could_not("update", described.title))
    return found


def update_record(call: Call, described: ObjectType, record: Record, given: Given) -> Record:
    """Change the given fields of a record: an empty text clears, the id never changes."""
    changes = {name: text for name, text in given.items() if name != described.id_field}
    try:
        body = {**record.body, **accepted(call, described, changes)}
        check_required(described, body)
    except Refusal as refusal:
        raise refusal.wrapped(could_not("update", described.title)) from None
    return save(call, record, body)


def save(call: Call, record: Record, body: Body) -> Record:
    """Store a changed record with its stamps and note it in the ledger."""
    body = {**body, "WHENMODIFIED": stamp(call.at), "MODIFIEDBY": call.scope.user}
    changed = Record(record.object, record.recordno, record.id, record.entity, record.parent, body)
    call.store.put(changed)
    ledger.note(call.store, call.cause, "update", changed, record.body)
    return changed


def delete_record(call: Call, described: ObjectType, record: Record) -> None:
    """Delete a record that no other one names."""
    user = _user_of(call, record)
    if user is not None:
        raise rule(
            f"{described.title} '{record.id}' cannot be deleted because {user} uses it.",
            object_name=described.name,
        )
    call.store.remove(record)
    ledger.note(call.store, call.cause, "delete", record)


def _user_of(call: Call, record: Record) -> str | None:
    """Return the title of an object that has a record pointing here."""
    for described in OBJECTS.values():
        for relation in described.relations.values():
            value = str(record.recordno) if relation.is_by_number else record.id
            if relation.object == record.object and any(
                call.store.where(described.name, relation.link, value)
            ):
                return described.title
    return None

"""lookup and inspect: what an object consists of."""

from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function, object_type
from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.definition import Field, ObjectType
from connector.sandbox.objects.extensions import is_custom
from connector.sandbox.reader import find_field
from connector.sandbox.refusal import Fault, Refusal
from connector.sandbox.wire.tree import Element, add, element, text_of

_DATA_TYPES = {
    "int": "INTEGER",
    "money": "CURRENCY",
    "rate": "DECIMAL",
    "bool": "BOOLEAN",
    "tf": "BOOLEAN",
    "date": "DATE",
    "stamp": "TIMESTAMP",
}
# dataName, externalDataName and maxLength of inspect by kind of field.
_STORED = {
    "int": ("Pt_FieldInt", "integer", "8"),
    "money": ("Pt_FieldCurrency", "currency", "14"),
    "rate": ("Pt_FieldDouble", "decimal", "17"),
    "bool": ("Pt_FieldBoolean", "boolean", "1"),
    "tf": ("Pt_FieldBoolean", "boolean", "1"),
    "date": ("Pt_FieldDate", "date", "10"),
    "stamp": ("Pt_FieldDateTime", "datetime", "19"),
}
_TEXT = ("Pt_FieldString", "string", "100")
_FIRST_ID = 999500400000902
_FAILED = "WS"


def lookup(_call: Call, request: Element) -> Answer:
    """Describe an object with its fields and its relations to others."""
    described = object_type(text_of(request, "object"), _FAILED)
    data = element("data", listtype="All", count="1")
    block = add(data, "Type", Name=described.name, DocumentType=text_of(request, "docparid"))
    fields = add(block, "Fields")
    for name, field in _fields(described):
        _add_field(add(fields, "Field"), name, field)
    relations = add(block, "Relationships")
    for path, relation in described.relations.items():
        related = add(relations, "Relationship")
        add(related, "OBJECTPATH", path)
        add(related, "OBJECTNAME", relation.object)
        add(related, "LABEL", label(path))
        add(related, "RELATIONSHIPTYPE", "MANY2ONE")
        add(related, "RELATEDBY", relation.link)
    return Answer(data)


def _fields(described: ObjectType) -> list[tuple[str, Field]]:
    found = ((name, find_field(described, name)) for name in described.all_names())
    return [(name, field) for name, field in found if field is not None]


def _add_field(block: Element, name: str, field: Field) -> None:
    add(block, "ID", name)
    add(block, "LABEL", label(name))
    add(block, "DESCRIPTION", label(name))
    add(block, "REQUIRED", _yes(field.is_required))
    add(block, "READONLY", _yes(field.is_readonly))
    add(block, "DATATYPE", _DATA_TYPES.get(field.kind, "TEXT"))
    if field.codes:
        values = add(block, "VALIDVALUES")
        for value in field.codes:
            add(values, "VALIDVALUE", value)
    add(block, "ISCUSTOM", _yes(is_custom(name)))


def label(name: str) -> str:
    """Return what a field is called on a page: its integration name as words."""
    return name.replace(".", " ").replace("_", " ").capitalize()


def _yes(value: bool) -> str:  # noqa: FBT001 # it only spells a boolean
    return "true" if value else "false"


def inspect(_call: Call, request: Element) -> Answer:
    """List the objects, or the fields of one, by name or in detail."""
    name = text_of(request, "object") or text_of(request, "name")
    data = element("data", listtype="All", count="1")
    if name == "*":
        for described in OBJECTS.values():
            add(data, "type", described.title, typename=described.name.lower())
        return Answer(data)
    described = _by_either_name(name)
    block = add(data, "Type", Name=described.name)
    if request.get("detail") == "1":
        _add_details(block, described)
        return Answer(data)
    fields = add(block, "Fields")
    for field, _ in _fields(described):
        add(fields, "Field", field)
    return Answer(data)


def _by_either_name(name: str) -> ObjectType:
    """Return the object by its integration name or by its title."""
    for described in OBJECTS.values():
        if name.lower() in (described.name.lower(), described.title.lower()):
            return described
    raise Refusal(Fault(_FAILED, f"Object definition {name} not found"))


def _add_details(block: Element, described: ObjectType) -> None:
    attributes = add(block, "Attributes")
    add(attributes, "SingularName", described.title)
    add(attributes, "PluralName", f"{described.title}s")
    add(attributes, "Description")
    fields = add(block, "Fields")
    for number, (name, field) in enumerate(_fields(described), start=_FIRST_ID):
        data_name, external, longest = _STORED.get(field.kind, _TEXT)
        row = add(fields, "Field")
        add(row, "Name", name)
        add(row, "GroupName")
        add(row, "dataName", data_name)
        add(row, "externalDataName", external)
        add(row, "isRequired", _yes(field.is_required))
        add(row, "isReadOnly", _yes(field.is_readonly))
        add(row, "maxLength", longest)
        add(row, "DisplayLabel", label(name))
        add(row, "Description", label(name))
        add(row, "id", str(number))


FUNCTIONS: dict[str, Function] = {"lookup": lookup, "inspect": inspect}

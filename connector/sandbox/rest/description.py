"""How a REST object is described: one line per field, over an object of the company.

`path XMLNAME flag...` is a field, its path dotted through groups. `path @app/object XMLNAME` is a
reference: XMLNAME holds the id of the other record (or its number, where the object says so).
Flags: `required` and `readonly` as REST has them (on top of what the object says), `number` (a
number in JSON, not text), `<NAME` (a new record without it takes it from that field),
`word=Label` (an enumeration's word; underscores are blanks).
Words that are not given are the labels in camel case.
"""

import re
from dataclasses import dataclass, field

from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.definition import Field, ObjectType
from connector.sandbox.objects.extensions import BUILT_IN_FIELDS
from connector.sandbox.reader import find_field

ENTITY = "company-config/entity"
_AUDIT = """audit.modifiedDateTime WHENMODIFIED readonly
audit.createdByUser @company-config/user CREATEDBY readonly
audit.modifiedByUser @company-config/user MODIFIEDBY readonly
"""
_ENTITY_PARTS = {"key": "MEGAENTITYKEY", "id": "MEGAENTITYID", "name": "MEGAENTITYNAME"}


@dataclass(frozen=True)
class RestField:
    """One field: where it is kept and what JSON it is."""

    path: str
    xml: str
    kept: Field
    is_required: bool = False
    is_readonly: bool = False
    is_number: bool = False
    copied_from: str = ""
    words: dict[str, str] = field(default_factory=dict)  # word -> kept label


@dataclass(frozen=True)
class Reference:
    """A reference: which object, and the name of its parts in the company's records."""

    path: str
    target: str
    link: str  # the field that is written; empty when nobody writes it
    parts: dict[str, str]  # key, id, name -> dotted name of the company's objects
    relation: str = ""  # the relation that leads to the other record
    is_by_number: bool = False  # whether the link holds the number of the other record
    is_required: bool = False
    is_readonly: bool = False


@dataclass(frozen=True)
class OwnedLines:
    """A list of owned records: its name here and the REST object of one."""

    name: str
    target: str
    is_always_sent: bool = False  # whether a change of the owner must name them all


@dataclass(frozen=True)
class RestObject:
    """One object of the REST API."""

    path: str
    described: ObjectType
    fields: dict[str, RestField]
    references: dict[str, Reference]
    lines: OwnedLines | None = None
    is_transaction: bool = False  # its id is its key
    owner: str = ""  # the REST object that owns it, for lines
    states: dict[str, tuple[str, str]] = field(default_factory=dict)  # word -> field and its text

    @property
    def groups(self) -> frozenset[str]:
        """Every path that is a group of others."""
        found: set[str] = set()
        for path in (*self.fields, *self.references):
            parts = path.split(".")
            found.update(".".join(parts[:length]) for length in range(1, len(parts)))
        return frozenset(found)

    def href(self, key: str) -> str:
        """Return the address of one record, relative to the version."""
        return f"/objects/{self.path}/{key}"


def describe(
    path: str,
    xml: str,
    text: str,
    *,
    lines: OwnedLines | None = None,
    owner: str = "",
    states: dict[str, tuple[str, str]] | None = None,
    has_audit: bool = True,
) -> RestObject:
    """Return the object that these lines describe; raises ValueError for a name nobody knows.

    `states` are those a POST may ask for, with the field that says so to the company.
    """
    described = OBJECTS[xml]
    fields: dict[str, RestField] = {}
    references: dict[str, Reference] = {}
    for line in (text + _common(described, has_audit=has_audit)).split("\n"):
        if line.strip():
            _add(described, line, fields, references)
    references["entity"] = Reference("entity", ENTITY, "", _ENTITY_PARTS, is_readonly=True)
    is_transaction = fields["id"].xml == "RECORDNO"
    return RestObject(
        path, described, fields, references, lines, is_transaction, owner, states or {}
    )


def extend(shape: RestObject, line: str) -> str:
    """Describe one more field or reference of an object and return its path."""
    return _add(shape.described, line, shape.fields, shape.references)


def _add(
    described: ObjectType,
    line: str,
    fields: dict[str, RestField],
    references: dict[str, Reference],
) -> str:
    if " @" in line:
        reference = _reference(described, line)
        references[reference.path] = reference
        return reference.path
    made = _field(described, line)
    fields[made.path] = made
    return made.path


def _common(described: ObjectType, *, has_audit: bool) -> str:
    """Return the lines that every object has."""
    created = "AUWHENCREATED" if "AUWHENCREATED" in described.fields else "WHENCREATED"
    common = "key RECORDNO readonly\n"
    for name in BUILT_IN_FIELDS:
        if name in described.fields:
            common += f"nsp::{name} {name}\n"
    if not has_audit:
        return "\n" + common
    found = described.fields.get(created)
    if found is not None and found.kind == "stamp":
        common += f"audit.createdDateTime {created} readonly\n"
    return f"\n{common}{_AUDIT}"


def _field(described: ObjectType, line: str) -> RestField:
    path, xml, *flags = line.split()
    kept = find_field(described, xml)
    if kept is None:
        raise ValueError(f"{described.name} has no field {xml} for {path}.")
    given = dict(flag.split("=", 1) for flag in flags if "=" in flag)
    words = {word: label.replace("_", " ") for word, label in given.items()}
    for label in kept.codes:
        if label not in words.values():
            words[camel(label)] = label
    copied_from = next((flag[1:] for flag in flags if flag.startswith("<")), "")
    return RestField(
        path,
        xml,
        kept,
        is_required="required" in flags,
        is_readonly="readonly" in flags or kept.is_readonly,
        is_number="number" in flags,
        copied_from=copied_from,
        words=words,
    )


def _reference(described: ObjectType, line: str) -> Reference:
    path, target, link, *flags = line.split()
    target = target.removeprefix("@")
    kept = find_field(described, link)
    if kept is None:
        raise ValueError(f"{described.name} has no field {link} for {path}.")
    relation = next((n for n, r in described.relations.items() if r.link == link), "")
    parts = {"id": link}
    if relation:
        other = OBJECTS[described.relations[relation].object]
        parts = {"key": f"{relation}.RECORDNO", "id": link}
        if described.relations[relation].is_by_number:
            # A transaction's id in REST is its key.
            identifier = other.id_field if other.is_unique else "RECORDNO"
            parts["id"] = f"{relation}.{identifier}"
        for name in ("NAME", "TITLE"):
            if name in other.fields and name != other.id_field:
                parts.setdefault("name", f"{relation}.{name}")
    return Reference(
        path,
        target,
        link,
        parts,
        relation,
        bool(relation) and described.relations[relation].is_by_number,
        is_required="required" in flags,
        is_readonly="readonly" in flags or kept.is_readonly,
    )


def camel(label: str) -> str:
    """Return a label as the REST API spells it: `Partially Paid` is partiallyPaid."""
    words: list[str] = re.findall(r"[A-Za-z0-9]+", label)
    first, rest = words[0], words[1:]
    start = first.lower() if first.isupper() else first[0].lower() + first[1:]
    return start + "".join(word[0].upper() + word[1:] for word in rest)

"""How an object is described: one line per field, read once.

`NAME kind flag...` is a field of its own. Kinds: text int money rate bool tf date stamp email, or
`enum(label=code|...)`. Flags: `required`, `readonly`, `default=value` (the last one), `->OBJECT`
(holds the id of another record), `->OBJECT:RELATION` (same, under another name),
`#OBJECT:RELATION` (holds its record number).
`NAME kind <- RELATION.FIELD` is read from the related record.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_WORD = re.compile(r"enum\((?:[^()]|\([^)]*\))*\)|default=.*$|\S+")
# Every object has these; MEGAENTITY* say which entity owns the record, empty means shared.
_AUDIT = """
MEGAENTITYKEY int readonly
MEGAENTITYID text readonly
MEGAENTITYNAME text readonly
CREATEDBY text readonly
MODIFIEDBY text readonly
WHENMODIFIED stamp readonly
"""


@dataclass(frozen=True)
class Field:
    """One field: what it holds and what may be written to it."""

    name: str
    kind: str
    is_required: bool = False
    is_readonly: bool = False
    default: str = ""
    codes: dict[str, str] = field(default_factory=dict)  # label -> database code
    refers_to: str = ""
    comes_from: str = ""


@dataclass(frozen=True)
class Relation:
    """A step from a record to one other record."""

    object: str
    link: str
    is_by_number: bool = False


@dataclass(frozen=True)
class Lines:
    """The owned lines of an object: the wrapper's name and the object of a line."""

    wrapper: str
    object: str


@dataclass(frozen=True)
class ObjectType:
    """One object of the company."""

    name: str
    title: str
    id_field: str
    fields: dict[str, Field]
    relations: dict[str, Relation]
    nested: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lines: Lines | None = None
    aliases: dict[str, str] = field(default_factory=dict)
    # Whether a new record must not share its id with another one.
    is_unique: bool = True

    def all_names(self) -> Iterator[str]:
        """Yield what `*` means: own and derived fields, and the dotted names of nested contacts."""
        for name in self.fields:
            if name.split(".")[0] not in self.nested:
                yield name
        for prefix, names in self.nested.items():
            for name in names:
                yield f"{prefix}.{name}"


def describe(  # noqa: PLR0913 # one description in one call, the rest by name
    name: str,
    title: str,
    id_field: str,
    lines_of_fields: str,
    *,
    nested: dict[str, tuple[str, ...]] | None = None,
    lines: Lines | None = None,
    aliases: dict[str, str] | None = None,
    relations: dict[str, Relation] | None = None,
    is_unique: bool = True,
) -> ObjectType:
    """Return the object that these lines describe.

    `relations` are those that no field makes; their link may be a dotted name.
    """
    fields: dict[str, Field] = {"RECORDNO": Field("RECORDNO", "int", is_readonly=True)}
    relations = dict(relations or {})
    for line in (lines_of_fields + _AUDIT).split("\n"):
        if not line:
            continue
        made = field_of(line, relations)
        fields[made.name] = made
    return ObjectType(
        name, title, id_field, fields, relations, nested or {}, lines, aliases or {}, is_unique
    )


def field_of(line: str, relations: dict[str, Relation]) -> Field:
    """Return the field of one line; the relation that it makes is added to the others."""
    own, _, source = line.partition(" <- ")
    name, kind, *flags = _WORD.findall(own)
    codes = {}
    if kind.startswith("enum("):
        codes = dict(pair.split("=") for pair in kind[5:-1].split("|"))
        kind = "enum"
    refers_to = default = ""
    for flag in flags:
        if flag.startswith(("->", "#")):
            refers_to, _, relation = flag.lstrip("->#").partition(":")
            is_by_number = flag.startswith("#")
            relations[relation or refers_to] = Relation(refers_to, name, is_by_number)
            refers_to = "" if is_by_number else refers_to
        elif flag.startswith("default="):
            default = flag.removeprefix("default=")
    is_readonly = "readonly" in flags or bool(source)
    return Field(
        name, kind, "required" in flags, is_readonly, default, codes, refers_to, source.strip()
    )

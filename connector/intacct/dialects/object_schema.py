"""What an object's fields are called by us and on the XML wire, read from ``schemas/objects``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import schemas
from connector.intacct.dialects.xml_text import check_dotted_name, check_name

RECORD_NUMBER = "RECORDNO"
CUSTOM_FIELDS = "customFields"
ADDITIONAL_FIELDS = "additionalFields"


@dataclass(frozen=True)
class Field:
    """One field of an object.

    Args:
        name: Our name.
        path: Its elements on the XML wire, outermost first; empty where it never travels.
        kinds: JSON types, such as ``string`` or ``boolean``.
        format: ``money``, ``decimal``, ``date`` or nothing.
        values: Our value as JSON text to the word on the wire, where the two differ.
        codes: What the database holds to what people see, such as ``A`` to ``Posted``.
        join: What glues a list of texts into one.
        items: The fields of one line, where the field holds lines.
        rest: What the REST API calls it when it is read, dotted where groups hold it.
        rest_write: What REST calls it when it is written; both are empty where it has no name.
        rest_values: As ``values``, for REST.
        is_rest_number: REST takes it as a number; everything else with decimals travels as text.
        is_write_only: It can be told to Intacct, and is not there to be read.
    """

    name: str
    path: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    format: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    join: str = ""
    items: Fields | None = None
    rest: str = ""
    rest_write: str = ""
    rest_values: Mapping[str, str] = field(default_factory=dict)
    is_rest_number: bool = False
    is_write_only: bool = False

    @classmethod
    def from_schema(cls, name: str, schema: Mapping[str, Any]) -> Field:
        """Return the field that a stanza of a JSON schema describes."""
        wire = schema.get("x-intacct", {})
        kind = schema.get("type", ())
        items = schema.get("items", {}).get("properties")
        return cls(
            name,
            path=tuple(check_name(part, name) for part in wire.get("xml", "").split("/") if part),
            kinds=frozenset([kind] if isinstance(kind, str) else kind),
            format=schema.get("format", ""),
            values=dict(wire.get("values", {})),
            codes=dict(wire.get("codes", {})),
            join=wire.get("join", ""),
            items=Fields(items) if items else None,
            rest="" if schema.get("writeOnly") else wire.get("rest", ""),
            rest_write=""
            if schema.get("readOnly")
            else wire.get("restWrite", wire.get("rest", "")),
            rest_values=dict(wire.get("restValues", wire.get("values", {}))),
            is_rest_number=wire.get("restType") == "number",
            is_write_only=schema.get("writeOnly", False),
        )

    @property
    def column(self) -> str:
        """The name in lists of fields: dotted; for lines, the element around them."""
        return self.path[0] if self.items else ".".join(self.path)


class Fields:
    """The fields of an object or of one of its lines, by our name and by path.

    Args:
        properties: Stanzas of a JSON schema by our name.
    """

    def __init__(self, properties: Mapping[str, Mapping[str, Any]]) -> None:
        self.by_name = {
            name: Field.from_schema(name, stanza)
            for name, stanza in properties.items()
            if name not in {CUSTOM_FIELDS, ADDITIONAL_FIELDS}
        }
        self.order = {name: place for place, name in enumerate(properties)}
        self.by_path: dict[tuple[str, ...], Field] = {}
        for each in self.by_name.values():
            if each.path:
                self.by_path.setdefault(tuple(part.upper() for part in each.path), each)
        self.columns = {each.column.upper(): each for each in self.by_path.values()}
        self.by_rest: dict[str, Field] = {}
        for each in self.by_path.values():
            if each.rest:
                self.by_rest.setdefault(each.rest, each)

    def find(self, name: str) -> Field | None:
        """Return the field of that name, ours or Intacct's in any case."""
        return self.by_name.get(name) or self.columns.get(name.upper())

    def column(self, name: str, where: str) -> str:
        """Return Intacct's name of a field; a name we do not know passes as it is.

        Raises:
            InputError: ``name`` is no name at all; ``where`` is the input it stands in.
        """
        found = self.find(name)
        return found.column if found and found.path else check_dotted_name(name, where)


class ObjectSchema:
    """One object: its names, its keys and its fields.

    Args:
        name: Our name, or Intacct's where we have no schema.
        document: The JSON schema with references resolved; empty for an unknown object.
    """

    def __init__(self, name: str, document: Mapping[str, Any]) -> None:
        wire = document.get("x-intacct", {})
        self.name = name
        self.is_known = bool(document)
        self.wire = check_name(wire.get("xml") or name.upper(), "object")
        self.rest = str(wire.get("rest", ""))
        self.rest_create: Mapping[str, Any] = wire.get("restCreate", {})
        self.rest_required = tuple(wire.get("restRequired", ()))
        self.apis: Mapping[str, Sequence[str]] = wire.get("apis", {})
        self.plural = str(wire.get("plural", "records"))
        self.id = str(wire.get("id", ""))
        self.lookup = tuple(tuple(names) for names in wire.get("lookup", ()))
        self.compare = tuple(wire.get("compare", ()))
        self.total: Mapping[str, str] | None = wire.get("total")
        self.envelope_lines: Mapping[str, str] = wire.get("envelopeLines", {})
        self.invocations: Mapping[str, Mapping[str, Any]] = wire.get("invoke", {})
        self.fields = Fields(document.get("properties", {}))
        self._legacy = {verb: str(wire.get(verb, "")) for verb in ("create", "update")}
        # What the legacy function `get` calls the object, where the generic reads lack it.
        self.legacy_get = str(wire.get("get", ""))

    @property
    def key(self) -> str:
        """The name under which a record's number stands: ours, else ``RECORDNO``."""
        found = self.fields.columns.get(RECORD_NUMBER)
        return found.name if found else RECORD_NUMBER

    def legacy(self, verb: str) -> str:
        """Return the legacy function for ``create`` or ``update``, or nothing for the generic."""
        return self._legacy.get(verb, "")

    def href(self, key: str) -> str:
        """Return the record's path in the REST API, or nothing where either part is unknown."""
        return f"/objects/{self.rest}/{key}" if self.rest and key else ""

    @classmethod
    def named(cls, name: str) -> ObjectSchema:
        """Return the object we call ``name``, such as ``invoice``.

        Raises:
            FileNotFoundError: We have no schema of that name.
        """
        return _named(name)

    @classmethod
    def find(cls, name: str) -> ObjectSchema:
        """Return the object of that name, ours or Intacct's in any case.

        An object we have no schema for gets a bare one: its fields pass under their own names.

        Raises:
            InputError: ``name`` is no name.
        """
        check_name(name, "object")
        known = _known_names()
        ours = name if name in known.values() else known.get(name.upper())
        return _named(ours) if ours else cls(name, {})

    @classmethod
    def of_rest(cls, path: str) -> ObjectSchema:
        """Return the object of that REST name, such as ``accounts-receivable/invoice``.

        One we have no schema for gets a bare one, so that its rows keep their own names.
        """
        ours = _known_rest_names().get(path)
        return _named(ours) if ours else cls("RECORD", {})


@cache
def _named(name: str) -> ObjectSchema:
    return ObjectSchema(name, schemas.resolve(f"objects/{name}.json"))


@cache
def _known_names() -> dict[str, str]:
    """Our names by Intacct's."""
    return {wire.upper(): name for wire, name in _wire_names("xml")}


@cache
def _known_rest_names() -> dict[str, str]:
    """Our names by those of the REST API."""
    return dict(_wire_names("rest"))


def _wire_names(api: str) -> list[tuple[str, str]]:
    """Return what one API calls each object, with our name; of two, the first by name counts."""
    folder = resources.files(schemas).joinpath("objects")
    if not folder.is_dir():
        return []
    names = sorted(each.name[:-5] for each in folder.iterdir() if each.name.endswith(".json"))
    found = [(schemas.load(f"objects/{name}.json").get("x-intacct", {}), name) for name in names]
    # The first by name comes last, since a later entry of a dictionary replaces an earlier one.
    return [(wire[api], name) for wire, name in reversed(found) if wire.get(api)]

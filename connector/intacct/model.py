"""What a company's own objects look like: fields, choices and what it demands, read live.

``lookup`` of the XML API tells it (xml-api 3.1). The model service of the REST API is not asked:
it never says that a field is required (rest-api 3.2), and that is half of what is wanted here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from connector.errors import OutcomeUnknown
from connector.intacct.client import IntacctClient
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.xml_text import element, leaf
from connector.intacct.operation import Result
from connector.intacct.raw_retries import RawRetries

# Fields of user-defined dimensions are named so, and hold a record number (xml-api 4.0).
DIMENSION_PREFIX = "GLDIM"
_LONGEST_SECONDS = 60.0


@dataclass(frozen=True)
class LiveField:
    """One field of an object, as the company describes it.

    Args:
        name: Intacct's name, upper case; dotted where it belongs to another object.
        label: What the company's pages call it.
        description: The company's help for it; empty where it says no more than the label.
        kind: ``TEXT``, ``INTEGER``, ``DATE``, ``BOOLEAN``, ``CURRENCY`` or another of Intacct's.
        is_required: The company demands it.
        is_read_only: Only Intacct itself writes it.
        is_custom: The company added it.
        choices: The only values it takes; empty where any is taken.
    """

    name: str
    label: str = ""
    description: str = ""
    kind: str = "TEXT"
    is_required: bool = False
    is_read_only: bool = False
    is_custom: bool = False
    choices: tuple[str, ...] = ()

    @property
    def is_dimension(self) -> bool:
        """Whether it names a record of a dimension that the company made itself."""
        return self.name.startswith(DIMENSION_PREFIX)

    @property
    def is_own(self) -> bool:
        """Whether the company added it, so that no schema of ours can know it."""
        return (self.is_custom or self.is_dimension) and "." not in self.name


@dataclass(frozen=True)
class LiveObject:
    """An object, as the company describes it.

    Args:
        name: Intacct's name, such as ``ARINVOICE``.
        fields: Its fields by name, in the company's order.
    """

    name: str
    fields: Mapping[str, LiveField]

    @property
    def own_fields(self) -> tuple[LiveField, ...]:
        """The fields that the company added and that can be filled in."""
        return tuple(f for f in self.fields.values() if f.is_own and not f.is_read_only)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON data; ``from_document`` reads it back."""
        fields = [asdict(field) for field in self.fields.values()]
        return {"name": self.name, "fields": fields}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> LiveObject:
        """Return what ``to_document`` wrote."""
        found = [
            LiveField(**{**field, "choices": tuple(field["choices"])})
            for field in document["fields"]
        ]
        return cls(document["name"], {field.name: field for field in found})


class LiveSchemas(Protocol):
    """Where descriptions are kept between readings; bound to one connection."""

    def get(self, name: str, read: Callable[[], LiveObject], *, fresh: bool = False) -> LiveObject:
        """Return the description of an object, reading it where none is kept or it is old.

        Args:
            name: Intacct's name of the object.
            read: Asks the company.
            fresh: Read it even where a kept one is young.
        """


def read_live(client: IntacctClient, object_name: str) -> LiveObject:
    """Ask the company what an object looks like; it costs one call.

    Args:
        client: The connection; it needs access to the XML API.
        object_name: Our name, or Intacct's.

    Raises:
        NotFound: There is no such object in this company.
        InputError: The connection cannot sign in to the XML API.
        OutcomeUnknown: The reply describes nothing.
    """
    name = ObjectSchema.find(object_name).wire
    request = element("lookup", leaf("object", name, "object"))
    result = client.asking_for("xml").raw(
        request, seconds=_LONGEST_SECONDS, retries=RawRetries(count=1, delay_ms=500)
    )
    return LiveObject(name, {field.name: field for field in _fields(result)})


def live_objects(
    client: IntacctClient, kept: LiveSchemas, names: Sequence[str], *, fresh: bool = False
) -> dict[str, LiveObject]:
    """Return the descriptions of several objects by Intacct's names."""

    def reader(name: str) -> Callable[[], LiveObject]:
        return lambda: read_live(client, name)

    return {name: kept.get(name, reader(name), fresh=fresh) for name in names}


def _fields(result: Result) -> list[LiveField]:
    row: Mapping[str, Any] = result.rows[0] if result.rows else {}
    fields = row.get("FIELDS")
    if not isinstance(fields, list) or not fields:
        raise OutcomeUnknown("Intacct's answer describes no field of the object.")
    return [_field(each) for each in fields if isinstance(each, dict) and each.get("ID")]


def _field(row: Mapping[str, Any]) -> LiveField:
    label, description = _text(row, "LABEL"), _text(row, "DESCRIPTION")
    return LiveField(
        name=_text(row, "ID").upper(),
        label=label,
        description="" if description == label else description,
        kind=_text(row, "DATATYPE").upper() or "TEXT",
        is_required=_is_true(row, "REQUIRED"),
        is_read_only=_is_true(row, "READONLY"),
        is_custom=_is_true(row, "ISCUSTOM"),
        choices=_choices(row.get("VALIDVALUES")),
    )


def _choices(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list):
        return ()
    return tuple(dict.fromkeys(each for each in values if isinstance(each, str) and each))


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return value.strip() if isinstance(value, str) else ""


def _is_true(row: Mapping[str, Any], name: str) -> bool:
    return _text(row, name).lower() in {"true", "t"}

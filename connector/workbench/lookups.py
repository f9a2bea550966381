"""What the checks of a rehearsal read from Intacct: each record once, many in one call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.identity import is_same_value
from connector.intacct.model import LiveObject
from connector.intacct.operation import Condition, Identity
from connector.workbench import placeholders
from connector.workbench.named_records import Named
from connector.workbench.reading import Books

_AT_ONCE = 100  # ids in one query; the page that answers holds 2,000
_ACCOUNT = "account"
# A switch of an account -> the line's field, and what people call the dimension. Which of these a
# company's accounts have is asked of the company itself.
_SWITCHES = {
    "REQUIREDEPT": ("departmentId", "department"),
    "REQUIRELOC": ("locationId", "location"),
    "REQUIREPROJECT": ("projectId", "project"),
    "REQUIRECUSTOMER": ("customerId", "customer"),
    "REQUIREVENDOR": ("vendorId", "vendor"),
    "REQUIREEMPLOYEE": ("employeeId", "employee"),
    "REQUIREITEM": ("itemId", "item"),
    "REQUIRECLASS": ("classId", "class"),
    "REQUIRECONTRACT": ("contractId", "contract"),
    "REQUIREWAREHOUSE": ("warehouseId", "warehouse"),
}
_ALWAYS = ("REQUIREDEPT", "REQUIRELOC")  # these have a name in both APIs


@dataclass(frozen=True)
class Found:
    """A record that is there.

    Args:
        is_active: Whether it can be used.
        demands: For an account, the fields a line must fill in, with what people call them.
    """

    is_active: bool
    demands: Mapping[str, str]


@dataclass(frozen=True)
class Same:
    """A record that has a natural key already.

    Args:
        key: Its record number.
        agrees: It says the same as what would be written, as far as that can be compared.
    """

    key: str
    agrees: bool


@dataclass
class Lookups:
    """The looks of one rehearsal over one connection.

    Args:
        books: The connection.
        stand_ins: What stands for values that only a write could tell.
    """

    books: Books
    stand_ins: set[str]
    _records: dict[tuple[str, str], Found | None] = field(default_factory=dict)
    _made: dict[tuple[str, str], str] = field(default_factory=dict)
    _live: dict[str, LiveObject | None] = field(default_factory=dict)

    def note_made(self, object_name: str, record_id: str, step: str) -> None:
        """Keep that a step of this rehearsal would make a record, so that later ones find it."""
        if record_id:
            self._made[object_name, record_id.casefold()] = step

    def made_by(self, reference: Named) -> str:
        """Return the step that would make the record; empty for none."""
        return self._made.get((reference.object_name, reference.id.casefold()), "")

    def is_stand_in(self, text: str) -> bool:
        """Say whether a text stands for something that is not known yet."""
        return text in self.stand_ins

    def has_stand_in(self, value: Any) -> bool:
        """Say whether such a text occurs anywhere in JSON data."""
        return placeholders.holds(value, self.stand_ins)

    def load(self, references: Iterable[Named]) -> None:
        """Read the records that are not known yet, many in one call.

        Raises:
            ConnectorError: Intacct cannot be asked, or the connection may not see them.
        """
        wanted = {
            (each.object_name, each.id)
            for each in references
            if _place(each) not in self._records and not self.made_by(each)
        }
        for object_name, pairs in groupby(sorted(wanted), key=lambda pair: pair[0]):
            ids = [record_id for _, record_id in pairs]
            for begin in range(0, len(ids), _AT_ONCE):
                self._read(object_name, ids[begin : begin + _AT_ONCE])

    def found(self, reference: Named) -> Found | None:
        """Return a record, None where there is none of that id."""
        self.load([reference])
        return self._records.get(_place(reference))

    def _read(self, object_name: str, ids: list[str]) -> None:
        schema = ObjectSchema.find(object_name)
        switches = self._switches() if object_name == _ACCOUNT else {}
        columns = [schema.id, *(["active"] if "active" in schema.fields.by_name else []), *switches]
        rows = self.books.reader.query(
            object_name,
            select=columns,
            where=Condition(schema.id, "in", tuple(ids)),
            limit=len(ids),
        )
        for record_id in ids:
            self._records[object_name, record_id.casefold()] = None
        for row in rows:
            demands = {
                name: title for column, (name, title) in switches.items() if _is_on(row, column)
            }
            is_active = row.get("active") is not False
            place = (object_name, str(row[schema.id]).casefold())
            self._records[place] = Found(is_active, demands)

    def _switches(self) -> dict[str, tuple[str, str]]:
        """Return the account's switches that this company has, by the column that is read."""
        fields = ObjectSchema.find(_ACCOUNT).fields
        live = self.live(ObjectSchema.find(_ACCOUNT).wire)
        names = [n for n in _SWITCHES if n in live.fields] if live else list(_ALWAYS)
        known = {name: fields.find(name) for name in names}
        return {(own.name if own else name): _SWITCHES[name] for name, own in known.items()}

    def live(self, wire_name: str) -> LiveObject | None:
        """Return what the company says an object looks like; None where it cannot be asked."""
        if wire_name not in self._live:
            self._live[wire_name] = self.books.live([wire_name]).get(wire_name)
        return self._live[wire_name]

    def same(self, object_name: str, identities: Sequence[Identity]) -> list[Same | None]:
        """Return for each natural key the record that has it already; many in one call.

        Raises:
            ConnectorError: Intacct cannot be asked, or the connection may not see them.
        """
        by_field: dict[str, list[str]] = {}
        for identity in identities:
            name, value = next(iter(identity.match.items()))
            by_field.setdefault(name, []).append(value)
        rows = [
            row
            for name, values in by_field.items()
            for row in self._having(object_name, name, values, identities)
        ]
        schema = ObjectSchema.find(object_name)
        kept: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            for name in by_field:
                kept.setdefault(f"{name}={row.get(name)}", []).append(row)
        return [_same(schema, identity, kept) for identity in identities]

    def _having(
        self, object_name: str, name: str, values: list[str], identities: Sequence[Identity]
    ) -> Iterator[dict[str, Any]]:
        """Yield the records whose field holds one of the values."""
        schema = ObjectSchema.find(object_name)
        names = dict.fromkeys(n for each in identities for n in (*each.match, *each.agree))
        select = [schema.key, *names, *([schema.id] if schema.id else [])]
        wanted = list(dict.fromkeys(values))
        for begin in range(0, len(wanted), _AT_ONCE):
            part = Condition(name, "in", tuple(wanted[begin : begin + _AT_ONCE]))
            yield from self.books.reader.query(object_name, select=select, where=part)

    def version(self, object_name: str, key: str, known_as: str) -> str | None:
        """Return what tells one state of a record from the next; None where there is no record."""
        schema = ObjectSchema.find(object_name)
        extra = [n for n in ("dateModified", "state") if n in schema.fields.by_name]
        record = self.books.reader.get(
            object_name, key=key, id=known_as, fields=(schema.key, *extra)
        )
        if not record["found"]:
            return None
        return ";".join(str(record.get(name, "")) for name in ("key", *extra))


def _same(
    schema: ObjectSchema, identity: Identity, kept: Mapping[str, list[dict[str, Any]]]
) -> Same | None:
    name, value = next(iter(identity.match.items()))
    for row in kept.get(f"{name}={value}", ()):
        if all(is_same_value(schema, n, row.get(n), v) for n, v in identity.match.items()):
            agrees = all(is_same_value(schema, n, row.get(n), v) for n, v in identity.agree.items())
            return Same(str(row.get(schema.key, "")), agrees=agrees)
    return None


def _place(reference: Named) -> tuple[str, str]:
    return reference.object_name, reference.id.casefold()


def _is_on(row: Mapping[str, Any], column: str) -> bool:
    return str(row.get(column, "")).lower() in {"true", "t"}

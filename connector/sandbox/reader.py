"""Reading a field of a record, along its relations to other records."""

from datetime import UTC, date, datetime

from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.definition import Field, ObjectType
from connector.sandbox.store import Record, Store


def find_field(described: ObjectType, path: str) -> Field | None:
    """Return the field that a name or dotted path leads to, or None when there is none."""
    own = described.fields.get(path)
    if own is not None:
        return own
    first, _, rest = path.partition(".")
    relation = described.relations.get(first)
    return find_field(OBJECTS[relation.object], rest) if relation and rest else None


_OPEN = frozenset({"Posted", "Selected", "Partially Paid"})
_COMPUTED = frozenset({"RECORDNO", "ID", "UPDATEDBY", "DUE_IN_DAYS"})


def is_computed(name: str) -> bool:
    """Return whether a field is worked out when it is read, and kept by no record."""
    return name in _COMPUTED or name.startswith("MEGAENTITY")


class Reader:
    """Reads records of one moment; related records are fetched once."""

    def __init__(self, store: Store, at: datetime | None = None) -> None:
        """Read from this store at a moment, now by default; keep it for one function only."""
        self._store = store
        self._at = at or datetime.now(tz=UTC)
        self._related: dict[tuple[str, str, str], Record | None] = {}

    def value(self, described: ObjectType, record: Record, path: str) -> str:
        """Return the kept value of a field, empty when there is none."""
        if path in record.body:
            return record.body[path]
        special = self._special(record, path)
        if special is not None:
            return special
        own = described.fields.get(path)
        if own is not None and not own.comes_from:
            return ""
        first, _, rest = (own.comes_from if own else path).partition(".")
        relation = described.relations.get(first)
        if relation is None:
            return ""
        link = record.body.get(relation.link)
        if link is None:
            # A link of two steps leads through another record.
            link = self.value(described, record, relation.link) if "." in relation.link else ""
        target = self._fetch(relation.object, link, record.entity, by_number=relation.is_by_number)
        return self.value(OBJECTS[relation.object], target, rest) if target else ""

    def _special(self, record: Record, path: str) -> str | None:
        if path in ("RECORDNO", "ID"):
            return str(record.recordno)
        if path == "UPDATEDBY":
            return record.body.get("MODIFIEDBY", "")
        if path == "DUE_IN_DAYS":
            return self._days_overdue(record)
        if path.startswith("MEGAENTITY"):
            return self._owner(record.entity, path)
        return None

    def _days_overdue(self, record: Record) -> str:
        """Return the days since an open document was due, below zero before that day."""
        due = record.body.get("WHENDUE", "")
        if not due or record.body.get("STATE") not in _OPEN:
            return ""
        return str((self._at.date() - date.fromisoformat(due)).days)

    def _owner(self, entity: str, path: str) -> str:
        if path == "MEGAENTITYID" or not entity:
            return entity
        owner = self._fetch("LOCATIONENTITY", entity, "", by_number=False)
        if owner is None:
            return ""
        return str(owner.recordno) if path == "MEGAENTITYKEY" else owner.body.get("NAME", "")

    def _fetch(self, name: str, link: str, entity: str, *, by_number: bool) -> Record | None:
        if not link:
            return None
        key = (name, link, entity)
        if key not in self._related:
            self._related[key] = (
                self._store.get(name, link)
                if by_number
                else closest(self._store.by_id(name, link), entity)
            )
        return self._related[key]


def closest(records: list[Record], entity: str) -> Record | None:
    """Return the record that an id means at an entity: its own one first, then the shared one."""
    for wanted in (entity, ""):
        for record in records:
            if record.entity == wanted:
                return record
    return records[0] if records and not entity else None


def is_visible(record: Record, entity: str, *, with_private: bool) -> bool:
    """Return whether a listing shows the record: a private one only at its entity."""
    return not record.entity or record.entity == entity or (not entity and with_private)

"""The CRM's objects: read, read many, create, change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from connector.sandbox.hubspot.kinds import (
    ASSOCIATION_TYPES,
    SYSTEM_PROPERTIES,
    Kind,
    find_kind,
    type_name,
)
from connector.sandbox.hubspot.pipelines import DEFAULT_PIPELINE
from connector.sandbox.hubspot.properties import check_names, check_stage, property_texts
from connector.sandbox.hubspot.store import Record, now_text
from connector.sandbox.hubspot.wire import (
    invalid,
    not_found,
    read_list,
    read_names,
    read_object,
    reply,
)

if TYPE_CHECKING:
    from flask import Response

    from connector.sandbox.hubspot.store import Store

MOST_INPUTS = 100


def kind_called(name: str) -> Kind:
    """Return the kind of object an address or a parameter names.

    Raises:
        HubspotError: There is no such kind.
    """
    kind = find_kind(name)
    if kind is None:
        raise invalid(f"Unable to infer object type from: {name}")
    return kind


class Objects:
    """The views of ``/crm/v3/objects``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read_one(self, kind_name: str, object_id: str) -> Response:
        """Reply the object with the properties and associations asked for."""
        kind = kind_called(kind_name)
        ends = [kind_called(name) for name in _asked("associations")]
        record = self.existing(kind, object_id)
        body = self.describe(record, kind, _asked("properties"))
        associations = {
            end.associations_key: {"results": results}
            for end in ends
            if (results := self._association_results(record, end))
        }
        return reply(body | ({"associations": associations} if associations else {}))

    def read_many(self, kind_name: str) -> Response:
        """Reply the objects asked for; 207 with an error that names the missing ids."""
        kind = kind_called(kind_name)
        body = read_object()
        names = read_names(body, "properties")
        inputs = read_list(body, "inputs")
        if len(inputs) > MOST_INPUTS:
            raise invalid(f"The maximum number of inputs is {MOST_INPUTS}, not {len(inputs)}.")
        ids = list(dict.fromkeys(str(entry.get("id", "")) for entry in inputs))
        started = now_text()
        found = {record_id: self._store.find(kind.name, record_id) for record_id in ids}
        missing = [record_id for record_id, record in found.items() if record is None]
        answer: dict[str, Any] = {
            "status": "COMPLETE",
            "results": [self.describe(record, kind, names) for record in found.values() if record],
            "startedAt": started,
            "completedAt": now_text(),
        }
        if missing:
            answer |= {"numErrors": 1, "errors": [_missing(kind, missing)]}
        return reply(answer, 207 if missing else 200)

    def create(self, kind_name: str) -> Response:
        """Create an object, with its associations, and reply it with status 201."""
        kind = kind_called(kind_name)
        body = read_object()
        properties = property_texts(body.get("properties", {}))
        self._check(kind, properties)
        if kind.name == "deals":
            properties = {"pipeline": DEFAULT_PIPELINE, **properties}
            check_stage(properties)
        wanted = self._wanted_associations(kind, read_list(body, "associations"))
        record = self._store.create(kind.name, properties)
        for type_id, end_id in wanted:
            self._store.associate(record.id, type_id, end_id)
        return reply(self.describe(record, kind, [*kind.shown, *properties]), 201)

    def change(self, kind_name: str, object_id: str) -> Response:
        """Change properties of an object and reply it."""
        kind = kind_called(kind_name)
        properties = property_texts(read_object().get("properties", {}))
        record = self.existing(kind, object_id)
        self._check(kind, properties)
        if kind.name == "deals" and not properties.keys().isdisjoint({"pipeline", "dealstage"}):
            check_stage(record.properties | properties)
        changed = self._store.update(kind.name, record.id, properties) or record
        return reply(self.describe(changed, kind, [*kind.shown, *properties]))

    def existing(self, kind: Kind, object_id: str) -> Record:
        """Return the record.

        Raises:
            HubspotError: There is none of that id.
        """
        record = self._store.find(kind.name, object_id)
        if record is None:
            raise not_found()
        return record

    def describe(self, record: Record, kind: Kind, names: list[str]) -> dict[str, Any]:
        """Return the object as HubSpot shows it.

        Properties are texts or null; names HubSpot does not know are left out without a word.
        """
        known = {*self._store.property_names(kind.name), *SYSTEM_PROPERTIES}
        system: dict[str, str | None] = {
            "hs_object_id": record.id,
            "createdate": record.created_at,
            "hs_lastmodifieddate": record.updated_at,
        }
        values = record.properties | system
        asked = names or [*kind.shown, *SYSTEM_PROPERTIES]
        return {
            "id": record.id,
            "properties": {
                name: values.get(name) for name in [*asked, "hs_object_id"] if name in known
            },
            "createdAt": record.created_at,
            "updatedAt": record.updated_at,
            "archived": False,
        }

    def _check(self, kind: Kind, properties: dict[str, str | None]) -> None:
        check_names(properties.keys(), self._store.property_names(kind.name))

    def _association_results(self, record: Record, end: Kind) -> list[dict[str, str]]:
        return [
            {"id": end_id, "type": type_name(ASSOCIATION_TYPES[type_id])}
            for end_id, type_ids in self._store.associations(record.id, end.name).items()
            for type_id in type_ids
        ]

    def _wanted_associations(
        self, kind: Kind, entries: list[dict[str, Any]]
    ) -> list[tuple[int, str]]:
        wanted = []
        for entry in entries:
            end = entry.get("to")
            end_id = str(end.get("id", "")) if isinstance(end, dict) else ""
            for type_id in association_types(kind, read_list(entry, "types")):
                self.existing(kind_called(ASSOCIATION_TYPES[type_id].end), end_id)
                wanted.append((type_id, end_id))
        return wanted


def association_types(
    start: Kind, entries: list[dict[str, Any]], end: Kind | None = None
) -> list[int]:
    """Return the numbers of the association types the entries ask for.

    Raises:
        HubspotError: A number is unknown or joins other kinds of objects.
    """
    numbers = [entry.get("associationTypeId") for entry in entries]
    for number in numbers:
        found = ASSOCIATION_TYPES.get(number) if isinstance(number, int) else None
        if found is None or found.start != start.name or (end and found.end != end.name):
            raise invalid(f"{number} is no association type that starts at {start.name}.")
    return [number for number in numbers if isinstance(number, int)]


def _asked(parameter: str) -> list[str]:
    """Return the names of a parameter that is a comma separated list, a repeated one, or both."""
    names = ",".join(request.args.getlist(parameter)).split(",")
    return [name.strip() for name in names if name.strip()]


def _missing(kind: Kind, ids: list[str]) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": f"Some {kind.singular.upper()} objects were not found; check their ids.",
        "context": {"ids": ids},
    }

"""The CRM's associations: what belongs to a record, page by page, and new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import request

from connector.sandbox.hubspot.kinds import ASSOCIATION_TYPES, plain_type
from connector.sandbox.hubspot.objects import association_types, kind_called
from connector.sandbox.hubspot.wire import invalid, read_json, reply

if TYPE_CHECKING:
    from flask import Response

    from connector.sandbox.hubspot.objects import Objects
    from connector.sandbox.hubspot.store import Store

MOST_PER_PAGE = 500


class Associations:
    """The views of ``/crm/v4/objects/.../associations``."""

    def __init__(self, store: Store, objects: Objects) -> None:
        self._store = store
        self._objects = objects

    def read_page(self, kind_name: str, object_id: str, end_name: str) -> Response:
        """Reply what the record leads to, by id; ids are numbers here, unlike in v3."""
        record = self._objects.existing(kind_called(kind_name), object_id)
        found = self._store.associations(record.id, kind_called(end_name).name)
        limit, after = _number("limit", MOST_PER_PAGE), _number("after", 0)
        if not 1 <= limit <= MOST_PER_PAGE:
            raise invalid(f"limit is between 1 and {MOST_PER_PAGE}.")
        rest = [end_id for end_id in found if int(end_id) > after]
        page = rest[:limit]
        body: dict[str, Any] = {
            "results": [
                {
                    "toObjectId": int(end_id),
                    "associationTypes": [_describe_type(type_id) for type_id in found[end_id]],
                }
                for end_id in page
            ]
        }
        if len(rest) > len(page):
            query = urlencode({"limit": limit, "after": page[-1]})
            link = f"{request.base_url}?{query}"
            body["paging"] = {"next": {"after": page[-1], "link": link}}
        return reply(body)

    def join_plainly(self, kind_name: str, object_id: str, end_name: str, end_id: str) -> Response:
        """Associate two records without a label."""
        start, end = kind_called(kind_name), kind_called(end_name)
        entry = plain_type(start, end)
        if entry is None:
            raise invalid(f"{start.name} and {end.name} have no default association.")
        self._objects.existing(start, object_id)
        self._objects.existing(end, end_id)
        self._store.associate(object_id, entry.type_id, end_id)
        made = [(object_id, end_id, entry.type_id)]
        if entry.inverse:
            made.append((end_id, object_id, entry.inverse))
        return reply({"status": "COMPLETE", "results": [_describe_join(*join) for join in made]})

    def join_labelled(self, kind_name: str, object_id: str, end_name: str, end_id: str) -> Response:
        """Associate two records under the types in the body, such as 5, the primary company."""
        start, end = kind_called(kind_name), kind_called(end_name)
        entries = read_json()
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise invalid("Invalid input JSON: a list of association types is expected.")
        type_ids = association_types(start, entries, end)
        self._objects.existing(start, object_id)
        self._objects.existing(end, end_id)
        for type_id in type_ids:
            self._store.associate(object_id, type_id, end_id)
        labels = [ASSOCIATION_TYPES[type_id].label for type_id in type_ids]
        body = {
            "fromObjectTypeId": start.type_id,
            "fromObjectId": int(object_id),
            "toObjectTypeId": end.type_id,
            "toObjectId": int(end_id),
            "labels": [label for label in labels if label],
        }
        return reply(body, 201)


def _number(parameter: str, default: int) -> int:
    text = request.args.get(parameter, str(default))
    if not (text.isascii() and text.isdigit()):
        raise invalid(f"{parameter} is a whole number.")
    return int(text)


def _describe_type(type_id: int) -> dict[str, Any]:
    return {
        "category": "HUBSPOT_DEFINED",
        "typeId": type_id,
        "label": ASSOCIATION_TYPES[type_id].label,
    }


def _describe_join(start_id: str, end_id: str, type_id: int) -> dict[str, Any]:
    return {
        "from": {"id": start_id},
        "to": {"id": end_id},
        "associationSpec": {
            "associationCategory": "HUBSPOT_DEFINED",
            "associationTypeId": type_id,
        },
    }

"""Turns what HubSpot's CRM answers into records, exactly as far as triggers need them.

Shapes are those of the CRM API's pages for objects, associations and pipelines. Whatever does not
have them raises one of Python's own errors, which the client words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

PRIMARY_COMPANY = 5  # HubSpot's own association type from a deal to its primary company


@dataclass(frozen=True)
class Record:
    """A record of the CRM; blank and missing properties are empty text.

    Args:
        id: The record's id, digits.
        properties: Those that were asked for and that the portal knows.
        is_archived: Whether it lies in the recycle bin.
        associated: Ids by the other side's kind (``companies``, ``contacts``, ``line items``),
            where they were asked for.
    """

    id: str
    properties: Mapping[str, str]
    is_archived: bool
    associated: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Batch:
    """Records in the order they were asked for, and the ids HubSpot did not have."""

    records: Sequence[Record]
    missing: Sequence[str]


@dataclass(frozen=True)
class Stage:
    """A stage of a pipeline; won means closed with a probability of one, whatever its name."""

    id: str
    label: str
    pipeline_id: str
    pipeline_label: str
    is_won: bool


@dataclass(frozen=True)
class End:
    """The other end of an association, with what the portal calls the connection."""

    id: str
    is_primary_company: bool
    is_unlabelled: bool


def read_record(body: Any) -> Record:
    """Return one record."""
    properties = {name: _text(value) for name, value in body["properties"].items()}
    return Record(_text(body["id"]), properties, body.get("archived") is True, associated={})


def read_records(body: Any) -> list[Record]:
    """Return the records of a batch."""
    return [read_record(one) for one in body["results"]]


def read_associated(body: Any) -> tuple[Record, list[str]]:
    """Return a record with what belongs to it, and the kinds of which HubSpot has sent a part."""
    groups = body.get("associations") or {}
    # The same record stands there once for each label.
    associated = {
        name: list(dict.fromkeys(_text(end["id"]) for end in group["results"]))
        for name, group in groups.items()
    }
    unfinished = [name for name, group in groups.items() if _next_page(group)]
    return replace(read_record(body), associated=associated), unfinished


def read_ends(body: Any) -> tuple[list[End], str]:
    """Return one page of associations, and what to ask the next page by, or empty text."""
    ends = [
        End(
            id=_text(end["toObjectId"]),
            is_primary_company=any(map(_is_primary, end["associationTypes"])),
            is_unlabelled=any(not kind.get("label") for kind in end["associationTypes"]),
        )
        for end in body["results"]
    ]
    return ends, _next_page(body)


def read_stages(body: Any) -> list[Stage]:
    """Return the stages of all pipelines."""
    return [
        Stage(
            id=_text(stage["id"]),
            label=_text(stage.get("label")),
            pipeline_id=_text(pipeline["id"]),
            pipeline_label=_text(pipeline.get("label")),
            is_won=_is_won(stage.get("metadata") or {}),
        )
        for pipeline in body["results"]
        for stage in pipeline["stages"]
    ]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return format(value, "f")
    return "" if value is None else str(value)


def _next_page(body: Any) -> str:
    return _text(((body.get("paging") or {}).get("next") or {}).get("after"))


def _is_primary(kind: Mapping[str, Any]) -> bool:
    return kind.get("category") == "HUBSPOT_DEFINED" and kind.get("typeId") == PRIMARY_COMPANY


def _is_won(metadata: Mapping[str, Any]) -> bool:
    try:
        is_certain = Decimal(_text(metadata.get("probability"))) == 1
    except InvalidOperation:
        return False
    return is_certain and _text(metadata.get("isClosed")) == "true"

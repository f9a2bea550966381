"""What all lists share: filters, fields, pages and the form of the result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actions import outputs, rules
from actions.query.filter_grammar import parse
from actions.query.vocabularies import in_words, may_hold_codes
from connector.component import Context, Inputs, Output
from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import AllOf, Condition, Filter

PAGE_SIZE = 100  # what users expect of a page (acceptance A45, B9); the wire could carry more
_OF_THE_LIST = {"filter", "fields", "pageSize", "next", "allPages"}


def read(ctx: Context, object_name: str, inputs: Inputs, columns: Sequence[str]) -> Output:
    """Return one page of records, or all of them where ``allPages`` is wanted.

    Inputs that are not about the list itself are fields a record has to equal.
    """
    schema = ObjectSchema.find(object_name)
    names = rules.field_names(inputs.get("fields", "*"))
    select = list(columns) if names == ("*",) else list(names)
    where = _where(inputs, schema)
    if inputs.get("allPages"):
        return _all_pages(ctx, object_name, select, where)
    page = ctx.intacct.list_page(
        object_name,
        select=select,
        where=where,
        size=inputs.get("pageSize", PAGE_SIZE),
        after=inputs.get("next", ""),
    )
    return _result(schema.plural, page.records, page.total, page.next)


def _all_pages(
    ctx: Context, object_name: str, select: Sequence[str], where: Filter | None
) -> Output:
    records: list[dict[str, Any]] = []
    place = ""
    while True:
        page = ctx.intacct.list_page(
            object_name, select=select, where=where, size=2000, after=place
        )
        records += page.records
        place = page.next
        if not place:
            return _result(ObjectSchema.find(object_name).plural, records, len(records), "")


def _result(plural: str, records: list[dict[str, Any]], total: int, place: str) -> Output:
    return {plural: records, "count": len(records), "totalCount": total, "next": place}


def _where(inputs: Inputs, schema: ObjectSchema) -> Filter | None:
    """Return what every record has to be: as the fields say, and as the filter says.

    Raises:
        InputError: The filter cannot be read, or compares with what only the database holds.
    """
    parts: list[Filter] = [
        Condition(name, "equalTo", (_text(value),))
        for name, value in inputs.items()
        if name not in _OF_THE_LIST
    ]
    if "filter" in inputs:
        written = parse(inputs["filter"], prefix=schema.wire)
        if may_hold_codes(written, schema):
            raise InputError(
                "filter compares a field with what looks like a code of Intacct's database.",
                advice="Write the value as it stands on the screen, such as Posted, or use the "
                "action Query, which understands both.",
                field="filter",
            )
        try:
            parts.append(in_words(written, schema))
        except InputError as error:
            raise InputError(error.title, advice=error.advice, field="filter") from None
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def output(object_name: str, columns: Sequence[str]) -> dict[str, Any]:
    """Return the schema of a list of these records, which show these fields."""
    text = {"type": "string"}
    plural = ObjectSchema.find(object_name).plural
    return {
        "type": "object",
        "required": [plural, "count", "totalCount", "next"],
        "properties": {
            plural: {
                "type": "array",
                "title": plural.capitalize(),
                "description": "The records, each with its key, id and address.",
                "items": outputs.listed(object_name, columns),
            },
            "count": {
                "type": "integer",
                "title": "Count",
                "description": "How many records are in this result.",
            },
            "totalCount": {
                "type": "integer",
                "title": "Total Count",
                "description": "How many records match in all.",
            },
            "next": {
                **text,
                "title": "Next",
                "description": "Where the next page starts; empty when this is the last.",
            },
        },
    }

"""Query: one page of any object's records, by a filter in the words people see."""

from __future__ import annotations

from actions.listing import PAGE_SIZE
from actions.query import asking, vocabularies
from connector.component import Action, Context, Effect, Envelope, Inputs, Output, ResultForm
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Filter
from connector.intacct.paging import Listing

_OF_THE_DATABASE = "db:"  # a place that Intacct itself keeps, not a record number


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Return a page of records, or all of them, under Intacct's own field names."""
    schema = asking.object_asked(inputs)
    where = asking.filter_asked(inputs, schema)
    fields = asking.fields_asked(inputs, schema)
    if _needs_codes(inputs, fields, where, schema):
        page = _by_codes(ctx, inputs, schema, fields, where)
    else:
        page = _by_words(ctx, inputs, schema, fields, where)
    return {
        "records": page.rows,
        "count": len(page.rows),
        "totalCount": page.total,
        "next": page.next,
    }


def _needs_codes(
    inputs: Inputs, fields: tuple[str, ...], where: Filter | None, schema: ObjectSchema
) -> bool:
    """Say whether only the function that speaks codes can answer: it alone knows ``*``."""
    if inputs.get("next"):
        return bool(inputs["next"].startswith(_OF_THE_DATABASE))
    return fields == ("*",) or (where is not None and vocabularies.may_hold_codes(where, schema))


def _by_words(
    ctx: Context,
    inputs: Inputs,
    schema: ObjectSchema,
    fields: tuple[str, ...],
    where: Filter | None,
) -> Listing:
    words = vocabularies.in_words(where, schema) if where else None
    rows, place = [], inputs.get("next", "")
    while True:
        page = ctx.intacct.list_page(
            schema.wire, select=fields, where=words, size=_size(inputs), after=place
        )
        rows += page.rows
        place = page.next
        if not (place and inputs.get("allPages")):
            return Listing([], rows, page.total, place)


def _by_codes(
    ctx: Context,
    inputs: Inputs,
    schema: ObjectSchema,
    fields: tuple[str, ...],
    where: Filter | None,
) -> Listing:
    codes = vocabularies.in_codes(where, schema) if where else None
    rows, place = [], inputs.get("next", "").removeprefix(_OF_THE_DATABASE)
    while True:
        page = ctx.intacct.read_by_query_page(
            schema.wire,
            expression=vocabularies.as_expression(codes, schema) if codes else "",
            fields=fields,
            size=min(_size(inputs), 1000),
            after=place,
        )
        rows += page.rows
        place = page.next
        if not (place and inputs.get("allPages")):
            return Listing([], rows, page.total, place and f"{_OF_THE_DATABASE}{place}")


def _size(inputs: Inputs) -> int:
    largest = 2000
    return largest if inputs.get("allPages") else int(inputs.get("pageSize", PAGE_SIZE))


ACTION = Action(
    key="query",
    label="Query",
    description="Finds records of any object, standard or custom, page by page.",
    object_name="",
    inputs="actions/query.json",
    effect=Effect.READ,
    perform=perform,
    example={
        "records": [{"RECORDNO": "12", "VENDORID": "V-100", "NAME": "Acme Supplies Inc."}],
        "count": 1,
        "totalCount": 1,
        "next": "",
    },
    output=asking.OUTPUT,
    forms=(ResultForm.NORMAL, ResultForm.ENVELOPE),
    envelope=Envelope.LIST,
)

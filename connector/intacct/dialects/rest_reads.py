"""Reads and deletions: by key through an address, everything else through the query service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connector.errors import InputError
from connector.intacct.dialects import rest_names
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.rest_filters import filters_of
from connector.intacct.dialects.rest_message import (
    ATOMIC,
    QUERY_PATH,
    Message,
    object_address,
    written,
)
from connector.intacct.operation import Condition, Filter, Operation, Page

MAX_QUERY_PAGE = 4000  # rest-api 3.1
MAX_KEYS = 100  # as many as over XML; no document states a limit for addresses


def read(operation: Operation, schema: ObjectSchema) -> Message:
    """Return a read by key: the whole record, or a query where fields without lines are named."""
    keys = checked_keys(operation.keys, "key")
    if wants_whole(operation.fields, schema):
        return Message("GET", object_address(schema.rest, keys))
    names = [rest_names.KEY, *([schema.id] if schema.id else []), *operation.fields]
    return _query(schema, names, Condition(rest_names.KEY, "in", keys), Page(size=len(keys)))


def find_by_id(operation: Operation, schema: ObjectSchema) -> Message:
    """Return a look-up by business id; where the whole record is wanted, its key alone is asked.

    Addresses take keys only (rest-api 2.2).
    """
    ids = checked_keys(operation.keys, "id")
    own = schema.id or "id"
    names = [rest_names.KEY, own]
    if not wants_whole(operation.fields, schema):
        names += operation.fields
    return _query(schema, names, Condition(own, "in", ids), Page(size=MAX_KEYS))


def wants_whole(fields: Sequence[str], schema: ObjectSchema) -> bool:
    """Say whether only the record's own address gives these fields: all of them, or its lines."""
    names = [name.strip() for name in fields]
    found = [rest_names.known(schema.fields, name) for name in names]
    return "*" in names or any(field is not None and field.items for field in found)


def query(operation: Operation, schema: ObjectSchema) -> Message:
    """Return a query; rows come in the order asked for, then by key, since pages shift without.

    Raises:
        InputError: ``*`` or lines among the fields, since queries return named columns only.
    """
    if wants_whole(operation.fields, schema):
        raise InputError(
            "A query returns only the fields it names, and no lines.",
            advice="List the fields you need; read a record by its number to get its lines.",
            field="fields",
        )
    page = operation.page
    if not 1 <= page.size <= MAX_QUERY_PAGE:
        raise InputError(
            f"The page size must be between 1 and {MAX_QUERY_PAGE}, not {page.size}.",
            field="pageSize",
        )
    if page.offset < 0:
        raise InputError("The offset must be 0 or more.", field="offset")
    return _query(schema, operation.fields, operation.where, page, operation.order_by)


def _query(
    schema: ObjectSchema,
    names: Sequence[str],
    where: Filter | None,
    page: Page,
    order_by: Sequence[str] = (),
) -> Message:
    if not names:
        raise InputError("No field is named that should be returned.", field="fields")
    columns = [rest_names.column(schema, name.strip(), "fields") for name in names]
    document: dict[str, Any] = {"object": schema.rest, "fields": list(dict.fromkeys(columns))}
    if where is not None:
        filters = filters_of(where, schema)
        document["filters"] = filters.conditions
        document["filterExpression"] = filters.expression
        if filters.ignores_case:
            document["filterParameters"] = {"caseSensitiveComparison": False}
    document["orderBy"] = _order(schema, order_by)
    document |= {"start": page.offset + 1, "size": page.size}
    return written("POST", QUERY_PATH, document)


def _order(schema: ObjectSchema, names: Sequence[str]) -> list[dict[str, str]]:
    turned = {
        rest_names.column(schema, name.removeprefix("-"), "orderBy"): name.startswith("-")
        for name in names
    }
    turned.setdefault(rest_names.KEY, False)
    return [{name: "desc" if is_down else "asc"} for name, is_down in turned.items()]


def delete(operation: Operation, schema: ObjectSchema) -> Message:
    """Return a deletion; of several records all go or none, as over XML."""
    keys = checked_keys(operation.keys, "keys")
    return Message(
        "DELETE", object_address(schema.rest, keys), headers=ATOMIC if len(keys) > 1 else {}
    )


def checked_keys(keys: Sequence[str], word: str) -> tuple[str, ...]:
    """Return record numbers, or ids, that may stand in an address or a query.

    Raises:
        InputError: One is missing or could not be told from something else; ``word`` is its input.
    """
    tidy = tuple(key.strip() for key in keys)
    if not tidy or not all(tidy):
        raise InputError("The record number or id is missing.", field=word)
    # Dots alone would name another address.
    if word != "id" and any("," in key or not key.strip(".") for key in tidy):
        raise InputError("A record number holds no comma and is more than dots.", field=word)
    if len(tidy) > MAX_KEYS:
        raise InputError(f"At most {MAX_KEYS} records can be named in one call.", field=word)
    return tidy

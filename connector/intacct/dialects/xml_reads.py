"""Functions that read or delete: each is one element made from an operation."""

from __future__ import annotations

from collections.abc import Sequence

from connector.errors import InputError
from connector.intacct.dialects.object_schema import RECORD_NUMBER, ObjectSchema
from connector.intacct.dialects.xml_filters import filter_markup, tidy_expression
from connector.intacct.dialects.xml_text import element, leaf
from connector.intacct.operation import AllOf, Condition, Filter, Operation, Verb

# Limits: xml-api 6 (schema for `query`, documents for `readByQuery`, official clients for keys).
MAX_QUERY_PAGE = 2000
MAX_READ_PAGE = 1000
MAX_KEYS = 100
LEGACY_GET = "get"
_ANY_CASE = element("options", leaf("caseinsensitive", "true"))


def read(operation: Operation, schema: ObjectSchema) -> str:
    """Return ``<read>``: records by record number."""
    return element("read", _by_keys(operation, schema, "key"))


def read_by_name(operation: Operation, schema: ObjectSchema) -> str:
    """Return ``<readByName>``: records by business id."""
    return element("readByName", _by_keys(operation, schema, "id"))


def legacy_get(operation: Operation, schema: ObjectSchema) -> str:
    """Return ``<get>``: one record by business id, with all its fields (xml-api 3.4).

    A query can be answered this way when all it asks for is the record of one id.

    Raises:
        InputError: More than one record is asked for, or records by anything but their id.
    """
    keys = operation.keys
    if operation.verb is Verb.QUERY:
        keys = _ids_asked_for(operation.where, schema)
    if len(keys) != 1 or not keys[0].strip():
        raise InputError(
            f"Over the XML API, Intacct gives {schema.plural} one at a time, by {schema.id}.",
            advice=f"Give one {schema.id}.",
            field=schema.id,
        )
    return element(LEGACY_GET, "", [("object", schema.legacy_get), ("key", keys[0].strip())])


def _ids_asked_for(where: Filter | None, schema: ObjectSchema) -> tuple[str, ...]:
    parts = where.parts if isinstance(where, AllOf) else (where,)
    ids = [
        part.values
        for part in parts
        if isinstance(part, Condition) and (part.field, part.operator) == (schema.id, "equalTo")
    ]
    return ids[0] if len(ids) == len(parts) == 1 else ()


def _by_keys(operation: Operation, schema: ObjectSchema, word: str) -> str:
    keys = _keys(operation.keys, word, MAX_KEYS)
    return (
        leaf("object", schema.wire)
        + leaf("keys", keys, word)
        + leaf("fields", ",".join(_read_fields(operation.fields, schema)))
    )


def _read_fields(names: Sequence[str], schema: ObjectSchema) -> list[str]:
    """Return the columns wanted; number and id of a known object always come along."""
    columns = _columns(names, schema)
    if "*" in columns:
        return ["*"]
    own = [RECORD_NUMBER, schema.fields.column(schema.id, "fields")] if schema.id else []
    return list(dict.fromkeys([*own, *columns]))


def _columns(names: Sequence[str], schema: ObjectSchema) -> list[str]:
    if not names:
        raise InputError("No field is named that should be returned.", field="fields")
    return [
        "*" if name.strip() == "*" else schema.fields.column(name.strip(), "fields")
        for name in names
    ]


def read_by_query(operation: Operation, schema: ObjectSchema) -> str:
    """Return ``<readByQuery>``: records by a text filter over database values."""
    columns = _columns(operation.fields, schema)
    return element(
        "readByQuery",
        leaf("object", schema.wire)
        + leaf("fields", "*" if "*" in columns else ",".join(columns))
        + leaf("query", tidy_expression(operation.expression, schema), "query")
        + leaf("pagesize", _page_size(operation.page.size, MAX_READ_PAGE)),
    )


def read_more(operation: Operation, _schema: ObjectSchema) -> str:
    """Return ``<readMore>``: the next page of a list, by the cursor of the last one."""
    if not operation.page.cursor:
        raise InputError("There is no next page: the list has come to its end.", field="next")
    return element("readMore", leaf("resultId", operation.page.cursor, "next"))


def query(operation: Operation, schema: ObjectSchema) -> str:
    """Return ``<query>``: display values by a structured filter, in a stable order.

    Raises:
        InputError: ``*`` as a field, since this function returns named fields only.
    """
    columns = _columns(operation.fields, schema)
    if "*" in columns:
        raise InputError(
            "A query returns only the fields it names.",
            advice="List the fields you need, such as RECORDNO and NAME, instead of *.",
            field="fields",
        )
    if operation.page.offset < 0:
        raise InputError("The offset must be 0 or more.", field="offset")
    where = element("filter", filter_markup(operation.where, schema)) if operation.where else ""
    return element(
        "query",
        leaf("object", schema.wire)
        + element("select", "".join(leaf("field", name) for name in dict.fromkeys(columns)))
        + where
        + element("orderby", _order(operation.order_by, schema))
        + (_ANY_CASE if _looks_for_text(operation.where) else "")
        + leaf("pagesize", _page_size(operation.page.size, MAX_QUERY_PAGE))
        + leaf("offset", str(operation.page.offset)),
    )


def _looks_for_text(where: Filter | None) -> bool:
    """Say whether a piece of text is looked for: over REST its case does not count either."""
    if isinstance(where, Condition):
        return where.operator.lower() in {"like", "notlike"}
    return where is not None and any(_looks_for_text(part) for part in where.parts)


def _order(names: Sequence[str], schema: ObjectSchema) -> str:
    """Return the order; the record number comes last, since pages without one may shift."""
    turned = {
        schema.fields.column(name.removeprefix("-"), "orderBy"): name.startswith("-")
        for name in names
    }
    turned.setdefault(RECORD_NUMBER, False)
    return "".join(
        element("order", leaf("field", name) + leaf("descending" if is_down else "ascending", ""))
        for name, is_down in turned.items()
    )


def delete(operation: Operation, schema: ObjectSchema) -> str:
    """Return ``<delete>``: records by record number."""
    keys = _keys(operation.keys, "keys", MAX_KEYS)
    return element("delete", leaf("object", schema.wire) + leaf("keys", keys, "keys"))


def _keys(keys: Sequence[str], word: str, most: int) -> str:
    """Return keys as the comma list that Intacct takes."""
    tidy = [key.strip() for key in keys]
    if not tidy or not all(tidy):
        raise InputError("The record number or id is missing.", field=word)
    if any("," in key for key in tidy):
        raise InputError(
            "An id with a comma cannot be asked for: Intacct takes it for two.", field=word
        )
    if len(tidy) > most:
        raise InputError(f"At most {most} records can be named in one call.", field=word)
    return ",".join(tidy)


def _page_size(size: int, most: int) -> str:
    if not 1 <= size <= most:
        raise InputError(
            f"The page size must be between 1 and {most}, not {size}.", field="pageSize"
        )
    return str(size)

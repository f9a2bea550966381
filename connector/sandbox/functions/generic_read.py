"""read, readByName, readByQuery and readMore."""

import hashlib
from datetime import timedelta

from connector.sandbox.company import Call, Cursor
from connector.sandbox.functions import formats
from connector.sandbox.functions.answer import Answer, Function, object_type
from connector.sandbox.functions.searching import FAILED, Search, find, of_type
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.reader import closest, is_visible
from connector.sandbox.refusal import NOT_OFFERED, Fault, Refusal
from connector.sandbox.rendering import (
    UnknownFields,
    add_nested_rows,
    columns,
    flat_rows,
    flat_values,
)
from connector.sandbox.sql_text import BadQuery, parse
from connector.sandbox.store import Record
from connector.sandbox.wire.tree import Element, element, text_of

DEFAULT_PAGE = 100
LARGEST_PAGE = 1000


def read(call: Call, request: Element) -> Answer:
    """Read records by number; one that does not exist is left out, which is no failure."""
    name = text_of(request, "object")
    described = object_type(name, "WS")
    found = [call.store.get(described.name, key) for key in _keys(request)]
    return _nested(call, request, name, [record for record in found if record])


def read_by_name(call: Call, request: Element) -> Answer:
    """Read records by business id."""
    name = text_of(request, "object")
    described = object_type(name, "WS")
    found = [
        closest(call.store.by_id(described.name, key), call.scope.entity) for key in _keys(request)
    ]
    return _nested(call, request, name, [record for record in found if record])


def _keys(request: Element) -> list[str]:
    return [key.strip() for key in text_of(request, "keys").split(",") if key.strip()]


def _nested(call: Call, request: Element, name: str, found: list[Record]) -> Answer:
    described = object_type(name, "WS")
    kind = text_of(request, "docparid") if "DOCPARID" in described.fields else ""
    seen = [
        record
        for record in found
        if is_visible(record, call.scope.entity, with_private=True)
        and kind in ("", record.body.get("DOCPARID"))
    ]
    form = formats.asked(text_of(request, "returnFormat"), "WS")
    if form != "xml":
        return _bare(call, described, text_of(request, "fields", "*"), seen, form)
    data = element("data", listtype=name, count=str(len(seen)))
    try:
        add_nested_rows(call, data, described, name, seen, text_of(request, "fields", "*"))
    except UnknownFields as unknown:
        raise Refusal(Fault(f"Invalid fields list {unknown}", "")) from None
    return Answer(data)


def _bare(
    call: Call, described: ObjectType, fields: str, records: list[Record], form: str
) -> Answer:
    """Return records in JSON or CSV; as in every flat answer, lines are left out."""
    try:
        chosen = columns(described, fields, with_lines=False)
    except UnknownFields as unknown:
        raise Refusal(Fault(f"Invalid fields list {unknown}", "")) from None
    rows = flat_values(call, described, records, chosen)
    return Answer(bare=formats.bare(form, [column.name for column in chosen], rows))


def read_by_query(call: Call, request: Element) -> Answer:
    """Find records by a filter in SQL style and return the first page."""
    described = object_type(text_of(request, "object"), FAILED)
    try:
        condition = parse(text_of(request, "query"), described.name)
    except BadQuery as bad:
        raise Refusal(Fault(FAILED, str(bad), "Correct the query.")) from None
    cursor = Cursor(
        session=_owner(call),
        object_name=described.name,
        fields=text_of(request, "fields", "*"),
        page_size=_page_size(request),
        numbers=find(
            call,
            described,
            Search(of_type(described, condition, text_of(request, "docparid")), by_code=True),
        ),
        used_at=call.at,
    )
    form = formats.asked(text_of(request, "returnFormat"), FAILED)
    if form != "xml":
        # No result id travels without an envelope, so this page is all there is.
        records = call.store.some(described.name, cursor.numbers[: cursor.page_size])
        return _bare(call, described, cursor.fields, records, form)
    return _page(call, cursor, "")


def read_more(call: Call, request: Element) -> Answer:
    """Return the next page of a result set, by its id or as the last one of an object."""
    if request.find("view") is not None or request.find("reportId") is not None:
        raise Refusal(Fault(NOT_OFFERED, "This sandbox has no views and no reports."))
    result_id = text_of(request, "resultId")
    if not result_id and (name := text_of(request, "object").upper()):
        mine = [key for key, c in list(call.company.cursors.items()) if _is_last(call, c, name)]
        result_id = mine[-1] if mine else ""
    cursor = call.company.cursors.get(result_id)
    if cursor is None or not _may_read_on(call, cursor):
        raise Refusal(Fault(FAILED, "The result set does not exist or has expired."))
    cursor.used_at = call.at
    return _page(call, cursor, result_id)


def _is_last(call: Call, cursor: Cursor, name: str) -> bool:
    return cursor.object_name == name and cursor.session == _owner(call)


def _may_read_on(call: Call, cursor: Cursor) -> bool:
    policies = call.company.policies
    minutes = int(policies["result_expiry_minutes"])
    is_over = bool(minutes) and call.at - cursor.used_at > timedelta(minutes=minutes)
    return not is_over and (
        policies["read_more_from"] == "company" or cursor.session == _owner(call)
    )


def _owner(call: Call) -> str:
    """Return who may go on with a result set: the session, or the user who signs in each time."""
    return call.scope.session or f"{call.scope.user}@{call.scope.entity}"


def _page(call: Call, cursor: Cursor, result_id: str) -> Answer:
    described = object_type(cursor.object_name, FAILED)
    try:
        chosen = columns(described, cursor.fields, with_lines=False)
    except UnknownFields as unknown:
        raise Refusal(Fault(FAILED, f"Invalid fields list {unknown}")) from None
    page = cursor.numbers[cursor.position : cursor.position + cursor.page_size]
    cursor.position += len(page)
    remaining = len(cursor.numbers) - cursor.position
    if remaining and not result_id:
        result_id = _new_id(call)
        call.company.keep_cursor(result_id, cursor)
    records = call.store.some(described.name, page)
    data = element(
        "data",
        listtype=described.name.lower(),
        count=str(len(records)),
        totalcount=str(len(cursor.numbers)),
        numremaining=str(remaining),
        resultId=result_id,
    )
    values = flat_values(call, described, records, chosen)
    names = [column.name for column in chosen]
    return Answer(data, rows=flat_rows(described.name.lower(), names, values))


def _new_id(call: Call) -> str:
    number = call.store.next_number("resultId", 7765623332)
    return f"{number}{hashlib.sha256(str(number).encode()).hexdigest()[:22]}5"


def _page_size(request: Element) -> int:
    text = text_of(request, "pagesize")
    if not text:
        return DEFAULT_PAGE
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST_PAGE:
        text = f"The page size {text} is not a number from 1 to {LARGEST_PAGE}."
        raise Refusal(Fault(FAILED, text))
    return int(text)


FUNCTIONS: dict[str, Function] = {
    "read": read,
    "readByName": read_by_name,
    "readByQuery": read_by_query,
    "readMore": read_more,
}

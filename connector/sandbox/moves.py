"""Records that somebody else inserts or deletes while a client reads page after page."""

from connector.sandbox import ledger
from connector.sandbox.company import Company
from connector.sandbox.ledger import Cause
from connector.sandbox.objects import OBJECTS
from connector.sandbox.store import Record
from connector.sandbox.wire.document import Document
from connector.sandbox.wire.tree import Element, text_of

_LISTS = ("query", "readByQuery", "readMore")


def insert_in_front(company: Company, names: list[str]) -> None:
    """Copy the first record of each listed object to the number before it.

    A listing by offset then shows the last row of the page before again. Nothing happens where no
    number is left.
    """
    for name in names:
        first = _first(company, name)
        if first is None or first.recordno <= 1:
            continue
        number = first.recordno - 1
        id_field = OBJECTS[name].id_field
        identifier = str(number) if id_field == "RECORDNO" else f"{first.id}-{number}"
        body = {**first.body} if id_field == "RECORDNO" else {**first.body, id_field: identifier}
        copied = Record(name, number, identifier, first.entity, first.parent, body)
        with company.store.transaction():
            company.store.put(copied)
            ledger.note(company.store, _cause(company, "duplicate_rows"), "create", copied)


def delete_first(company: Company, names: list[str]) -> None:
    """Delete the first record of each listed object, so that a listing by offset skips one."""
    for name in names:
        first = _first(company, name)
        if first is not None:
            with company.store.transaction():
                company.store.remove(first)
                ledger.note(company.store, _cause(company, "moving_rows"), "delete", first)


def _cause(company: Company, fault: str) -> Cause:
    return Cause(fault, "", company.now())


def _first(company: Company, name: str) -> Record | None:
    numbers = company.store.numbers(name)
    return company.store.get(name, numbers[0]) if numbers else None


def listed(company: Company, document: Document) -> list[str]:
    """Return the objects that the functions of a request list, each once."""
    if document.top is None:
        return []
    calls = document.top.iterfind("operation/content/function/*")
    names = [_object(company, call) for call in calls if call.tag in _LISTS]
    return [name for name in dict.fromkeys(names) if name in OBJECTS]


def _object(company: Company, call: Element) -> str:
    cursor = company.cursors.get(text_of(call, "resultId"))
    return cursor.object_name if cursor else text_of(call, "object").upper()

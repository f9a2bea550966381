"""Finding the records that a filter lets through."""

from connector.sandbox.company import Call
from connector.sandbox.filters import Filter, Matcher, certain_equals, fields_of
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.reader import find_field, is_visible
from connector.sandbox.refusal import Fault, Refusal
from connector.sandbox.store import Record
from connector.sandbox.values import operand

FAILED = "Query Failed"


def find(
    call: Call,
    described: ObjectType,
    condition: Filter | None,
    *,
    by_code: bool,
    ignores_case: bool = False,
    with_private: bool = False,
) -> list[Record]:
    """Return what the caller's entity shows and the filter lets through, by record number.

    Raises Refusal when the filter names a field that does not exist.
    """
    for name in fields_of(condition):
        if find_field(described, name) is None:
            raise Refusal(Fault(FAILED, f"There is no field {name} on {described.name}."))
    matcher = Matcher(described, call.reader, by_code=by_code, ignores_case=ignores_case)
    found = _candidates(call, described, None if ignores_case else condition, by_code=by_code)
    return [
        record
        for record in found
        if is_visible(record, call.scope.entity, with_private=with_private)
        and matcher.passes(record, condition)
    ]


def _candidates(
    call: Call, described: ObjectType, condition: Filter | None, *, by_code: bool
) -> list[Record]:
    """Return records among which all matches are; fewer when the filter names an exact value."""
    for comparison in certain_equals(condition):
        own = described.fields.get(comparison.field)
        if own is None or own.comes_from or own.name.startswith("MEGAENTITY"):
            continue
        value = operand(own, comparison.values[0], by_code=by_code)
        if own.name == "RECORDNO":
            record = call.store.get(described.name, str(value))
            return [record] if record else []
        if own.name == described.id_field:
            return call.store.by_id(described.name, str(value))
        if own.kind in ("text", "email", "enum", "date") and isinstance(value, str):
            return call.store.where(described.name, own.name, value)
    return call.store.select(described.name)

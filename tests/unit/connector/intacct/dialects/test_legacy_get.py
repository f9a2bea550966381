"""Objects that the XML API gives one at a time, through the legacy function ``get``."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import InputError
from connector.intacct.dialects.xml import XmlDialect
from connector.intacct.operation import AllOf, AnyOf, Condition, Filter, Operation, Verb

BY_ID = Condition("attachmentId", "equalTo", ("A&1",))
NAMED = Condition("attachmentName", "equalTo", ("Trip",))


def _frozen(verb: Verb, **rest: Any) -> tuple[str, str, bool]:
    frozen = XmlDialect().freeze(Operation(verb, "attachment", **rest))
    return frozen.function, frozen.payload, frozen.is_write


@pytest.mark.parametrize("where", [BY_ID, AllOf((BY_ID,))])
def test_one_id_is_asked_for_by_reading_and_by_querying(where: Filter) -> None:
    expected = ("get", '<get object="supdoc" key="A&amp;1"/>', False)
    assert _frozen(Verb.READ_BY_ID, keys=(" A&1 ",)) == expected
    assert _frozen(Verb.QUERY, fields=("attachmentId",), where=where) == expected


@pytest.mark.parametrize("where", [None, NAMED, AllOf((BY_ID, NAMED)), AnyOf((BY_ID, BY_ID))])
def test_a_query_for_anything_else_is_refused(where: Filter | None) -> None:
    with pytest.raises(InputError, match="one at a time") as caught:
        _frozen(Verb.QUERY, fields=("attachmentId",), where=where)
    assert caught.value.field == "attachmentId"


@pytest.mark.parametrize("keys", [(), (" ",), ("A", "B")])
def test_reading_asks_for_exactly_one(keys: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="one at a time"):
        _frozen(Verb.READ_BY_ID, keys=keys)


@pytest.mark.parametrize(
    ("where", "is_any_case"),
    [
        (Condition("customerName", "like", ("%a%",)), True),
        (AnyOf((Condition("customerId", "equalTo", ("A",)), AllOf((NAMED, NAMED)))), False),
        (AllOf((BY_ID, AnyOf((NAMED, Condition("customerName", "notLike", ("a",)))))), True),
        (None, False),
    ],
)
def test_a_piece_of_text_is_looked_for_whatever_its_case(
    where: Filter | None, is_any_case: bool
) -> None:
    """As over the REST API, which is told so, too; ids and names in full keep theirs."""
    operation = Operation(Verb.QUERY, "customer", fields=("customerId",), where=where)
    payload = XmlDialect().freeze(operation).payload
    assert ("<caseinsensitive>true</caseinsensitive>" in payload) is is_any_case

"""Reads over REST: addresses take keys, everything else is a query in a stable order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.rest import RestDialect
from connector.intacct.dialects.rest_rows import native_row
from connector.intacct.operation import AllOf, AnyOf, Condition, Filter, Operation, Page, Verb

INVOICE = "invoice"
DIALECT = RestDialect()


def payload(verb: Verb, object_name: str = INVOICE, **rest: Any) -> str:
    return DIALECT.freeze(Operation(verb, object_name, **rest)).payload


def document(verb: Verb = Verb.QUERY, object_name: str = INVOICE, **rest: Any) -> dict[str, Any]:
    head, _, body = payload(verb, object_name, **rest).partition("\n\n")
    assert head == "POST /services/core/query"
    found: dict[str, Any] = json.loads(body)
    return found


def query(where: Filter) -> dict[str, Any]:
    return document(fields=("recordNo",), where=where)


def test_a_whole_record_is_read_at_its_address() -> None:
    assert payload(Verb.READ, keys=("12",)) == "GET /objects/accounts-receivable/invoice/12"
    lines = payload(Verb.READ, keys=("12",), fields=("invoiceNumber", "lineItems"))
    assert lines == "GET /objects/accounts-receivable/invoice/12"


def test_named_fields_of_a_record_are_queried_with_its_number_and_id() -> None:
    assert document(Verb.READ, keys=("12",), fields=("description",)) == {
        "object": "accounts-receivable/invoice",
        "fields": ["key", "invoiceNumber", "description"],
        "filters": [{"$in": {"key": ["12"]}}],
        "filterExpression": "and",
        "orderBy": [{"key": "asc"}],
        "start": 1,
        "size": 1,
    }


def test_a_business_id_is_looked_up_since_addresses_take_keys_only() -> None:
    asked = document(Verb.READ_BY_ID, "customer", keys=("C-1",))
    assert asked["fields"] == ["key", "id"]
    assert asked["filters"] == [{"$in": {"id": ["C-1"]}}]


def test_pages_are_ordered_with_the_key_last_and_start_at_one() -> None:
    asked = document(
        fields=("invoiceNumber", "customerId"),
        order_by=("-dateCreated",),
        page=Page(size=50, offset=100),
    )
    assert asked["orderBy"] == [{"invoiceDate": "desc"}, {"key": "asc"}]
    assert (asked["start"], asked["size"]) == (101, 50)
    assert document(fields=("recordNo",), order_by=("recordNo",))["orderBy"] == [{"key": "asc"}]


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("customerId", "customer.id"),
        ("CUSTOMERID", "customer.id"),
        ("customer.id", "customer.id"),
        ("RECORDNO", "key"),
        ("HUBSPOT_DEAL_ID", "nsp::HUBSPOT_DEAL_ID"),
        ("audit.createdDateTime", "audit.createdDateTime"),
    ],
)
def test_fields_are_known_by_each_of_their_names(name: str, column: str) -> None:
    assert document(fields=(name,))["fields"] == [column]


@pytest.mark.parametrize("names", [("*",), (), ("lineItems",), ("a b",), ("a}",)])
def test_a_query_needs_named_columns(names: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as refused:
        document(fields=names)
    assert refused.value.field == "fields"


@pytest.mark.parametrize("page", [Page(size=0), Page(size=4001), Page(offset=-1)])
def test_pages_out_of_range_are_refused(page: Page) -> None:
    with pytest.raises(InputError):
        document(fields=("recordNo",), page=page)


@pytest.mark.parametrize(
    ("operator", "values", "filters"),
    [
        ("equalTo", ("A",), {"$eq": {"invoiceNumber": "A"}}),
        ("notEqualTo", ("A",), {"$ne": {"invoiceNumber": "A"}}),
        ("lessThan", ("A",), {"$lt": {"invoiceNumber": "A"}}),
        ("lessThanOrEqualTo", ("A",), {"$lte": {"invoiceNumber": "A"}}),
        ("greaterThan", ("A",), {"$gt": {"invoiceNumber": "A"}}),
        ("greaterThanOrEqualTo", ("A",), {"$gte": {"invoiceNumber": "A"}}),
        ("between", ("A", "B"), {"$between": {"invoiceNumber": ["A", "B"]}}),
        ("in", ("A", "B"), {"$in": {"invoiceNumber": ["A", "B"]}}),
        ("notIn", ("A",), {"$notIn": {"invoiceNumber": ["A"]}}),
        ("isNull", (), {"$eq": {"invoiceNumber": None}}),
        ("isNotNull", (), {"$ne": {"invoiceNumber": None}}),
        ("like", ("%A%",), {"$contains": {"invoiceNumber": "A"}}),
        ("like", ("A%",), {"$startsWith": {"invoiceNumber": "A"}}),
        ("like", ("%A",), {"$endsWith": {"invoiceNumber": "A"}}),
        ("like", ("A",), {"$eq": {"invoiceNumber": "A"}}),
        ("notLike", ("%A%",), {"$notContains": {"invoiceNumber": "A"}}),
        ("EQUALTO", ("A",), {"$eq": {"invoiceNumber": "A"}}),
    ],
)
def test_every_comparison_has_its_operator(
    operator: str, values: tuple[str, ...], filters: dict[str, Any]
) -> None:
    assert query(Condition("invoiceNumber", operator, values))["filters"] == [filters]


def test_pieces_of_text_are_found_whatever_their_case() -> None:
    like = query(Condition("invoiceNumber", "like", ("%a%",)))
    assert like["filterParameters"] == {"caseSensitiveComparison": False}
    assert "filterParameters" not in query(Condition("invoiceNumber", "equalTo", ("a",)))


@pytest.mark.parametrize(
    ("operator", "values"),
    [
        ("equalTo", ()),
        ("equalTo", ("A", "B")),
        ("between", ("A",)),
        ("in", ()),
        ("in", ("x",) * 1001),
        ("isNull", ("A",)),
        ("like", ("a%b",)),
        ("like", ("a_b",)),
        ("like", ("%",)),
        ("like", ()),
        ("sounds", ("A",)),
    ],
)
def test_what_cannot_be_compared_is_refused(operator: str, values: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as refused:
        query(Condition("invoiceNumber", operator, values))
    assert refused.value.field == "filter"


A, B, C, D = (Condition("invoiceNumber", "equalTo", (each,)) for each in "ABCD")


@pytest.mark.parametrize(
    ("where", "expression", "count"),
    [
        (A, "and", 1),
        (AllOf((A, B)), "and", 2),
        (AnyOf((A, B)), "or", 2),
        (AnyOf((A,)), "or", 1),
        (AllOf((A, AnyOf((B, C)))), "1 and (2 or 3)", 3),
        (AnyOf((AllOf((A, B)), AllOf((C, D)))), "(1 and 2) or (3 and 4)", 4),
        (AllOf((AllOf((A, B)),)), "1 and 2", 2),
        (AllOf((AnyOf((A,)), B)), "1 and 2", 2),
    ],
)
def test_conditions_are_joined_by_their_numbers(where: Filter, expression: str, count: int) -> None:
    asked = query(where)
    assert asked["filterExpression"] == expression
    assert len(asked["filters"]) == count


def test_empty_and_bottomless_filters_are_refused() -> None:
    with pytest.raises(InputError):
        query(AllOf(()))
    deep: Filter = A
    for _ in range(40):
        deep = AllOf((deep,))
    with pytest.raises(InputError):
        query(deep)


FIELDS = ObjectSchema.find("customer").fields


def test_a_nested_record_and_a_flat_row_become_the_same_row() -> None:
    nested = {
        "key": "7",
        "id": "C-1",
        "name": "Acme",
        "status": "inactive",
        "isOnHold": True,
        "term": {"id": "N30", "key": "3", "href": "/objects/x/3"},
        "contacts": {"default": {"mailingAddress": {"city": "York"}, "email1": None}},
        "nsp::deal_size": "9",
        "href": "/objects/accounts-receivable/customer/7",
    }
    flat = {
        "key": "7",
        "id": "C-1",
        "name": "Acme",
        "status": "inactive",
        "isOnHold": True,
        "term.id": "N30",
        "term.key": "3",
        "contacts.default.mailingAddress.city": "York",
        "contacts.default.email1": None,
        "nsp::deal_size": "9",
    }
    row = native_row(FIELDS, nested)
    assert row == native_row(FIELDS, flat)
    assert row == {
        "RECORDNO": "7",
        "CUSTOMERID": "C-1",
        "NAME": "Acme",
        "STATUS": "inactive",
        "ONHOLD": "true",
        "TERMNAME": "N30",
        "DISPLAYCONTACT": {"MAILADDRESS": {"CITY": "York"}, "EMAIL1": ""},
        "term.key": "3",
        "DEAL_SIZE": "9",
    }


def test_an_object_without_schema_keeps_rest_names_and_its_number() -> None:
    row = native_row(ObjectSchema("ODD", {}).fields, {"key": 5, "size": {"width": 2}, "x": None})
    assert row == {"RECORDNO": "5", "size.width": "2"}


def test_a_name_of_ours_never_holds_what_rest_means_by_it() -> None:
    """REST's own ``comments`` would be something else than ours, which is its ``notes``."""
    row = native_row(FIELDS, {"key": "1", "comments": "other", "notes": "ours"})
    assert row == {"RECORDNO": "1", "COMMENTS": "ours"}

"""The query service: flat rows, operators, expressions, order, pages and aggregates."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

Rest = Callable[..., httpx.Response]
Policy = Callable[..., None]
QUERY = "/services/core/query"
CUSTOMER = "accounts-receivable/customer"
INVOICE = "accounts-receivable/invoice"


def _query(rest: Rest, name: str = CUSTOMER, **more: Any) -> dict[str, Any]:
    body = {"object": name, "fields": ["id"], "orderBy": [{"key": "asc"}]} | more
    reply = rest("POST", QUERY, body)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def _ids(rest: Rest, *filters: Any, **more: Any) -> list[str]:
    return [row["id"] for row in _query(rest, filters=list(filters), **more)["ia::result"]]


def _error(rest: Rest, **more: Any) -> dict[str, Any]:
    body = {"object": CUSTOMER, "fields": ["id"]} | more
    reply = rest("POST", QUERY, body)
    assert reply.status_code == 400, reply.text
    error: dict[str, Any] = reply.json()["ia::result"]["ia::error"]
    return error


@pytest.fixture
def named(rest: Rest) -> Rest:
    """Return the sender after three customers with known values were made."""
    rows: list[dict[str, Any]] = [
        {"id": "Q-1", "name": "Alpha 100%", "creditLimit": 900, "isOnHold": True},
        {"id": "Q-2", "name": "beta", "creditLimit": 1000.5, "notes": "n", "status": "inactive"},
        {"id": "Q-3", "name": "Gamma", "term": {"id": "Net 15"}},
    ]
    for row in rows:
        assert rest("POST", f"/objects/{CUSTOMER}", row).status_code == 201
    return rest


ONLY = {"$startsWith": {"id": "Q-"}}


def test_rows_are_flat_and_hold_what_was_asked_for_alone(rest: Rest) -> None:
    fields = ["key", "id", "status", "term.id", "contacts.default.email1", "href", "entity.id"]
    found = _query(rest, fields=fields, filters=[{"$eq": {"id": "C-00002"}}])
    row = found["ia::result"][0]
    assert list(row) == fields
    assert row["href"] == f"/objects/{CUSTOMER}/{row['key']}"
    assert row["contacts.default.email1"] == "billing2@example.com"
    assert (row["status"], row["entity.id"]) == ("active", None)
    assert found["ia::meta"]["totalCount"] == 1


@pytest.mark.parametrize(
    ("operator", "field", "value", "expected"),
    [
        ("$eq", "name", "beta", ["Q-2"]),
        ("$eq", "notes", None, ["Q-1", "Q-3"]),
        ("$ne", "notes", None, ["Q-2"]),
        ("$ne", "name", "beta", ["Q-1", "Q-3"]),
        ("$lt", "creditLimit", 1000, ["Q-1"]),
        ("$lte", "creditLimit", "1000.50", ["Q-1", "Q-2"]),
        ("$gt", "creditLimit", 900, ["Q-2"]),
        ("$gte", "creditLimit", 900, ["Q-1", "Q-2"]),
        ("$in", "id", ["Q-1", "Q-3", "Q-9"], ["Q-1", "Q-3"]),
        ("$notIn", "id", ["Q-1", "Q-3"], ["Q-2"]),
        ("$between", "creditLimit", [900, 1000], ["Q-1"]),
        ("$notBetween", "creditLimit", [900, 1000], ["Q-2", "Q-3"]),
        ("$contains", "name", "00%", ["Q-1"]),
        ("$notContains", "name", "a", []),
        ("$startsWith", "name", "be", ["Q-2"]),
        ("$notStartsWith", "name", "be", ["Q-1", "Q-3"]),
        ("$endsWith", "name", "mma", ["Q-3"]),
        ("$notEndsWith", "name", "a", ["Q-1"]),
        ("$has", "deliveryOptions", "Print", ["Q-1", "Q-2", "Q-3"]),
        ("$eq", "isOnHold", True, ["Q-1"]),
        ("$eq", "isOnHold", "false", ["Q-2", "Q-3"]),
        ("$eq", "status", "inactive", ["Q-2"]),
        ("$eq", "term.id", "Net 15", ["Q-3"]),
        ("$eq", "term.key", "2", ["Q-3"]),
    ],
)
def test_each_operator_finds_what_it_means(
    named: Rest, operator: str, field: str, value: Any, expected: list[str]
) -> None:
    assert _ids(named, ONLY, {operator: {field: value}}) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("and", []),
        ("or", ["Q-1", "Q-2", "Q-3"]),
        ("1 or 2", ["Q-1", "Q-2"]),
        ("(1 or 2) and 2", ["Q-2"]),
        ("1 or 2 and 3", ["Q-1"]),
        ("3", ["Q-3"]),
    ],
)
def test_an_expression_joins_filters_by_their_number(
    named: Rest, expression: str, expected: list[str]
) -> None:
    filters = [{"$eq": {"id": f"Q-{number}"}} for number in (1, 2, 3)]
    assert _ids(named, *filters, filterExpression=expression) == expected


@pytest.mark.parametrize(
    "expression", ["4", "0", "1 and", "(1", "1 2", "not 1", "1 & 2", "(" * 900]
)
def test_an_expression_that_makes_no_sense_is_refused(rest: Rest, expression: str) -> None:
    filters = [{"$eq": {"id": f"Q-{number}"}} for number in (1, 2, 3)]
    assert _error(rest, filters=filters, filterExpression=expression)["code"] == "invalidRequest"


def test_case_counts_unless_the_parameter_says_no(named: Rest) -> None:
    assert _ids(named, ONLY, {"$eq": {"name": "BETA"}}) == []
    parameters = {"caseSensitiveComparison": False}
    assert _ids(named, ONLY, {"$eq": {"name": "BETA"}}, filterParameters=parameters) == ["Q-2"]
    assert _ids(named, {"$eq": {"id": "q-2"}}, filterParameters=parameters) == ["Q-2"]


def test_private_records_show_at_the_top_only_when_asked_for(rest: Rest) -> None:
    body = {"id": "Q-EU", "name": "Private"}
    assert rest("POST", f"/objects/{CUSTOMER}", body, entity="200").status_code == 201
    wanted = {"$eq": {"id": "Q-EU"}}
    assert _ids(rest, wanted) == []
    assert _ids(rest, wanted, filterParameters={"includePrivate": True}) == ["Q-EU"]
    reply = rest(
        "POST", QUERY, {"object": CUSTOMER, "fields": ["id"], "filters": [wanted]}, entity="200"
    )
    assert reply.json()["ia::result"] == [{"id": "Q-EU"}]


def test_dates_compare_as_days_and_by_relative_words(rest: Rest) -> None:
    for number, day in enumerate(("2026-02-28", "2026-03-01", "2026-03-02", "2026-04-30")):
        body = {
            "customer": {"id": "C-00001"},
            "invoiceNumber": f"D-{number}",
            "invoiceDate": day,
            "dueDate": "2026-12-31",
            "lines": [{"txnAmount": "1.00", "glAccount": {"id": "4000"}}],
        }
        assert rest("POST", f"/objects/{INVOICE}", body).status_code == 201
    only = {"$startsWith": {"invoiceNumber": "D-"}}

    def numbers(found: Any) -> list[str]:
        rows = _query(rest, INVOICE, fields=["invoiceNumber"], filters=[only, found])
        return [row["invoiceNumber"] for row in rows["ia::result"]]

    assert numbers({"$gte": {"invoiceDate": "2026-03-01"}}) == ["D-1", "D-2", "D-3"]
    assert numbers({"$between": {"invoiceDate": ["2026-03-01", "2026-03-31"]}}) == ["D-1", "D-2"]
    assert numbers({"$eq": {"invoiceDate": "today"}}) == ["D-2"]
    assert numbers({"$eq": {"invoiceDate": "yesterday"}}) == ["D-1"]
    assert numbers({"$eq": {"invoiceDate": "priorMonth"}}) == ["D-0"]
    assert numbers({"$ne": {"invoiceDate": "currentQuarter"}}) == ["D-3"]
    assert numbers({"$gt": {"invoiceDate": "currentMonth"}}) == ["D-3"]
    assert numbers({"$gte": {"audit.modifiedDateTime": "2026-03-02T09:30:00Z"}}) == [
        "D-0", "D-1", "D-2", "D-3",
    ]  # fmt: skip
    assert numbers({"$eq": {"audit.modifiedDateTime": "today"}}) != []
    error = _error(rest, object=INVOICE, filters=[{"$eq": {"invoiceDate": "03/02/2026"}}])
    assert "invoiceDate" in error["message"]


def test_rows_come_in_the_asked_order_and_numbers_by_their_size(named: Rest) -> None:
    by_limit = [{"creditLimit": "desc"}, {"id": "asc"}]
    assert _ids(named, ONLY, orderBy=by_limit) == ["Q-2", "Q-1", "Q-3"]
    assert _ids(named, ONLY, orderBy=[{"name": "desc"}]) == ["Q-2", "Q-3", "Q-1"]


def test_without_an_order_rows_do_not_come_by_key(rest: Rest) -> None:
    rows = _query(rest, fields=["key"], orderBy=[])["ia::result"]
    keys = [int(row["key"]) for row in rows]
    assert keys != sorted(keys)
    assert len(set(keys)) == 40


def test_pages_are_followed_by_the_next_start(rest: Rest) -> None:
    first = _query(rest, size=15)
    assert first["ia::meta"] == {
        "totalCount": 40, "start": 1, "pageSize": 15, "next": 16, "previous": None,
    }  # fmt: skip
    last = _query(rest, size=15, start=31)
    assert (last["ia::meta"]["next"], last["ia::meta"]["previous"]) == (None, 16)
    assert [row["id"] for row in last["ia::result"]] == [f"C-{n:05}" for n in range(31, 41)]


@pytest.mark.parametrize(("value", "expected"), [("zero", 0), ("null", None)])
def test_how_the_last_page_says_so_is_a_policy(
    rest: Rest, policy: Policy, value: str, expected: int | None
) -> None:
    policy(rest_last_page=value)
    assert _query(rest)["ia::meta"]["next"] == expected
    policy(rest_last_page="omitted")
    assert "next" not in _query(rest)["ia::meta"]


def test_an_empty_result_is_no_failure(rest: Rest) -> None:
    found = _query(rest, filters=[{"$eq": {"id": "none"}}])
    assert (found["ia::result"], found["ia::meta"]["totalCount"]) == ([], 0)


@pytest.mark.parametrize("size", [0, 4001, "10", True, 1.5])
def test_sizes_beyond_the_limits_are_refused(rest: Rest, size: Any) -> None:
    assert _error(rest, size=size)["code"] == "invalidRequest"
    assert len(_query(rest, size=4000)["ia::result"]) == 40


def test_a_field_that_cannot_be_queried_is_refused_by_its_number_one_at_a_time(rest: Rest) -> None:
    error = _error(rest, object=INVOICE, fields=["id", "lines", "nothing"])
    assert error["errorId"] == "REST-1106"
    assert error["message"] == (
        "The lines field in accounts-receivable/invoice object cannot be used in query in version 1"
    )
    assert error["additionalInfo"]["messageId"] == "IA.THE_FIELD_IN_OBJECT_CANNOT_BE_USED_IN_QUERY"
    assert error["additionalInfo"]["placeholders"] == {
        "FIELD": "lines", "OBJECT": "accounts-receivable/invoice", "VERSION": "1",
    }  # fmt: skip
    for more in (
        {"fields": ["*"]},
        {"filters": [{"$eq": {"href": "/x"}}]},
        {"orderBy": [{"href": "asc"}]},
        {"filters": [{"$eq": {"contacts": "x"}}]},
    ):
        assert _error(rest, **more)["errorId"] == "REST-1106"


@pytest.mark.parametrize(
    "more",
    [
        {"fields": []},
        {"fields": [5]},
        {"filters": [{"field": "id", "operator": "$eq", "value": "x"}]},
        {"filters": [{"$like": {"id": "x"}}]},
        {"filters": [{"$eq": {"id": "x", "name": "y"}}]},
        {"filters": [{"$in": {"id": "x"}}]},
        {"filters": [{"$between": {"id": ["x"]}}]},
        {"filters": [{"$gt": {"creditLimit": "much"}}]},
        {"filters": [{"$contains": {"name": 5}}]},
        {"filters": {"$eq": {"id": "x"}}},
        {"orderBy": [{"id": "up"}]},
        {"limit": 5},
        {"filterParameters": [5]},
    ],
)
def test_a_query_of_another_shape_is_refused(rest: Rest, more: dict[str, Any]) -> None:
    assert _error(rest, **more)["code"] == "invalidRequest"


def test_a_child_reads_fields_of_its_parent_and_beyond(rest: Rest) -> None:
    fields = ["id", "invoice.id", "invoice.invoiceDate", "invoice.customer.name", "glAccount.href"]
    rows = _query(rest, "accounts-receivable/invoice-line", fields=fields, size=1)["ia::result"]
    key = rows[0]["invoice.id"]
    owner = rest("GET", f"/objects/{INVOICE}/{key}").json()["ia::result"]
    assert rows[0]["invoice.invoiceDate"] == owner["invoiceDate"]
    assert rows[0]["invoice.customer.name"] == owner["customer"]["name"]
    assert rows[0]["glAccount.href"].startswith("/objects/general-ledger/account/")


def test_aggregates_are_taken_per_distinct_plain_value(named: Rest) -> None:
    fields = ["status", "count:id", "sum:creditLimit", "min:name", "max:creditLimit"]
    rows = _query(named, fields=fields, filters=[ONLY], orderBy=[])["ia::result"]
    assert {row["status"]: row for row in rows} == {
        "active": {
            "status": "active", "count:id": 2, "sum:creditLimit": 900,
            "min:name": "Alpha 100%", "max:creditLimit": 900,
        },
        "inactive": {
            "status": "inactive", "count:id": 1, "sum:creditLimit": 1000.5,
            "min:name": "beta", "max:creditLimit": 1000.5,
        },
    }  # fmt: skip
    found = _query(named, fields=["count:id", "avg:creditLimit"], filters=[ONLY], orderBy=[])
    assert found["ia::result"] == [{"count:id": 3, "avg:creditLimit": 950.25}]
    assert _error(named, fields=["sum:name"])["code"] == "invalidRequest"
    assert _error(named, fields=["median:name"])["errorId"] == "REST-1106"

"""Queries and lists over the sandbox: words, codes, pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from connector import registry
from connector.errors import InputError

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books


def run(books: Books, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
    action = registry.load().action(key)
    output = action.run(books.context, inputs)
    Draft202012Validator(dict(action.output)).validate(output)
    return output


def _vendors(books: Books, count: int) -> list[str]:
    return [
        run(
            books,
            "createVendor",
            {"vendorId": f"V-Q{n}", "vendorName": f"Quay {n}", "active": n % 2 == 0},
        )["key"]
        for n in range(count)
    ]


@pytest.mark.accepts("A35", "A37")
@pytest.mark.parametrize(
    "query",
    [
        "VENDORID like 'V-Q%' AND STATUS = 'inactive'",
        "VENDORID like 'V-Q%' AND STATUS = 'F'",
        "VENDORID like 'V-Q%' AND NOT (active = true)",
    ],
)
@pytest.mark.parametrize("fields", ["VENDORID", "*"])
def test_words_and_codes_find_the_same(books: Books, query: str, fields: str) -> None:
    _vendors(books, 4)
    found = run(books, "query", {"objectName": "VENDOR", "query": query, "fields": fields})
    assert [row["VENDORID"] for row in found["records"]] == ["V-Q1", "V-Q3"]
    assert found["totalCount"] == 2
    listed = run(books, "queryAndList", {"objectName": "VENDOR", "query": query})
    assert [row["VENDORID"] for row in listed["records"]] == ["V-Q1", "V-Q3"]


def test_pages_lose_and_double_nothing_when_records_come_and_go(books: Books) -> None:
    keys = _vendors(books, 5)
    asked = {"objectName": "VENDOR", "query": "VENDORID like 'V-Q%'", "fields": "VENDORID"}
    first = run(books, "query", {**asked, "pageSize": 2})
    assert first["totalCount"] == 5
    run(books, "deleteObject", {"objectName": "VENDOR", "keys": keys[0]})
    second = run(books, "query", {**asked, "pageSize": 2, "next": first["next"]})
    assert [row["VENDORID"] for row in second["records"]] == ["V-Q2", "V-Q3"]
    third = run(books, "query", {**asked, "pageSize": 2, "next": second["next"]})
    assert [row["VENDORID"] for row in third["records"]] == ["V-Q4"]
    assert third["next"] == ""
    assert second["totalCount"] == third["totalCount"] == 5


def test_pages_in_the_words_of_the_database_go_on_too(books: Books) -> None:
    _vendors(books, 3)
    asked = {"objectName": "VENDOR", "query": "VENDORID like 'V-Q%'", "pageSize": 2}
    first = run(books, "query", asked)
    second = run(books, "query", {**asked, "next": first["next"]})
    found = [row["VENDORID"] for row in first["records"] + second["records"]]
    assert (sorted(found), second["next"]) == (["V-Q0", "V-Q1", "V-Q2"], "")
    everything = run(books, "query", {**asked, "allPages": True})
    assert len(everything["records"]) == 3


def test_a_next_that_is_no_place_is_refused(books: Books) -> None:
    with pytest.raises(InputError) as refused:
        run(books, "query", {"objectName": "VENDOR", "fields": "NAME", "next": "12; drop"})
    assert refused.value.field == "next"


@pytest.mark.accepts("A14", "B14", "B16", "B17")
def test_a_list_carries_keys_ids_and_addresses_and_takes_a_filter(books: Books) -> None:
    keys = _vendors(books, 3)
    found = run(books, "listVendors", {"filter": "VENDORID like 'V-Q%'", "active": True})
    assert [(each["key"], each["id"]) for each in found["vendors"]] == [
        (keys[0], "V-Q0"),
        (keys[2], "V-Q2"),
    ]
    assert found["vendors"][0]["href"] == f"/objects/accounts-payable/vendor/{keys[0]}"


def test_in_the_envelope_form_a_list_is_the_rows_alone(books: Books) -> None:
    _vendors(books, 1)
    asked = {"objectName": "VENDOR", "query": "VENDORID = 'V-Q0'", "resultForm": "envelope"}
    action = registry.load().action("queryAndList")
    rows = action.run(books.context, {**asked, "fields": "VENDORID"})
    assert rows == {"data": [{"VENDORID": "V-Q0"}]}

"""The action Query, and the filter of lists."""

from __future__ import annotations

from typing import Any

import pytest

from actions.customer.list_customers import ACTION as LIST
from actions.query.query import ACTION
from connector.component import Context
from connector.errors import InputError
from connector.intacct.operation import AllOf, Condition
from connector.intacct.paging import Listing

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]


@pytest.mark.accepts("A35")
def test_named_fields_are_asked_for_in_the_words_people_see(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["list_page"] = Listing([], [{"VENDORID": "V-1"}], 7, "12-1")
    result = ACTION.run(
        ctx, {"objectName": "vendor", "query": "status = 'T'", "fields": "VENDORID", "pagesize": 1}
    )
    assert result == {
        "records": [{"VENDORID": "V-1"}],
        "count": 1,
        "totalCount": 7,
        "next": "12-1",
    }
    [(verb, args, words)] = calls
    assert (verb, args) == ("list_page", ("VENDOR",))
    assert words == {
        "select": ("VENDORID",),
        "where": Condition("STATUS", "equalTo", ("active",)),
        "size": 1,
        "after": "",
    }


@pytest.mark.parametrize(
    "inputs",
    [
        {"objectName": "my_object", "query": "state = 'A'", "fields": "NAME"},
        {"objectName": "VENDOR"},
    ],
)
def test_codes_of_unknown_fields_and_the_star_go_where_codes_are_spoken(
    ctx: Context, calls: Calls, answers: dict[str, Any], inputs: dict[str, Any]
) -> None:
    answers["read_by_query_page"] = Listing([], [{"NAME": "x"}], 5, "7765=")
    first = ACTION.run(ctx, inputs)
    assert first["next"] == "db:7765="
    ACTION.run(ctx, {**inputs, "next": first["next"]})
    assert [verb for verb, _, _ in calls] == ["read_by_query_page"] * 2
    assert calls[1][2]["after"] == "7765="


def test_all_pages_are_fetched_in_the_largest_size(ctx: Context, calls: Calls) -> None:
    pages = iter([Listing([], [{"A": "1"}], 2, "1-1"), Listing([], [{"A": "2"}], 2, "")])

    def give(*_: Any, **words: Any) -> Listing:
        calls.append(("list_page", (), words))
        return next(pages)

    ctx.intacct.list_page = give  # type: ignore[method-assign] # a company that gives two pages
    result = ACTION.run(ctx, {"objectName": "VENDOR", "fields": "A", "allPages": True})
    assert [row["A"] for row in result["records"]] == ["1", "2"]
    assert [(words["size"], words["after"]) for _, _, words in calls] == [(2000, ""), (2000, "1-1")]


@pytest.mark.accepts("A11")
def test_a_list_takes_a_filter_beside_fields_to_equal(ctx: Context, calls: Calls) -> None:
    LIST.run(ctx, {"filter": "CREDITLIMIT > 100", "active": True})
    assert calls[0][2]["where"] == AllOf(
        (
            Condition("active", "equalTo", ("true",)),
            Condition("CREDITLIMIT", "greaterThan", ("100",)),
        )
    )


def test_a_list_refuses_codes_it_would_silently_find_nothing_with(
    ctx: Context, calls: Calls
) -> None:
    with pytest.raises(InputError) as refused:
        LIST.run(ctx, {"filter": "RAWSTATE = 'A'"})
    assert refused.value.field == "filter"
    assert calls == []

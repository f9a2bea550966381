"""The place where a list goes on."""

from __future__ import annotations

import pytest

from connector.errors import InputError
from connector.intacct.client import IntacctClient
from connector.intacct.operation import AllOf, Condition, Operation, Result
from connector.intacct.paging import place_of
from connector.intacct.router import Router


def test_a_place_is_the_last_record_and_how_many_came_before() -> None:
    assert place_of("4712-200") == ("4712", 200)
    assert place_of("") == ("", 0)


@pytest.mark.parametrize("odd", ["4712", "-1", "a-1", "1-" + "9" * 5000, "\u0663-\u0663", "1-2-3"])
def test_what_is_no_place_is_refused(odd: str) -> None:
    with pytest.raises(InputError) as refused:
        place_of(odd)
    assert refused.value.field == "next"


def test_all_pages_go_on_behind_the_last_record_and_not_at_a_number_of_rows() -> None:
    """A record deleted on an earlier page must not make the next page skip one."""
    asked: list[Operation] = []
    pages = iter([("7", 1), ("9", 0)])

    def send(operation: Operation) -> Result:
        asked.append(operation)
        number, remaining = next(pages)
        return Result("query", "c-1", rows=({"RECORDNO": number},), remaining=remaining)

    client = IntacctClient(send, Router(("xml",)), resend=send, name=lambda _key, _id: None)
    where = Condition("vendorName", "like", ("A%",))
    rows = client.query("vendor", select=["recordNo"], where=where)
    assert [row["recordNo"] for row in rows] == ["7", "9"]
    behind = Condition("recordNo", "greaterThan", ("7",))
    assert [each.where for each in asked] == [where, AllOf((where, behind))]
    assert [each.page.offset for each in asked] == [0, 0]
